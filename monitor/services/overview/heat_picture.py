"""The heat line of a subject as a picture: lines, flags, levels entered, blind stretches, as plain values."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from monitor.domain.chart import Entered, Flag, HeatChart
from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.event import Event
from monitor.domain.scale import UNKNOWN
from monitor.services.overview.traces import blind_stretches, traces
from monitor.services.overview.values import Standing
from monitor.storage.heat_points import HeatLine
from monitor.storage.level_changes import StoredLevelChange
from monitor.storage.snapshot import Definitions

# How many days each range shows; all there is where it is None.
RANGES: Mapping[str, int | None] = {"30d": 30, "90d": 90, "1y": 365, "3y": 1096, "all": None}
DEFAULT_RANGE = "1y"
# An empty picture still spans a year.
_BLANK = 365 * DAY_SECONDS


def heat_picture(
    where: Standing,
    line: HeatLine,
    changes: Iterable[StoredLevelChange],
    events: Iterable[Event],
    *,
    chart_range: str,
) -> HeatChart:
    """Return what is drawn of a subject over a range that ends at its own time."""
    end = epoch(where.as_of)
    days = RANGES.get(chart_range, RANGES[DEFAULT_RANGE])
    first = int(line.at[0]) if len(line) else end - _BLANK
    begin = first if days is None else end - days * DAY_SECONDS
    published, reconstructed = traces(line)
    return HeatChart(
        name=where.name,
        scale=where.scale,
        start=begin,
        end=end,
        published=published,
        reconstructed=reconstructed,
        flags=tuple(_flag(event) for event in events if event.is_flag),
        entered=tuple(_entered(each) for each in changes if _is_entry(each)),
        blind=tuple(part for part in blind_stretches(line, until=end) if part[1] > begin),
    )


def events_of(known: Definitions, slug: str, *, until: datetime) -> list[Event]:
    """Return the events of a subject up to its own time, oldest first."""
    own = slug.partition("@")[0]
    found = [
        event for event in known.events.values() if own in event.subjects and event.starts_on <= until.date()
    ]
    return sorted(found, key=lambda each: (each.starts_on, each.slug))


def _is_entry(stored: StoredLevelChange) -> bool:
    change = stored.change
    return change.heat is not None and UNKNOWN not in {change.to_level, change.from_level}


def _entered(stored: StoredLevelChange) -> Entered:
    change = stored.change
    return Entered(at=change.at, heat=change.heat or 0.0, level=change.to_level)


def _flag(event: Event) -> Flag:
    starts = datetime(event.starts_on.year, event.starts_on.month, event.starts_on.day, tzinfo=UTC)
    return Flag(at=epoch(starts), label=event.title, when=event.when)
