"""Pauses: when an escalation's clock stood, because people had it in hand or had asked for quiet."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Ack, AlertEvent, EventType
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.window import MuteWindow, Stretch, joined
from monitor.storage import arrangements, silences
from monitor.storage.alerts import Episode

_BREAKS = frozenset({EventType.UNACKNOWLEDGED, EventType.CONCERN_RAISED, EventType.RESOLVED})


def ack_pauses(events: Iterable[AlertEvent], ack: Ack | None, *, now: datetime) -> Iterator[Stretch]:
    """Yield the stretches in which an episode was acknowledged, by its events; the last may go on."""
    since: datetime | None = None
    for event in events:
        if event.type is EventType.ACKNOWLEDGED:
            since = since or event.at
        elif event.type in _BREAKS and since is not None:
            yield Stretch(starts_at=since, ends_at=max(event.at, since))
            since = None
    if since is not None and ack is not None:
        yield Stretch(starts_at=since, ends_at=max(now, since))


def suppressed_pauses(
    session: Session, episode: Episode, route: Route, *, since: datetime, now: datetime
) -> list[Stretch]:
    """Return the stretches between two moments in which silences or the route's mute windows held it."""
    found: list[Stretch] = []
    for silence in silences.overlapping(session, since=since, until=now):
        if silence.matches(episode.labels):
            whole = Stretch(starts_at=silence.starts_at, ends_at=silence.ends_at)
            inner = joined(silence.windows, since, now) if silence.windows else [whole]
            found += [_both(each, whole) for each in inner]
    if route.mute_windows:
        every = [each.value for each in arrangements.find_all(session, MuteWindow)]
        named = [window for each in every if each.slug in route.mute_windows for window in each.windows]
        found += joined(named, since, now)
    return found


def _both(one: Stretch, other: Stretch) -> Stretch:
    starts_at = max(one.starts_at, other.starts_at)
    return Stretch(starts_at=starts_at, ends_at=max(min(one.ends_at, other.ends_at), starts_at))
