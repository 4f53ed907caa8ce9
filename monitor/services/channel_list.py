"""List the channels, without their secrets."""

from sqlalchemy.orm import Session

from monitor.domain.channel import Channel
from monitor.storage import channels


def channel_list(session: Session) -> list[Channel]:
    """Return every channel, by slug."""
    return channels.find_all(session)
