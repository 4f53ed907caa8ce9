"""What a map's table says of each region: its value or its incidents, with both clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.domain.incident_picture import Spot
from monitor.domain.map_picture import MapCell
from monitor.services.overview.map_asked import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """One region or country. Of values `period`, `grade` and `source` are told, of incidents the numbers.

    `number` is the value for programs, `value` it in words; `known_at` when it, or the newest incident,
    became known.
    """

    code: str
    name: str
    country: str
    cell: MapCell
    number: float | None = None
    value: str = ""
    period: str = ""
    period_start: datetime | None = None
    period_end: datetime | None = None
    is_carried: bool = False
    known_at: datetime | None = None
    grade: str = ""
    source: str = ""
    series: str = ""
    incidents: int = 0
    killed: int = 0
    at_points: int = 0
    unplaced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """What is told of the one region that is looked at: the newest lines of `total`."""

    row: MapRow
    lines: tuple["CloserLine", ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CloserLine:
    """One incident or one period's value."""

    when: str
    what: str
    words: str
    known_at: datetime
    source: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapData:
    """Rows by code, and beside them what no region shows: (place, how many) each.

    `strip` has a number for each month there is anything of. `known_now` is how many incidents of these days
    are known now, `is_more` that there are more than were added up.
    """

    window: Window
    rows: Mapping[str, MapRow]
    spots: tuple[Spot, ...] = ()
    sources: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    elsewhere: tuple[tuple[str, int], ...] = ()
    country_alone: tuple[tuple[str, int], ...] = ()
    undrawn: int = 0
    known_now: int | None = None
    is_more: bool = False
    lines: tuple[CloserLine, ...] = ()
    lines_total: int = 0
    strip: Mapping[date, int] = field(default_factory=dict)
    incidents: int = 0
    killed: int = 0
