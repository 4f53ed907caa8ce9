"""The silences as a page: what mutes now, what will, what is over, and what a new one would mute."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert
from monitor.domain.alerting.silence import NOTICE_BEFORE, Silence, SilenceState
from monitor.domain.alerting.window import MuteWindow, Stretch, next_open, open_until
from monitor.domain.alerting.window_text import windows_said
from monitor.services.overview.alert_words import title
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.services.preview_silence import SilencePreview, preview_silence
from monitor.storage import alerts, arrangements, silences, snapshot

MOST_OVER = 20
# A shift: whoever takes over must know what will be heard again.
ENDS_SOON = timedelta(hours=8)
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceLine:
    """One silence: the alerts that it matches and that are open, and what comes next of it."""

    silence: Silence
    state: SilenceState
    muted: tuple[str, ...]
    windows: str
    until: datetime | None = None
    upcoming: Stretch | None = None
    is_ending_soon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteWindowLine:
    """A mute window: until when it is open, else when it opens next, and the routes that name it."""

    window: MuteWindow
    version: int
    words: str
    until: datetime | None
    upcoming: Stretch | None
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencesView:
    """The page; `preview` is what a silence that is being written would mute now."""

    desk: DeskView
    active: tuple[SilenceLine, ...]
    pending: tuple[SilenceLine, ...]
    over: tuple[SilenceLine, ...]
    mute_windows: tuple[MuteWindowLine, ...] = ()
    preview: SilencePreview | None = None
    preview_names: tuple[str, ...] = ()


def silences_page(session: Session, *, now: datetime, tried: Silence | None = None) -> SilencesView:
    """Return every silence in force or to come and the last that are over; `tried` is only looked at."""
    found = alerts.find_open(session)
    labels = {
        key: each.labels for key, each in alerts.episodes(session, [a.episode_id for a in found]).items()
    }
    known = snapshot.current(session)

    def named(alert: Alert) -> str:
        subject = known.subjects.get(alert.subject)
        name = alert.subject if subject is None else subject.name
        return f"{title(known, alert.rule, alert.concern)} ({name})"

    names = {alert.episode_id: named(alert) for alert in found if alert.episode_id in labels}
    lines = [_line(each, labels, names, now=now) for each in silences.find_all(session)]
    preview = None if tried is None else preview_silence(session, tried)
    return SilencesView(
        desk=desk(session, now=now),
        active=_in(lines, SilenceState.ACTIVE),
        pending=_in(lines, SilenceState.PENDING),
        over=_in(lines, SilenceState.EXPIRED)[:MOST_OVER],
        mute_windows=mute_windows(session, now=now),
        preview=preview,
        preview_names=() if preview is None else tuple(map(named, preview.muted)),
    )


def ending_soon(session: Session, *, now: datetime) -> tuple[Silence, ...]:
    """Return the silences that are over within a shift, the first to end first; one query."""
    begun = silences.begun(session, now=now)
    return tuple(sorted((each for each in begun if each.ends_at - now <= ENDS_SOON), key=_end))


def mute_windows(session: Session, *, now: datetime) -> tuple[MuteWindowLine, ...]:
    """Return every mute window as it stands now."""
    routings = snapshot.current(session).routings.values()
    routes = [route for routing in routings for _, route in routing.route.walk()]
    return tuple(
        MuteWindowLine(
            window=each.value,
            version=each.version,
            words=windows_said(each.value.windows),
            until=open_until(each.value.windows, now),
            upcoming=next_open(each.value.windows, now, within=_YEAR),
            routes=tuple(route.slug for route in routes if each.value.slug in route.mute_windows),
        )
        for each in arrangements.find_all(session, MuteWindow)
    )


def _end(silence: Silence) -> datetime:
    return silence.ends_at


def _in(lines: Iterable[SilenceLine], state: SilenceState) -> tuple[SilenceLine, ...]:
    return tuple(line for line in lines if line.state is state)


def _line(
    silence: Silence, labels: Mapping[str, Mapping[str, str]], names: Mapping[str, str], *, now: datetime
) -> SilenceLine:
    state, until = silence.state(now), silence.active_until(now)
    is_active = state is SilenceState.ACTIVE
    return SilenceLine(
        silence=silence,
        state=state,
        muted=()
        if state is SilenceState.EXPIRED
        else tuple(names[key] for key, each in labels.items() if silence.matches(each)),
        windows=windows_said(silence.windows),
        until=until if is_active else None,
        upcoming=_upcoming(silence, now),
        is_ending_soon=is_active and until - now <= NOTICE_BEFORE,
    )


def _upcoming(silence: Silence, now: datetime) -> Stretch | None:
    """Return the next time a silence that recurs begins to mute, unless it is over by then."""
    if not silence.windows or silence.ends_at <= now:
        return None
    found = next_open(silence.windows, max(now, silence.starts_at), within=_YEAR)
    return None if found is None or found.starts_at >= silence.ends_at else found
