"""The timeline of one episode: every event, and below it every message it caused and each try to send it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.alerting.alert import AlertEvent, EventType, Resolution
from monitor.domain.alerting.delivery import Attempt, Delivery, DeliveryStatus, NotificationState
from monitor.domain.alerting.subscription import DIGEST
from monitor.domain.alerting.suppression import sentence_of
from monitor.domain.scale import Concern
from monitor.domain.spoken import age, capital, number, parted, word
from monitor.domain.wording import msgid, say
from monitor.services.overview.alert_words import happened, resolution_words
from monitor.storage.notifications import Notification
from monitor.storage.snapshot import Definitions

ARRIVED, FAILED, WAITING, NONE = "ok", "bad", "wait", "none"
DELIVERED = "delivered"

_HEADS = {
    EventType.FIRING: msgid("Fired at {concern}."),
    EventType.CONCERN_RAISED: msgid("Raised to {concern}."),
    EventType.CONCERN_LOWERED: msgid("Lowered to {concern}."),
    EventType.RESOLVED: msgid("Resolved."),
    EventType.ACKNOWLEDGED: msgid("{person} acknowledged."),
    EventType.UNACKNOWLEDGED: msgid("The acknowledgement of {person} ended."),
    EventType.FLAPPING_STARTED: msgid("Began to flap: it stays firing until it settles."),
    EventType.FLAPPING_ENDED: msgid("Settled."),
    EventType.REPEATED: msgid("Told again: it still fires."),
    EventType.DATA_HEALTH: msgid("What it is judged by changed."),
    EventType.SILENCE_ENDING: msgid("The end of a silence was announced."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One try to send a message, or a message that was not tried; `outcome` is ok, bad, wait or none."""

    channel: str
    what: str
    took: str
    outcome: str
    words: str
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One event; `at` is on the subject's clock, `told_at` the wall time at which it was stored."""

    at: datetime
    kind: str
    concern: Concern
    head: str
    text: str
    told_at: datetime | None
    lines: tuple[MessageLine, ...]


def timeline(
    known: Definitions,
    events: Sequence[AlertEvent],
    *,
    told: Sequence[Notification],
    sent: Sequence[Delivery],
    names: Mapping[str, str],
) -> tuple[TimelineItem, ...]:
    """Return the events in order; `names` are the channels' by slug."""
    return tuple(
        TimelineItem(
            at=event.at,
            kind=event.type.value,
            concern=event.concern,
            head=_head(event),
            text=_text(known, event),
            told_at=next((each.created_at for each in told if each.event_seq == event.event_seq), None),
            lines=tuple(_lines(event, told, sent, names)),
        )
        for event in events
    )


def _head(event: AlertEvent) -> str:
    step, by = event.concern.said.capitalize(), event.body.get("by") or say("Someone")
    return say(_HEADS[event.type], concern=step, person=by)


def _text(known: Definitions, event: AlertEvent) -> str:
    """Say what was seen, or what the person wrote."""
    detail = f"{event.body.get('detail') or ''}"
    if event.type is EventType.ACKNOWLEDGED:
        return say("“{words}”", words=detail) if detail else ""
    if event.type is EventType.RESOLVED:
        ended = str(event.body.get("resolution") or Resolution.RECOVERED.value)
        by = event.body.get("by") or ""
        why = say("{person} closed it", person=by) if by else capital(resolution_words(Resolution(ended)))
        return say("{why}: “{words}”", why=why, words=detail) if detail else why
    seen = happened(known, event.body, event.concern)
    return capital(parted([part for part in (seen, detail) if part]))


def _lines(
    event: AlertEvent, told: Sequence[Notification], sent: Sequence[Delivery], names: Mapping[str, str]
) -> Iterator[MessageLine]:
    """Yield each message and its tries; a channel whose message was never formed says why."""
    carried = [each for each in sent if each.event_seq == event.event_seq]
    formed = {each.channel for each in carried}
    for delivery in carried:
        yield from _tries(delivery, names.get(delivery.channel, delivery.channel))
    for each in told:
        is_said = each.channel in formed and each.state is not NotificationState.HELD
        if each.event_seq == event.event_seq and not is_said:
            yield _unsent(each, names.get(each.channel, each.channel), is_formed=each.channel in formed)


def held_words(held_by: str) -> str:
    """Say why a message is kept for its reader."""
    return say("not sent because it goes in their digest") if held_by == DIGEST else sentence_of(held_by)


def _tries(delivery: Delivery, channel: str) -> Iterator[MessageLine]:
    before: Attempt | None = None
    for attempt in delivery.attempts:
        yield _try(delivery, attempt, before, channel)
        before = attempt
    if delivery.status is DeliveryStatus.DEAD:
        yield MessageLine(
            channel="", what=delivery.dead_reason, took="", outcome=FAILED, words=say("given up")
        )
    elif delivery.status is DeliveryStatus.CANCELLED:
        what = delivery.dead_reason or delivery.recipient
        yield MessageLine(
            channel="" if before else channel, what=what, took="", outcome=NONE, words=say("not sent")
        )
    elif delivery.status is not DeliveryStatus.DELIVERED:
        words = say("under way") if delivery.status is DeliveryStatus.LEASED else say("to be sent")
        what = say("try {number}", number=word(len(delivery.attempts) + 1)) if before else delivery.recipient
        if delivery.held_by and before is None:
            words, what = say("held back"), f"{what}, {held_words(delivery.held_by)}"
        yield MessageLine(
            channel="" if before else channel, what=what, took="", outcome=WAITING, words=words,
            at=delivery.due_at,
        )  # fmt: skip


def _try(delivery: Delivery, attempt: Attempt, before: Attempt | None, channel: str) -> MessageLine:
    took = f"{number((attempt.ended_at - attempt.started_at).total_seconds(), 1)} s"
    is_fine = attempt.outcome == DELIVERED
    what = delivery.recipient
    if before is not None:
        later = age((attempt.started_at - before.ended_at).total_seconds())
        what = say("attempt {number}, {age} later, same message id", number=attempt.number, age=later)
    code = took
    if attempt.status_code and not is_fine:
        code = say("{status} after {time}", status=attempt.status_code, time=took)
    return MessageLine(
        channel=channel if before is None else "",
        what=what,
        took=code,
        outcome=ARRIVED if is_fine else FAILED,
        words=say("arrived") if is_fine else say("failed") if attempt.outcome != "lost" else say("not known"),
        at=attempt.started_at,
        detail=attempt.error,
    )


def _why_unsent(notification: Notification) -> str:
    """Say what holds it back as a sentence; what became of it otherwise as it was noted."""
    is_held = notification.state is NotificationState.HELD
    return sentence_of(notification.reason) if is_held else notification.reason


def _unsent(notification: Notification, channel: str, *, is_formed: bool) -> MessageLine:
    is_open = notification.state in {NotificationState.WAITING, NotificationState.HELD}
    words = {
        NotificationState.WAITING: say("to be sent"),
        NotificationState.HELD: say("held back"),
        NotificationState.ABSORBED: say("told later"),
        NotificationState.SENT: say("sent"),
        NotificationState.CANCELLED: say("not sent"),
    }
    return MessageLine(
        channel="" if is_formed else channel,
        what=_why_unsent(notification) or (say("in its group's next message") if is_open else ""),
        took="",
        outcome=WAITING if is_open else NONE,
        words=words[notification.state],
        at=notification.due_at if is_open else None,
    )
