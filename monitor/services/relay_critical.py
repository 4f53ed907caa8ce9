"""Relay what is critical: a channel that does not take it within 15 minutes is stepped in for by another."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.storage import channels, relays

AFTER = timedelta(minutes=15)


def is_relay_due(session: Session, *, now: datetime) -> bool:
    """Whether a channel with a fallback has left something critical lying; reads only."""
    return any(_overdue(session, channel, now=now) for channel in _with_fallback(session))


def relay_critical(session: Session, *, now: datetime) -> int:
    """Have the fallback told as well of what waited 15 minutes or is dead, and still fires; count it.

    The channel itself goes on being tried. Who was told of an alert is told of its end too.
    """
    relayed = 0
    for channel in _with_fallback(session):
        if found := _overdue(session, channel, now=now):
            relays.add(session, found, channel=channel.slug, fallback=channel.fallback, now=now)
            structlog.get_logger().error(
                "a channel does not take critical alerts; its fallback does",
                channel=channel.slug, fallback=channel.fallback, count=len(found),
            )  # fmt: skip
            relayed += len(found)
    return relayed


def _overdue(session: Session, channel: Channel, *, now: datetime) -> list[relays.Overdue]:
    return relays.overdue(session, channel.slug, fallback=channel.fallback, since=now - AFTER)


def _with_fallback(session: Session) -> list[Channel]:
    found = channels.find_all(session)
    usable = {channel.slug for channel in found if channel.is_enabled}
    return [channel for channel in found if channel.fallback in usable]
