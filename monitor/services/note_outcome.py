"""Note an outcome: what one attempt says about its channel, kept in the channel's breaker."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from monitor.domain.alerting.breaker import after_failure, after_success
from monitor.storage import channel_states, deliveries


def note_success(session: Session, channel: str, *, now: datetime) -> bool:
    """Close what was open, and have all that waited for its next try sent: the channel works again.

    False where there was nothing to note: one success more tells nothing either.
    """
    state = channel_states.find_all(session).get(channel)
    if state is None or after_success(state.breaker) == state.breaker:
        return False
    state = channel_states.locked(session, [channel])[channel]
    channel_states.save(session, channel, replace(state, breaker=after_success(state.breaker)))
    if state.breaker.is_open:
        deliveries.hasten(session, channel, now=now)
        structlog.get_logger().info("a channel works again", channel=channel, since=state.breaker.opened_at)
    return True


def note_failure(session: Session, channel: str, *, now: datetime) -> None:
    """Count a failure; after many nothing more is tried for a while."""
    state = channel_states.locked(session, [channel])[channel]
    after = after_failure(state.breaker, now=now)
    if after == state.breaker:
        return
    channel_states.save(session, channel, replace(state, breaker=after))
    if after.open_until is not None:
        structlog.get_logger().error(
            "a channel does not answer; what is due for it waits", channel=channel, until=after.open_until
        )
