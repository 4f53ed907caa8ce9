"""List the channels, without their secrets, each with the last try to send through it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Attempt
from monitor.storage import attempts, channels


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    """A channel, and how its last message fared; `last` None: nothing was ever sent."""

    channel: Channel
    last: Attempt | None


def channel_list(session: Session) -> list[ChannelLine]:
    """Return every channel, by slug."""
    tries = attempts.last_of_channels(session)
    return [ChannelLine(channel=each, last=tries.get(each.slug)) for each in channels.find_all(session)]
