"""What did not arrive: how each channel stands, and the messages that were given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting import rate
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.breaker import Breaker
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.retry import Trouble
from monitor.domain.spoken import clock, day
from monitor.domain.wording import msgid, say
from monitor.services.overview.alert_words import title
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.services.send_again import why_not
from monitor.storage import channel_states, channels, dead_letters, deliveries
from monitor.storage.channel_states import ChannelState
from monitor.storage.dead_letters import DeadLetter
from monitor.storage.snapshot import Definitions, current

_TROUBLES: Mapping[str, str] = {
    Trouble.MOVED: msgid("moved"),
    Trouble.MISCONFIGURED: msgid("misconfigured"),
    Trouble.GONE: msgid("gone"),
    Trouble.GONE_LAST: msgid("gone, and the last way for critical alerts"),
    Trouble.REFUSED: msgid("refused"),
}
_TOLD: Mapping[EventType, str] = {
    EventType.FIRING: msgid("firing"),
    EventType.CONCERN_RAISED: msgid("concern raised"),
    EventType.CONCERN_LOWERED: msgid("concern lowered"),
    EventType.REPEATED: msgid("repeated"),
    EventType.RESOLVED: msgid("resolved"),
    EventType.ACKNOWLEDGED: msgid("acknowledged"),
    EventType.UNACKNOWLEDGED: msgid("no longer acknowledged"),
    EventType.FLAPPING_STARTED: msgid("flapping began"),
    EventType.FLAPPING_ENDED: msgid("flapping ended"),
    EventType.DATA_HEALTH: msgid("change of its data"),
    EventType.SILENCE_ENDING: msgid("end of a silence"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """One message that was given up; `why_not` says why it cannot be sent again, empty if it can."""

    id: str
    message_id: str
    channel: str
    channel_name: str
    recipient: str
    what: str
    subject: str
    fingerprint: str
    formed_at: datetime
    tries: int
    reason: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHealth:
    """How one channel stands, in words; `is_bad`: someone must look."""

    slug: str
    name: str
    kind: str
    words: str
    is_bad: bool
    waiting: int
    per_minute: int
    fallback: str
    given_up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredView:
    """The page of what did not arrive."""

    desk: DeskView
    channels: tuple[ChannelHealth, ...]
    given_up: tuple[GivenUp, ...]
    total: int


def undelivered(session: Session, *, now: datetime) -> UndeliveredView:
    """Return how the channels stand, and the latest 200 messages that were given up."""
    found = given_up(session)
    waiting, states = deliveries.count_unfinished(session), channel_states.find_all(session)
    every = channels.find_all(session)
    names = {channel.slug: channel.name for channel in every}
    dead = dead_letters.count_by_channel(session)
    return UndeliveredView(
        desk=desk(session, now=now),
        channels=tuple(
            _health(
                channel, states.get(channel.slug, ChannelState()), waiting=waiting.get(channel.slug, 0),
                given_up=dead.get(channel.slug, 0), fallback=names.get(channel.fallback, ""), now=now,
            )
            for channel in every
        ),
        given_up=tuple(found),
        total=sum(dead.values()),
    )  # fmt: skip


def given_up(session: Session, *, channel: str = "") -> list[GivenUp]:
    """Return the latest 200 messages that were given up, of one channel or of all."""
    by_slug, known = {each.slug: each for each in channels.find_all(session)}, current(session)
    return [
        _given_up(letter, by_slug.get(letter.delivery.channel), known)
        for letter in dead_letters.find(session, channel=channel)
    ]


def _given_up(letter: DeadLetter, channel: Channel | None, known: Definitions) -> GivenUp:
    delivery = letter.delivery
    subject = known.subjects.get(letter.subject)
    name = letter.subject if subject is None else subject.name
    alert = title(known, letter.rule, letter.concern)
    kind = say("its event is gone") if letter.type is None else say(_TOLD[letter.type])
    return GivenUp(
        id=delivery.id,
        message_id=delivery.message_id,
        channel=delivery.channel,
        channel_name=delivery.channel if channel is None else channel.name,
        recipient=delivery.recipient,
        what=say("{alert} ({subject}): {what}", alert=alert, subject=name or say("no subject"), what=kind),
        subject=letter.subject,
        fingerprint=delivery.fingerprint,
        formed_at=delivery.formed_at,
        tries=delivery.attempt_count,
        reason=delivery.dead_reason,
        why_not=why_not(letter, channel),
    )


def _health(
    channel: Channel, state: ChannelState, *, waiting: int, given_up: int, fallback: str, now: datetime
) -> ChannelHealth:
    words, is_bad = _words(channel, state, waiting=waiting, now=now)
    return ChannelHealth(
        slug=channel.slug, name=channel.name, kind=channel.kind, words=words, is_bad=is_bad, waiting=waiting,
        per_minute=rate.per_minute(channel), fallback=fallback, given_up=given_up,
    )  # fmt: skip


def _words(channel: Channel, state: ChannelState, *, waiting: int, now: datetime) -> tuple[str, bool]:
    if not channel.is_enabled:
        gone = channel.trouble == Trouble.GONE
        return say("disabled; its receiver is gone") if gone else say("disabled"), bool(waiting)
    if state.breaker.is_open:
        return _open_words(state.breaker, now=now), True
    if channel.trouble:
        return say(_TROUBLES.get(channel.trouble, channel.trouble)), True
    if waiting and rate.room(state.starts, rate.per_minute(channel), now=now) == 0:
        return say("at its limit; what is due waits"), False
    return say("works"), False


def _open_words(breaker: Breaker, *, now: datetime) -> str:
    since = now if breaker.opened_at is None else breaker.opened_at
    told, until = f"{day(since, near=now.date())} {clock(since)}", breaker.open_until
    if until is None or until <= now:
        return say("does not answer since {since} UTC; one message tries it now", since=told)
    return say("does not answer since {since} UTC; tried again at {time} UTC", since=told, time=clock(until))
