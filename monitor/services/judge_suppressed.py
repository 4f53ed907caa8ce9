"""Judge what becomes of notifications that are due: sent, held, missed or cancelled, with the reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.alerting.muting import Fate, Outstanding, Verdict, verdicts
from monitor.domain.alerting.suppression import suppression_named
from monitor.domain.scale import Concern
from monitor.services.suppress import Suppressor
from monitor.storage import alerts, notifications
from monitor.storage.alerts import Episode
from monitor.storage.notifications import EpisodeEvent, Notification

_SEND = Verdict(fate=Fate.SEND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A notification, its event if that is still there, and what is done with it; `until` of what is held."""

    notification: Notification
    event: EpisodeEvent | None
    fate: Fate
    reason: str
    until: datetime

    @property
    def held_by(self) -> str:
        """What held it so far: `silence:7`."""
        return suppression_named(self.notification.reason)


def judge_suppressed(
    session: Session, waiting: Sequence[Notification], suppressor: Suppressor
) -> list[Judged]:
    """Return the fate of all that waits; where anything may be held, of all that is outstanding with it."""
    now = suppressor.now
    is_quiet = suppressor.is_idle and all(each.state is NotificationState.WAITING for each in waiting)
    lots = [list(waiting)] if is_quiet else _lots(session, waiting)
    keys = {key for lot in lots for key in _keys(lot)}
    events = notifications.events(session, keys) if keys else {}
    if is_quiet:
        return [_judged(each, _SEND, events, until=now) for each in waiting]
    episodes = alerts.episodes(session, {each.episode_id for each in waiting})
    return [
        judged
        for lot in lots
        for judged in _of_lot(session, lot, events, episodes.get(lot[0].episode_id), suppressor)
    ]


def _lots(session: Session, waiting: Sequence[Notification]) -> list[list[Notification]]:
    """What is outstanding by channel and episode, read again: a batch may have cut it in two."""
    keys = dict.fromkeys((each.channel, each.episode_id) for each in waiting)
    return [
        notifications.outstanding(session, channel=channel, episode_id=episode_id)
        for channel, episode_id in keys
    ]


def _of_lot(
    session: Session,
    lot: Sequence[Notification],
    events: Mapping[tuple[str, int], EpisodeEvent],
    episode: Episode | None,
    suppressor: Suppressor,
) -> Iterator[Judged]:
    concern = max((events[key].event.concern for key in _keys(lot) if key in events), default=Concern.NORMAL)
    held = None if episode is None else suppressor.of(episode, concern, route=lot[0].route)
    is_over = episode is not None and episode.ended_at is not None
    no = None if episode is None else suppressor.dismissal(episode, concern, route=lot[0].route)
    if no is not None and not is_over:
        dropped = Verdict(fate=Fate.CANCEL, reason=no.words)
        yield from (_judged(each, dropped, events, until=suppressor.now) for each in lot)
        return
    found = verdicts(
        [_outstanding(each, events) for each in lot],
        muted_by="" if held is None else held.name,
        is_told=notifications.is_told(session, channel=lot[0].channel, episode_id=lot[0].episode_id),
        is_over=is_over,
    )
    for each, verdict in zip(lot, found, strict=True):
        yield _judged(each, verdict, events, until=suppressor.now if held is None else held.until)


def _keys(lot: Sequence[Notification]) -> list[tuple[str, int]]:
    return [(each.episode_id, each.event_seq) for each in lot]


def _outstanding(notification: Notification, events: Mapping[tuple[str, int], EpisodeEvent]) -> Outstanding:
    found = events.get((notification.episode_id, notification.event_seq))
    is_held = notification.state is NotificationState.HELD
    return Outstanding(
        type=EventType.FIRING if found is None else found.event.type,
        held_by=suppression_named(notification.reason) if is_held else "",
    )


def _judged(
    notification: Notification,
    verdict: Verdict,
    events: Mapping[tuple[str, int], EpisodeEvent],
    *,
    until: datetime,
) -> Judged:
    return Judged(
        notification=notification,
        event=events.get((notification.episode_id, notification.event_seq)),
        fate=verdict.fate,
        reason=verdict.reason,
        until=until,
    )
