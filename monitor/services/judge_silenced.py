"""Judge what silences do to notifications that are due: sent, held, missed or cancelled, with the reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.alerting.muting import Fate, Outstanding, Verdict, verdicts
from monitor.domain.alerting.silence import Silence, muted_by, silence_named
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
        """The silence that held it so far."""
        return silence_named(self.notification.reason)


def judge_silenced(
    session: Session, waiting: Sequence[Notification], active: Sequence[Silence], *, now: datetime
) -> list[Judged]:
    """Return the fate of all that waits; where silences may matter, of all that is outstanding with it."""
    is_quiet = not active and all(each.state is NotificationState.WAITING for each in waiting)
    lots = [list(waiting)] if is_quiet else _lots(session, waiting)
    keys = {(each.episode_id, each.event_seq) for lot in lots for each in lot}
    events = notifications.events(session, keys) if keys else {}
    if is_quiet:
        return [_judged(each, _SEND, events, until=now) for each in waiting]
    episodes = alerts.episodes(session, {each.episode_id for each in waiting})
    return [
        judged
        for lot in lots
        for judged in _of_lot(session, lot, events, episodes.get(lot[0].episode_id), active, now=now)
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
    active: Sequence[Silence],
    *,
    now: datetime,
) -> Iterator[Judged]:
    silence = None if episode is None else muted_by(active, episode.labels, at=now)
    found = verdicts(
        [_outstanding(each, events) for each in lot],
        muted_by="" if silence is None else silence.name,
        is_told=notifications.is_told(session, channel=lot[0].channel, episode_id=lot[0].episode_id),
        is_over=episode is not None and episode.ended_at is not None,
    )
    for each, verdict in zip(lot, found, strict=True):
        yield _judged(each, verdict, events, until=now if silence is None else silence.active_until(now))


def _outstanding(notification: Notification, events: Mapping[tuple[str, int], EpisodeEvent]) -> Outstanding:
    found = events.get((notification.episode_id, notification.event_seq))
    is_held = notification.state is NotificationState.HELD
    return Outstanding(
        type=EventType.FIRING if found is None else found.event.type,
        held_by=silence_named(notification.reason) if is_held else "",
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
