"""Form deliveries: waiting notifications become messages to recipients, or end with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import NotificationState, Queued, absorptions
from monitor.domain.alerting.muting import Fate
from monitor.domain.alerting.retry import Trouble
from monitor.domain.errors import InvalidInput
from monitor.domain.ports import ChannelKinds
from monitor.domain.scale import Concern
from monitor.services.group_due import group_due
from monitor.services.hold_for_readers import hold_for_readers
from monitor.services.judge_suppressed import Judged, judge_suppressed
from monitor.services.markings import Markings, markings
from monitor.services.reach_duty import depends_on_duty, reached
from monitor.services.suppress import load_suppressor
from monitor.storage import carrying, deliveries, holding, message_groups, notifications
from monitor.storage import channels as stored_channels
from monitor.storage.notifications import EpisodeEvent, Notification

AT_ONCE = 200
LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formed:
    """What one round did: notifications that became deliveries, were held, cancelled, put off."""

    sent: int = 0
    held: int = 0
    cancelled: int = 0
    postponed: int = 0
    absorbed: int = 0

    @property
    def is_any(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.sent or self.held or self.cancelled or self.postponed)


class _Groups:
    """What this round formed, by the group it goes in."""

    def __init__(self, waiting: Sequence[Notification]) -> None:
        self._keys = {(each.channel, each.fingerprint): each.group_key for each in waiting}
        self._formed: dict[tuple[str, str], list[int]] = {}

    def add(self, notification: Notification) -> None:
        """Keep a notification that was formed; one that goes alone is nobody's."""
        channel = notification.channel
        if key := self._keys.get((channel, notification.fingerprint), ""):
            self._formed.setdefault((channel, key), []).append(notification.id)

    def gather(self, session: Session, *, now: datetime) -> None:
        """Make one message of each group, and remember when."""
        for (channel, key), ids in sorted(self._formed.items()):
            carrying.gather(session, ids, group_key=key)
            message_groups.note_formed(session, channel, key, now=now)


def form_deliveries(session: Session, channel_kinds: ChannelKinds, *, now: datetime) -> Formed:
    """Take what is due, write one delivery a recipient, and let later messages absorb earlier ones."""
    channels = {channel.slug: channel for channel in stored_channels.find_all(session)}
    missing = unserved(channels, channel_kinds)
    if holding.is_any_over(session, now=now):
        holding.gather_over(session, now=now)
    if not notifications.is_any_due(session, now=now, kinds_missing=missing):
        return Formed()
    # Before the notifications: whoever ends a silence locks in this order too.
    suppressor = load_suppressor(session, now=now)
    taken = notifications.take_due(session, now=now, limit=AT_ONCE, kinds_missing=missing)
    waiting = group_due(session, taken, channels, channel_kinds, now=now)
    forming = _Forming(session, channels, channel_kinds, now=now)
    counts = {"sent": 0, "held": 0, "cancelled": 0, "postponed": 0}
    told = markings(session) if any(each.ceiling is not None for each in channels.values()) else None
    for each in judge_suppressed(session, waiting, suppressor):
        too_strict = _above_ceiling(channels.get(each.notification.channel), each.event, told)
        if too_strict:
            notifications.cancel(session, each.notification.id, reason=too_strict)
            counts["cancelled"] += 1
            continue
        counts[forming.form(each)] += 1
    formed = forming.write()
    groups = _Groups(waiting)
    for notification in formed:
        groups.add(notification)
    lanes = {(each.channel, each.fingerprint) for each in waiting}
    crowded = deliveries.crowded(session, lanes)
    absorbed = sum(absorb(session, channel=channel, fingerprint=of) for channel, of in sorted(crowded))
    groups.gather(session, now=now)
    hold_for_readers(session, [each.id for each in formed], now=now)
    return Formed(**counts, absorbed=absorbed)


def absorb(session: Session, *, channel: str, fingerprint: str) -> int:
    """Let the later messages of one channel and alert absorb those that need not be sent; count them."""
    lanes = deliveries.queue(session, channel=channel, fingerprint=fingerprint)
    lanes = {recipient: _with_openings(session, lane) for recipient, lane in lanes.items()}
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


def _with_openings(session: Session, lane: list[Queued]) -> list[Queued]:
    """Count as `firing` what tells a firing that was missed during a silence: it opens the episode."""
    if len(lane) == 1:
        return lane
    told = deliveries.absorbed(session, [item.id for item in lane])
    opening = {of for of, events in told.items() if EventType.FIRING in {kind for _, kind in events}}
    return [
        replace(item, type=EventType.FIRING)
        if item.id in opening and item.type is not EventType.RESOLVED
        else item
        for item in lane
    ]


class _Forming:
    """One round: deliveries are written together at its end, or before someone asks for what is written."""

    def __init__(
        self,
        session: Session,
        channels: Mapping[str, Channel],
        channel_kinds: ChannelKinds,
        *,
        now: datetime,
    ) -> None:
        self._session, self._now = session, now
        self._channels, self._kinds = channels, channel_kinds
        self._formed: list[Notification] = []
        self._unwritten: list[tuple[Judged, Sequence[str]]] = []
        self._given: dict[str, Sequence[str]] = {}

    def form(self, judged: Judged) -> str:
        """Decide what becomes of one notification, in a word."""
        notification, reason = judged.notification, judged.reason
        channel = self._channels.get(notification.channel)
        if channel is None or (why_not := _why_not(channel, judged.event)):
            why = "the channel no longer exists" if channel is None else why_not
            notifications.cancel(self._session, notification.id, reason=why)
            return "cancelled"
        if judged.fate is Fate.CANCEL:
            notifications.cancel(self._session, notification.id, reason=reason)
            return "cancelled"
        if judged.fate is Fate.HOLD:
            notifications.hold(self._session, notification.id, reason=reason, until=judged.until)
            return "held"
        return self._send(judged, channel)

    def write(self) -> list[Notification]:
        """Write what was decided; return all that was formed in this round."""
        firsts = deliveries.form_all(
            self._session, [(each.notification, to) for each, to in self._unwritten], now=self._now
        )
        plain: dict[int, str] = {}
        for each, _ in self._unwritten:
            number, reason = each.notification.id, each.reason
            if each.fate is Fate.MISS:
                # Only to be absorbed, so that it is told.
                notifications.mark_absorbed(self._session, number, delivery_id=firsts[number], reason=reason)
            elif reason:
                notifications.mark_sent(self._session, number, delivery_id=firsts[number], reason=reason)
            else:
                plain[number] = firsts[number]
        notifications.mark_all_sent(self._session, plain)
        self._formed += [each.notification for each, _ in self._unwritten]
        self._unwritten = []
        return self._formed

    def _send(self, judged: Judged, channel: Channel) -> str:
        notification = judged.notification
        try:
            recipients = self._recipients(judged, channel)
        except InvalidInput as error:
            why = f"the channel cannot be used: {error}"
            if notification.state is NotificationState.HELD:
                why = f"{judged.held_by}; {why}"
            until = self._now + LOOK_AGAIN
            notifications.postpone(self._session, notification.id, due_at=until, reason=why)
            return "postponed"
        if not recipients:
            notifications.cancel(self._session, notification.id, reason="nobody subscribed to it")
            return "cancelled"
        self._unwritten.append((judged, recipients))
        return "sent"

    def _recipients(self, judged: Judged, channel: Channel) -> Sequence[str]:
        """Return the addresses of a channel; where what was told before counts, that is written first."""
        if channel.slug not in self._given:
            self._given[channel.slug] = self._kinds[channel.kind].recipients(channel)
        given = self._given[channel.slug]
        if not depends_on_duty(given):
            return given
        self.write()
        return reached(
            self._session, given, channel=channel.slug, episode_id=judged.notification.episode_id,
            concern=_concern(judged.event), now=self._now,
        )  # fmt: skip


def _concern(event: EpisodeEvent | None) -> Concern:
    return Concern.NORMAL if event is None else event.event.concern


def _above_ceiling(channel: Channel | None, event: EpisodeEvent | None, told: Markings | None) -> str:
    """Say that what an alert is made from is marked too strictly for a channel; empty where it is not."""
    if channel is None or channel.ceiling is None or event is None or told is None:
        return ""
    marking = told.of_event(event).marking
    if marking <= channel.ceiling:
        return ""
    ceiling = channel.ceiling.word
    return f"not sent to {channel.name}: {marking.word} is above the channel's ceiling {ceiling}"


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
