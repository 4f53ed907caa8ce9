"""What is to come of the sources: their releases, and when each is asked next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.release import Expected, Release
from monitor.domain.source import Source
from monitor.services.cron_times import CRON_TIMES
from monitor.services.overview.sources import release_owed
from monitor.storage import sources
from monitor.storage.snapshot import current

_MOST_OF_ONE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the calendar, a `release` (late from `late_at` on) or the next `run`."""

    at: datetime
    source: str
    name: str
    what: str
    title: str = ""
    late_at: datetime | None = None

    @property
    def sentence(self) -> str:
        """The line for a person."""
        if self.late_at is None:
            return f"{self.name} is asked"
        return f"{self.name}: {self.title or 'release'} expected, late from {self.late_at:%a %d %b %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCalendar:
    """Entries by time, and a sentence for each release that has not come."""

    entries: tuple[Entry, ...]
    owed: tuple[str, ...]


def source_calendar(session: Session, *, days: int, now: datetime) -> SourceCalendar:
    """Return the releases expected in so many days, and the next run of each source."""
    states, until = sources.states(session), now + timedelta(days=days)
    entries: list[Entry] = []
    owed: list[str] = []
    for slug, source in sorted(current(session).sources.items()):
        state = states.get(slug)
        if state is None or state.is_cut or not source.is_enabled:
            continue
        if state.due_at is not None and state.due_at <= until:
            entries.append(Entry(at=max(state.due_at, now), source=slug, name=source.name, what="run"))
        for release in source.releases:
            entries += _releases(source, release, now=now, until=until)
        if sentence := release_owed(source, state, now=now):
            owed.append(sentence)
    entries.sort(key=lambda entry: (entry.at, entry.source, entry.what))
    return SourceCalendar(entries=tuple(entries), owed=tuple(owed))


def _releases(source: Source, release: Release, *, now: datetime, until: datetime) -> Iterator[Entry]:
    at = now
    for _ in range(_MOST_OF_ONE):
        at = CRON_TIMES.after(release.cron, release.timezone, at)
        if at > until:
            return
        expected = Expected(release=release, at=at)
        yield Entry(
            at=at, source=source.slug, name=source.name, what="release", title=release.name,
            late_at=expected.late_at,
        )  # fmt: skip
