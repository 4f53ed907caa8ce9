"""The page of an index: its units by rank, with their drivers as bars, in any order and of any group.

It shows what was last published of each unit, as the board does; only while a unit has not been assessed yet
is all scored anew, and where one period alone is asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.marking import Handling
from monitor.domain.phrases import phrase
from monitor.domain.scale import FULL
from monitor.domain.scoring.heat import heat_of
from monitor.domain.scoring.one_period import names_of_periods
from monitor.domain.subject import Driver, Subject
from monitor.services.index_table import IndexHead, IndexTable, index_name, index_table, list_indices
from monitor.services.markings import markings
from monitor.services.overview.desk import desk
from monitor.services.overview.standings import scale_of
from monitor.services.overview.values import DeskView
from monitor.storage import heat_points, pressures, series, snapshot
from monitor.storage.heat_points import HeatPoint
from monitor.storage.snapshot import Definitions

RANK, NAME, GROUP, COVERAGE = "rank", "name", "group", "coverage"
MONTH_DAYS = 27
MOST_PERIODS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexBar:
    """One driver of one unit: its heat, None where nothing under it is known."""

    name: str
    heat: float | None

    @property
    def width(self) -> float:
        """The share of the bar that is filled, from 0 to 100."""
        return 0.0 if self.heat is None else round(self.heat, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """One unit with its drivers; `imputed` is the share of its weight that was filled in."""

    subject: str
    name: str
    group: str
    heat: float | None
    rank: int | None
    level: str
    coverage: float
    imputed: float
    imputed_count: int
    bars: tuple[IndexBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDriver:
    """A driver as a column."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """What the page shows; `groups` are all there are, `imputed` counts the values filled in.

    `period` is the one it is of ("": now), `periods` are the newest there are values of.
    """

    desk: DeskView
    template: str
    name: str
    rows: tuple[IndexRow, ...]
    drivers: tuple[IndexDriver, ...]
    groups: tuple[str, ...]
    count: int
    indicators: int
    imputed: int
    period: str
    periods: tuple[str, ...]
    handling: Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexList:
    """All indices there are."""

    desk: DeskView
    indices: tuple[IndexHead, ...]


def index_list(session: Session, *, now: datetime) -> IndexList:
    """Return the list of indices."""
    return IndexList(desk=desk(session, now=now), indices=tuple(list_indices(session)))


def index_page(
    session: Session, template: str, *, now: datetime, sort: str = RANK, group: str = "", period: str = ""
) -> IndexPage:
    """Return the page of a template, of a period alone where one is given.

    An unknown order is that by rank. NotFound for an unknown template, InvalidInput for what is no period.
    """
    known = snapshot.current(session)
    units = [each for each in known.subjects.values() if each.template == template and not each.is_exercise]
    if not units:
        raise NotFound(
            phrase(
                "there is no index {template}: no subject was stamped from such a template", template=template
            )
        )
    points = heat_points.last(session, [each.slug for each in units])
    if len(points) == len(units) and not period:
        drivers = _top(units)
        rows = _published(session, known, units, points, drivers)
    else:
        table = index_table(session, template, now=now, period=period)
        columns = table.drivers[0].columns if table.drivers else ()
        drivers = tuple(IndexDriver(key=each.key, name=each.name) for each in columns)
        rows = _scored(table, drivers)
    placed = [each for unit in units for each in known.placements_of(unit.slug)]
    chosen = [row for row in rows if group in {"", row.group}]
    return IndexPage(
        desk=desk(session, now=now),
        template=template,
        name=index_name(known, template),
        rows=tuple(sorted(chosen, key=_key(sort, [driver.key for driver in drivers]))),
        drivers=drivers,
        groups=tuple(sorted({each.group for each in units if each.group})),
        count=len(units),
        indicators=len({(each.driver, each.series.partition(":")[0]) for each in placed}),
        imputed=sum(row.imputed_count for row in rows),
        period=period,
        periods=_periods(session, known, {each.series.partition(":")[0] for each in placed}),
        handling=markings(session).of_subjects(each.slug for each in units),
    )


def _periods(session: Session, known: Definitions, slugs: Iterable[str]) -> tuple[str, ...]:
    """Return the newest periods of indicators that come monthly or less often: of days there are too many."""
    chosen = [each for each in slugs if known.indicators[each].cadence_days >= MONTH_DAYS]
    spans = [span for found in series.first_known(session, chosen).values() for span in found]
    return names_of_periods(spans)[:MOST_PERIODS]


def _top(units: Sequence[Subject]) -> tuple[IndexDriver, ...]:
    """Return the drivers directly under the index, those of later units that others lack at the end."""
    found: dict[str, Driver] = {}
    for unit in units:
        found = {each.slug: each for each in unit.drivers if not each.parent} | found
    return tuple(IndexDriver(key=slug, name=each.name) for slug, each in found.items())


def _published(
    session: Session,
    known: Definitions,
    units: Sequence[Subject],
    points: Mapping[str, HeatPoint],
    drivers: Sequence[IndexDriver],
) -> list[IndexRow]:
    """Return what was last published, in a number of queries that does not grow with the units."""
    by_driver = pressures.drivers_of(session, [each.slug for each in units])
    filled = pressures.imputed_of(session, [each.slug for each in units])
    ranks = _ranks([points[each.slug].heat for each in units])
    found = []
    for unit, rank in zip(units, ranks, strict=True):
        point, own, imputed = points[unit.slug], by_driver[unit.slug], filled.get(unit.slug)
        given = [None if each.key not in own else own[each.key].pressure for each in drivers]
        heats = heat_of(scale_of(known, unit), np.array(given, dtype=np.float64))
        found.append(
            IndexRow(
                subject=unit.slug, name=unit.name, group=unit.group, heat=point.heat, rank=rank,
                level=point.level, coverage=point.coverage,
                imputed=0.0 if imputed is None else imputed.share,
                imputed_count=0 if imputed is None else imputed.count,
                bars=_bars(drivers, heats.tolist()),
            )
        )  # fmt: skip
    return found


def _scored(table: IndexTable, drivers: Sequence[IndexDriver]) -> list[IndexRow]:
    heats = table.drivers[0].heat if table.drivers else np.zeros((len(table.units), 0))
    counts = np.sum(table.imputed, axis=1).tolist()
    return [
        IndexRow(
            subject=each.subject, name=each.name, group=each.group, heat=each.heat, rank=each.rank,
            level=each.level, coverage=each.coverage, imputed=each.imputed, imputed_count=count,
            bars=_bars(drivers, own),
        )
        for each, own, count in zip(table.units, heats.tolist(), counts, strict=True)
    ]  # fmt: skip


def _bars(drivers: Sequence[IndexDriver], heats: Sequence[float]) -> tuple[IndexBar, ...]:
    return tuple(
        IndexBar(name=each.name, heat=None if np.isnan(heat) else heat)
        for each, heat in zip(drivers, heats, strict=True)
    )


def _ranks(heats: Sequence[float | None]) -> list[int | None]:
    known = [heat for heat in heats if heat is not None]
    return [None if heat is None else 1 + sum(each > heat for each in known) for heat in heats]


def _key(sort: str, drivers: list[str]) -> Callable[[IndexRow], tuple[object, ...]]:
    """Return what rows are sorted by: the highest first of what is measured, names by the alphabet."""

    def key(row: IndexRow) -> tuple[object, ...]:
        rank = row.rank or 10**9
        if sort == NAME:
            return (row.name.casefold(),)
        if sort == GROUP:
            return row.group.casefold(), rank
        if sort == COVERAGE:
            return row.coverage, rank
        if sort in drivers:
            heat = row.bars[drivers.index(sort)].heat
            return (FULL + 1 if heat is None else -heat, rank)
        return (rank, row.name.casefold())

    return key
