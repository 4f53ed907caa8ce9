"""Form deliveries: waiting notifications become messages to recipients, or end with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.channel import Channel
from monitor.domain.delivery import absorptions
from monitor.domain.errors import InvalidInput
from monitor.domain.ports import ChannelKinds
from monitor.domain.retry import Trouble
from monitor.storage import channels as stored_channels
from monitor.storage import deliveries, notifications
from monitor.storage.notifications import EpisodeEvent, Notification

AT_ONCE = 200
LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formed:
    """What one round did: notifications that became deliveries, were cancelled, were put off."""

    sent: int = 0
    cancelled: int = 0
    postponed: int = 0
    absorbed: int = 0

    @property
    def is_any(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.sent or self.cancelled or self.postponed)


def form_deliveries(session: Session, channel_kinds: ChannelKinds, *, now: datetime) -> Formed:
    """Take what is due, write one delivery a recipient, and let later messages absorb earlier ones."""
    channels = {channel.slug: channel for channel in stored_channels.find_all(session)}
    missing = unserved(channels, channel_kinds)
    if not notifications.is_any_due(session, now=now, kinds_missing=missing):
        return Formed()
    waiting = notifications.take_due(session, now=now, limit=AT_ONCE, kinds_missing=missing)
    events = notifications.events(session, {(each.episode_id, each.event_seq) for each in waiting})
    counts = {"sent": 0, "cancelled": 0, "postponed": 0}
    for each in waiting:
        event = events.get((each.episode_id, each.event_seq))
        counts[_form(session, each, event, channels, channel_kinds, now=now)] += 1
    lanes = {(each.channel, each.fingerprint) for each in waiting}
    absorbed = sum(absorb(session, channel=channel, fingerprint=of) for channel, of in sorted(lanes))
    return Formed(**counts, absorbed=absorbed)


def absorb(session: Session, *, channel: str, fingerprint: str) -> int:
    """Let the later messages of one channel and alert absorb those that need not be sent; count them."""
    lanes = deliveries.queue(session, channel=channel, fingerprint=fingerprint)
    plan = {old: new for lane in lanes.values() for old, new in absorptions(lane).items()}
    if plan:
        deliveries.absorb(session, plan)
        for episode_id in {item.episode_id for lane in lanes.values() for item in lane}:
            notifications.settle_absorbed(session, channel, episode_id)
    return len(plan)


def unserved(channels: Mapping[str, Channel], channel_kinds: ChannelKinds) -> list[str]:
    """Return the channels whose messages wait: switched off by a person, or of a kind not sent from here."""
    return sorted(
        slug
        for slug, channel in channels.items()
        if channel.kind not in channel_kinds or not (channel.is_enabled or _is_gone(channel))
    )


def _form(
    session: Session,
    notification: Notification,
    event: EpisodeEvent | None,
    channels: Mapping[str, Channel],
    channel_kinds: ChannelKinds,
    *,
    now: datetime,
) -> str:
    channel = channels.get(notification.channel)
    if channel is None or (reason := _why_not(channel, event)):
        why = "the channel no longer exists" if channel is None else reason
        notifications.cancel(session, notification.id, reason=why)
        return "cancelled"
    try:
        recipients: Iterable[str] = channel_kinds[channel.kind].recipients(channel)
    except InvalidInput as error:
        reason = f"the channel cannot be used: {error}"
        notifications.postpone(session, notification.id, due_at=now + LOOK_AGAIN, reason=reason)
        return "postponed"
    first = deliveries.form(session, notification, recipients=recipients, now=now)
    notifications.mark_sent(session, notification.id, delivery_id=first)
    return "sent"


def _why_not(channel: Channel, event: EpisodeEvent | None) -> str:
    if _is_gone(channel) and not channel.is_enabled:
        return "the receiver is gone; the channel was disabled"
    if event is None:
        return "the alert event no longer exists"
    if event.is_exercise and not channel.takes_exercises:
        return "the channel takes no exercises"
    return ""


def _is_gone(channel: Channel) -> bool:
    return channel.trouble == Trouble.GONE
