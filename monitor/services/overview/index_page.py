"""The page of an index: its units by rank, with their drivers as bars, in any order and of any group."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.scale import FULL
from monitor.services.index_table import IndexColumn, IndexTable, IndexUnit, index_table
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView

RANK, NAME, GROUP, COVERAGE = "rank", "name", "group", "coverage"


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
    """One unit with its drivers."""

    unit: IndexUnit
    bars: tuple[IndexBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """What the page shows; `groups` are all there are, `imputed` counts the values filled in."""

    desk: DeskView
    template: str
    rows: tuple[IndexRow, ...]
    drivers: tuple[IndexColumn, ...]
    groups: tuple[str, ...]
    count: int
    indicators: int
    imputed: int


def index_page(
    session: Session, template: str, *, now: datetime, sort: str = RANK, group: str = ""
) -> IndexPage:
    """Return the page of a template; an unknown order is that by rank. NotFound for an unknown template."""
    table = index_table(session, template, now=now)
    top = table.drivers[0].columns if table.drivers else ()
    rows = [row for row in _rows(table) if group in {"", row.unit.group}]
    return IndexPage(
        desk=desk(session, now=now),
        template=template,
        rows=tuple(sorted(rows, key=_key(sort, [column.key for column in top]))),
        drivers=top,
        groups=tuple(sorted({each.group for each in table.units if each.group})),
        count=len(table.units),
        indicators=len(table.indicators),
        imputed=int(np.sum(table.imputed)),
    )


def _rows(table: IndexTable) -> list[IndexRow]:
    found = []
    for number, unit in enumerate(table.units):
        heats = table.drivers[0].heat[number].tolist() if table.drivers else []
        columns = table.drivers[0].columns if table.drivers else ()
        found.append(
            IndexRow(
                unit=unit,
                bars=tuple(
                    IndexBar(name=column.name, heat=None if np.isnan(heat) else heat)
                    for column, heat in zip(columns, heats, strict=True)
                ),
            )
        )
    return found


def _key(sort: str, drivers: list[str]) -> Callable[[IndexRow], tuple[object, ...]]:
    """Return what rows are sorted by: the highest first of what is measured, names by the alphabet."""

    def key(row: IndexRow) -> tuple[object, ...]:
        rank = row.unit.rank or 10**9
        if sort == NAME:
            return (row.unit.name.casefold(),)
        if sort == GROUP:
            return row.unit.group.casefold(), rank
        if sort == COVERAGE:
            return row.unit.coverage, rank
        if sort in drivers:
            heat = row.bars[drivers.index(sort)].heat
            return (FULL + 1 if heat is None else -heat, rank)
        return (rank, row.unit.name.casefold())

    return key
