"""Alerts: the state of one rule on one series or subject, and the events its changes leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from monitor.domain.scale import Concern
from monitor.domain.wording import msgid


class AlertState(StrEnum):
    """The one stored axis that is called the state (alerting.md 1.1)."""

    INACTIVE = msgid("inactive")
    PENDING = msgid("pending")
    FIRING = msgid("firing")
    RECOVERING = msgid("recovering")


class DataHealth(StrEnum):
    """Whether there is anything to judge by; computed, its changes are events."""

    OK = "ok"
    AGEING = "ageing"
    STALE = "stale"
    NO_DATA = "no_data"
    ERROR = "error"


class EventType(StrEnum):
    """What an alert event tells."""

    FIRING = "alert.firing"
    CONCERN_RAISED = "alert.concern_raised"
    CONCERN_LOWERED = "alert.concern_lowered"
    REPEATED = "alert.repeated"
    RESOLVED = "alert.resolved"
    ACKNOWLEDGED = "alert.acknowledged"
    UNACKNOWLEDGED = "alert.unacknowledged"
    FLAPPING_STARTED = "alert.flapping_started"
    FLAPPING_ENDED = "alert.flapping_ended"
    DATA_HEALTH = "data_health.changed"
    SILENCE_ENDING = "silence.ending"


class Reason(StrEnum):
    """Why an event happened, and why an alert is recovering."""

    CROSSED_UP = "crossed_up"
    CROSSED_DOWN = "crossed_down"
    DATA_REVISED = "data_revised"
    RULE_CHANGED = "rule_changed"
    NO_DATA = "no_data"
    DISABLED = "disabled"
    DELETED = "deleted"
    CLOSED = "closed"
    ACKNOWLEDGED = "acknowledged"
    ACK_EXPIRED = "ack_expired"
    ESCALATED = "escalated"
    REPEAT_INTERVAL = "repeat_interval"
    DATA_HEALTH = "data_health"
    CAME_BACK = "came_back"
    SETTLED = "settled"


class Resolution(StrEnum):
    """Why an episode ended."""

    RECOVERED = "recovered"
    RETRACTED = "retracted"
    RULE_CHANGED = "rule_changed"
    DISABLED = "disabled"
    DELETED = "deleted"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """How long a breach at one concern has stood: duty seconds and distinct periods."""

    seconds: float = 0.0
    periods: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """Who took an alert on, at which concern, until when; wall time, since shifts are people's."""

    by: str
    at: datetime
    concern: Concern
    until: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The stored state of one rule on one series or subject; times are on the subject's clock.

    `version` is the compare-and-set counter of the row; `evaluated_seq` the highest observation seq seen.
    `episode_id` names the open episode, or the last one once the alert is inactive again.
    What the last evaluation saw: `value` of `period` (its end, epoch seconds), and `held_concern`, which
    that value sustains: below `concern`, the timers of calm run. A breach at or below `closed_concern`,
    closed by a person, must be crossed afresh; after an outage a pending one waits for a `seq` above
    `awaits_seq`. Changes of data health are numbered by `health_seq`, apart from episodes.
    `returns` are the last times it came back from calm, in epoch seconds, `rested_at` is when it last
    recovered; while it flaps `flapping_until` is when it will have settled, if it does not come back. Until
    `locked_until` it tells of nothing up to `locked_concern`, which it told of last.
    """

    fingerprint: str
    rule: str
    subject: str
    series: str = ""
    state: AlertState = AlertState.INACTIVE
    concern: Concern = Concern.NORMAL
    peak_concern: Concern = Concern.NORMAL
    data_health: DataHealth = DataHealth.OK
    pending: Mapping[Concern, Pending] = field(default_factory=dict)
    calm_seconds: float = 0.0
    lower_seconds: float = 0.0
    episode_id: str = ""
    event_seq: int = 0
    started_at: datetime | None = None
    recovering_reason: str = ""
    recovering_detail: str = ""
    value: float | None = None
    period: int | None = None
    held_concern: Concern = Concern.NORMAL
    closed_concern: Concern = Concern.NORMAL
    awaits_seq: int = 0
    health_seq: int = 0
    returns: tuple[int, ...] = ()
    rested_at: datetime | None = None
    flapping_until: datetime | None = None
    locked_until: datetime | None = None
    locked_concern: Concern = Concern.NORMAL
    rule_version: int = 0
    evaluated_at: datetime | None = None
    evaluated_seq: int = 0
    due_at: datetime | None = None
    ack: Ack | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether an episode is open: firing, or recovering from it."""
        return self.state in {AlertState.FIRING, AlertState.RECOVERING}

    @property
    def is_flapping(self) -> bool:
        """Whether it came back too often: it stays firing until it has settled."""
        return self.flapping_until is not None


_NAMES = tuple(each.name for each in fields(Alert))
_VALUES = attrgetter(*_NAMES)


def changed(alert: Alert, **values: Any) -> Alert:
    """Return a copy of the alert with some values changed: `replace`, but for what steps by thousands."""
    after = object.__new__(Alert)
    for name, value in zip(_NAMES, _VALUES(alert), strict=True):
        object.__setattr__(after, name, value)
    for name, value in values.items():
        object.__setattr__(after, name, value)
    return after


_TIMELESS = tuple(
    name for name in _NAMES if name not in {"pending", "calm_seconds", "lower_seconds", "evaluated_at"}
)


def differs(after: Alert, before: Alert) -> bool:
    """Whether more changed than time: what runs on alike whether or not an evaluation is kept."""
    return any(getattr(after, name) != getattr(before, name) for name in _TIMELESS) or (
        {concern: stood.periods for concern, stood in after.pending.items()}
        != {concern: stood.periods for concern, stood in before.pending.items()}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One thing that happened to an alert; `body` is the data a message is rendered from.

    Changes of data health belong to no episode: they carry the fingerprint in its place.
    """

    fingerprint: str
    episode_id: str
    event_seq: int
    type: EventType
    at: datetime
    concern: Concern
    reason: str
    body: Mapping[str, Any] = field(default_factory=dict)
