"""The revisions of a series: what was known of each period when, and how long a value takes to settle."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch, moment
from monitor.domain.errors import NotFound
from monitor.domain.indicator import Indicator
from monitor.domain.phrases import phrase
from monitor.domain.revisions import (
    Age,
    PeriodRevisions,
    period_revisions,
    settling,
    suggested_settles_after,
)
from monitor.domain.scoring.reading import last_settled
from monitor.domain.scoring.view import effective, observed
from monitor.domain.series import Columns, SeriesKey
from monitor.storage import series, snapshot

MOST_SHOWN = 36
MOST_VINTAGES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class VintageRow:
    """A value of a period from `known_at` on; None: withdrawn."""

    known_at: datetime
    value: float | None
    seq: int
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """A period with all its values, oldest first; provisional: neither settled nor confirmed."""

    period_start: datetime
    period_end: datetime
    first: float | None
    last: float | None
    largest: float
    revisions: int
    is_confirmed: bool
    is_provisional: bool
    vintages: tuple[VintageRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """The periods of a series, newest first, and what their revisions say of settling.

    `suggested_days` is None where too few periods were followed for long enough.
    """

    series: str
    name: str
    unit: str
    decimals: int
    settles_after_days: float
    suggested_days: float | None
    ages: tuple[Age, ...]
    rows: tuple[PeriodRow, ...]

    @property
    def revised(self) -> tuple[PeriodRow, ...]:
        """The periods that were revised at least once."""
        return tuple(row for row in self.rows if row.revisions)

    @property
    def open(self) -> tuple[PeriodRow, ...]:
        """The provisional periods that a person may confirm."""
        return tuple(row for row in self.rows if row.is_provisional and row.last is not None)

    @property
    def shown(self) -> tuple[PeriodRow, ...]:
        """The newest periods that were revised, confirmed or are provisional."""
        said = [row for row in self.rows if row.revisions or row.is_provisional or row.is_confirmed]
        return tuple(said[:MOST_SHOWN])

    @property
    def most_vintages(self) -> int:
        """How many values of one period a page lists."""
        return MOST_VINTAGES


def revisions(session: Session, key: str, *, now: datetime) -> Revisions:
    """Return what was known of a series when; NotFound if there is no such series."""
    indicator = _indicator(session, key)
    return revisions_of(indicator, series.columns(session, [key])[key], key=key, at=epoch(now))


def revisions_of(indicator: Indicator, columns: Columns, *, key: str, at: int) -> Revisions:
    """Return the revisions of columns that were read already, provisional as of epoch second `at`."""
    found = period_revisions(columns)
    open_ones = _provisional(indicator, columns, at=at)
    ages = settling(found, step_days=indicator.cadence_days)
    return Revisions(
        series=key,
        name=indicator.name,
        unit=indicator.unit,
        decimals=indicator.decimals,
        settles_after_days=indicator.settles_after_days,
        suggested_days=suggested_settles_after(ages),
        ages=tuple(ages),
        rows=tuple(_row(each, is_open=(each.start, each.end) in open_ones) for each in reversed(found)),
    )


def _indicator(session: Session, key: str) -> Indicator:
    name = key.partition(":")[0]
    indicator = snapshot.current(session).indicators.get(name)
    if indicator is None or not series.exists(session, SeriesKey.parse(key)):
        raise NotFound(phrase("there is no series {key}", key=key))
    return indicator


def _provisional(indicator: Indicator, columns: Columns, *, at: int) -> set[tuple[int, int]]:
    """Return the periods that neither settled nor were confirmed, nor lie before one that did.

    A forecast settles by itself: nobody confirms it.
    """
    if indicator.is_forecast:
        return set()
    rows = observed(effective(columns))
    if not len(rows):
        return set()
    settled = int(last_settled(indicator, rows, latest=np.array([len(rows) - 1]), at=np.array([at]))[0])
    return set(
        zip(rows.period_start[settled + 1 :].tolist(), rows.period_end[settled + 1 :].tolist(), strict=True)
    )


def _row(found: PeriodRevisions, *, is_open: bool) -> PeriodRow:
    return PeriodRow(
        period_start=moment(found.start),
        period_end=moment(found.end),
        first=found.first,
        last=found.last,
        largest=found.largest,
        revisions=len(found.changes),
        is_confirmed=found.is_confirmed,
        is_provisional=is_open,
        vintages=tuple(
            VintageRow(
                known_at=moment(each.known_at), value=each.value, seq=each.seq, is_confirmed=each.is_confirmed
            )
            for each in found.vintages
        ),
    )
