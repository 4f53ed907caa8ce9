"""Deliveries: one message to one recipient, frozen before its first attempt, tried until it lands or dies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.history import History
from monitor.domain.wording import SOURCE_LANGUAGE


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    FORMED = "formed"
    LEASED = "leased"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class NotificationState(StrEnum):
    """Where one alert event for one channel stands."""

    WAITING = "waiting"
    HELD = "held"
    ABSORBED = "absorbed"
    SENT = "sent"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel renders: the alert events of one delivery as data, and the ids that never change.

    `events` are native event bodies (alerting.md 3.6), oldest first; most messages hold one.
    `message_id` contains no dot (it is signed as `id.timestamp.body`). `group_key` tells its group from
    others, empty where it is about one alert alone; `truncated` counts the events it had no room for.
    `route` is the one that leads here. `history` is there for channels that draw a chart. `language` and
    `zone` are its reader's.
    """

    message_id: str
    delivery_id: str
    recipient: str
    formed_at: datetime
    episode_id: str
    events: tuple[Mapping[str, Any], ...]
    base_url: str
    is_exercise: bool = False
    previous_message_ids: tuple[str, ...] = ()
    group_key: str = ""
    route: str = ""
    truncated: int = 0
    history: History | None = None
    language: str = SOURCE_LANGUAGE
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receiver answered to a message it accepted."""

    status_code: int | None = None
    remote_address: str = ""
    snippet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to send a delivery."""

    number: int
    started_at: datetime
    ended_at: datetime
    outcome: str
    status_code: int | None = None
    error: str = ""
    remote_address: str = ""
    snippet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message on its way, as claimed by a worker.

    `tries_before` are the attempts before a person had it sent again: the retry table began anew then.
    One of a group `carries` others in its message; those name it in `carried_by` and are never sent alone.
    """

    id: str
    message_id: str
    channel: str
    recipient: str
    episode_id: str
    fingerprint: str
    status: DeliveryStatus
    formed_at: datetime
    due_at: datetime
    expires_at: datetime
    attempt_count: int
    tries_before: int = 0
    event_seq: int = 0
    lease_token: str = ""
    body: bytes | None = None
    content_type: str = ""
    body_sha256: str = ""
    delivered_at: datetime | None = None
    dead_reason: str = ""
    held_by: str = ""
    absorbed_by: str = ""
    group_key: str = ""
    carries: int = 0
    carried_by: str = ""
    attempts: tuple[Attempt, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What absorption needs to know of one unfinished delivery; a missed one was never meant to be sent."""

    id: str
    episode_id: str
    type: EventType
    is_leased: bool = False
    is_missed: bool = False


def absorptions(queue: Sequence[Queued]) -> Mapping[str, str]:
    """Return which deliveries are absorbed by which (alerting.md 3.1, rule 5), by id.

    `queue` is one lane (channel, recipient, fingerprint), oldest first. A notice is absorbed by the next
    message of its episode, `firing` only by `resolved`; what a worker holds may be arriving, and stays.
    What was missed during a silence is absorbed whatever it is.
    """
    absorbed: dict[str, str] = {}
    latest: dict[str, Queued] = {}
    for item in reversed(queue):
        absorber = latest.get(item.episode_id)
        if absorber is not None and not item.is_leased and _gives_way(item, absorber):
            absorbed[item.id] = absorber.id
        else:
            latest[item.episode_id] = item
    return absorbed


def _gives_way(item: Queued, absorber: Queued) -> bool:
    if item.is_missed:
        return True
    if item.type is EventType.RESOLVED:
        return False
    return item.type is not EventType.FIRING or absorber.type is EventType.RESOLVED
