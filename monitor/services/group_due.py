"""Group what is due: whole groups for channels that send them, put off while their interval runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.alerting.grouping import Candidate, Group, due_groups, effective_key, intervals, may_go_at
from monitor.domain.alerting.route import DEFAULT, GROUP_INTERVAL_SECONDS, intervals_of
from monitor.domain.ports import ChannelKinds
from monitor.storage import message_groups, notifications, snapshot
from monitor.storage.notifications import Notification


def group_due(
    session: Session,
    taken: Sequence[Notification],
    channels: Mapping[str, Channel],
    channel_kinds: ChannelKinds,
    *,
    now: datetime,
) -> list[Notification]:
    """Return what may be formed now of what was taken, each with the key of the group it goes in.

    Of a channel that groups, whole groups come along, however many they are; one that sent a message less
    than its interval ago is put off. Notifications without a group have an empty key.
    """
    grouping = sorted({each.channel for each in taken if _key(each, channels, channel_kinds)})
    alone = [replace(each, group_key="") for each in taken if each.channel not in grouping]
    if not grouping:
        return alone
    found = notifications.open_of(session, grouping)
    seconds = _intervals(session)
    for slug in grouping:
        own = {each.id: each for each in found if each.channel == slug}
        candidates = [_candidate(each, channels, channel_kinds, now=now) for each in own.values()]
        for group in _ready(session, slug, due_groups(candidates), seconds, now=now):
            alone += [replace(own[each.id], group_key=group.key) for each in group.members]
    return sorted(alone, key=lambda each: each.id)


def _ready(
    session: Session, channel: str, groups: Sequence[Group], seconds: Mapping[str, float], *, now: datetime
) -> list[Group]:
    """Return the groups whose interval is over, or that hold something critical; put the others off."""
    keys = [group.key for group in groups if group.key]
    last = message_groups.formed_at(session, channel, keys)
    spans = intervals(seconds, keys, standing=GROUP_INTERVAL_SECONDS)
    ready = []
    for group in groups:
        formed_at = last.get(group.key)
        is_early = formed_at is not None and now < formed_at + timedelta(seconds=spans[group.key])
        is_urgent = is_early and message_groups.are_any_critical(session, group.due_ids)
        until = may_go_at(formed_at, interval_seconds=spans.get(group.key, 0.0), is_urgent=is_urgent)
        if until is not None and until > now:
            message_groups.put_off(session, group.due_ids, until=until)
        else:
            ready.append(group)
    return ready


def _candidate(
    notification: Notification, channels: Mapping[str, Channel], channel_kinds: ChannelKinds, *, now: datetime
) -> Candidate:
    return Candidate(
        id=notification.id,
        fingerprint=notification.fingerprint,
        key=_key(notification, channels, channel_kinds),
        is_due=notification.due_at <= now,
        is_held=notification.state is NotificationState.HELD,
    )


def _key(notification: Notification, channels: Mapping[str, Channel], channel_kinds: ChannelKinds) -> str:
    channel = channels.get(notification.channel)
    kind = None if channel is None else channel_kinds.get(channel.kind)
    return effective_key(notification.group_key, is_kind_grouped=getattr(kind, "is_grouped", False))


def _intervals(session: Session) -> dict[str, float]:
    routing = snapshot.current(session).routings.get(DEFAULT)
    return {} if routing is None else intervals_of(routing.route)
