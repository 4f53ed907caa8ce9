"""Claim deliveries: what is due and may go out now, past the breakers and under the rate limits."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from monitor.domain.alerting import breaker, rate
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Delivery
from monitor.storage import channel_states, claims, deliveries
from monitor.storage.channel_states import ChannelState

# Two at once a channel, so that one that hangs holds no more; each is handed several, one after another, and
# more where the last ones went out fast.
PER_CHANNEL, IN_HAND = 2, 8
GIVEN_UP = "given up after 75.8 hours: the channel did not answer"


def find_claimable(
    session: Session,
    channels: Mapping[str, Channel],
    *,
    busy: Counter[str],
    most: int,
    now: datetime,
    in_hand: Mapping[str, int] | None = None,
) -> list[Delivery]:
    """Return what is due and finds room; `most` hands are free, and `busy` counts those of each channel.

    `in_hand` is how many a hand of a channel is given, where that is not `IN_HAND`.
    """
    states = channel_states.find_all(session)
    found: list[Delivery] = []
    due_in = [slug for slug in claims.busy_channels(session, now=now) if slug in channels]
    # Those that failed lately come last: what hangs in them takes no hand from those that are well.
    for slug in sorted(due_in, key=lambda slug: _failures(states.get(slug))):
        state = states.get(slug, ChannelState())
        hands = min(PER_CHANNEL - busy[slug], most)
        places = hands * (in_hand or {}).get(slug, IN_HAND)
        places = _room(channels[slug], state, most=places, now=now)
        if places > 0:
            due = claims.claimable(
                session, channel=slug, now=now, limit=places, oldest_first=state.breaker.is_open
            )
            most -= min(hands, len(due))
            found += due
    return found


def claim(
    session: Session, found: Sequence[Delivery], channels: Mapping[str, Channel], *, owner: str, now: datetime
) -> list[Delivery]:
    """Lease what of it still finds room, and count it: other workers send through the same channels."""
    by_channel: dict[str, list[str]] = {}
    for delivery in found:
        by_channel.setdefault(delivery.channel, []).append(delivery.id)
    states = channel_states.locked(session, _limited(session, by_channel, channels))
    claimed: list[Delivery] = []
    for slug, ids in sorted(by_channel.items()):
        state = states.get(slug)
        places = len(ids) if state is None else _room(channels[slug], state, most=len(ids), now=now)
        taken = claims.claim(session, ids[:places], owner=owner, now=now) if places else []
        if state is not None and taken:
            _count(session, channels[slug], state, started=len(taken), now=now)
        claimed += taken
    return claimed


def is_any_expired(session: Session, *, now: datetime) -> bool:
    """Whether something has waited behind an open breaker for as long as anything is tried."""
    shut = _open_ones(session)
    return bool(shut) and deliveries.is_any_expired(session, shut, now=now)


def give_up_expired(session: Session, *, now: datetime) -> int:
    """End what has waited so long, with the reason; return how many."""
    given_up = 0
    for slug in sorted(_open_ones(session)):
        count = deliveries.kill_expired(session, slug, reason=GIVEN_UP, now=now)
        if count:
            structlog.get_logger().error("deliveries are dead", channel=slug, count=count, reason=GIVEN_UP)
        given_up += count
    return given_up


def _failures(state: ChannelState | None) -> int:
    return 0 if state is None else state.breaker.failures


def _room(channel: Channel, state: ChannelState, *, most: int, now: datetime) -> int:
    rooms = (
        breaker.room(state.breaker, now=now),
        rate.room(state.starts, rate.per_minute(channel), now=now),
        most,
    )
    return min(each for each in rooms if each is not None)


def _limited(session: Session, slugs: Collection[str], channels: Mapping[str, Channel]) -> set[str]:
    """Return the channels that something holds back; the others need no look at their state."""
    shut = _open_ones(session)
    return {slug for slug in slugs if slug in shut or rate.per_minute(channels[slug]) != rate.UNLIMITED}


def _open_ones(session: Session) -> set[str]:
    return {slug for slug, state in channel_states.find_all(session).items() if state.breaker.is_open}


def _count(session: Session, channel: Channel, state: ChannelState, *, started: int, now: datetime) -> None:
    is_counted = rate.per_minute(channel) != rate.UNLIMITED
    starts = [*rate.in_window(state.starts, now=now), *[now] * started] if is_counted else ()
    counted = replace(state, breaker=breaker.probing(state.breaker, now=now), starts=starts)
    channel_states.save(session, channel.slug, counted)
