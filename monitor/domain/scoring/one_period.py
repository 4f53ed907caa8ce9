"""One period alone: what a yearbook asks for, where the desk's own view asks for a moment."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np

from monitor.domain.clock import DAY_SECONDS, moment
from monitor.domain.series import Columns

_YEAR_DAYS = 360
_MONTH_DAYS = 27


def up_to_period(columns: Mapping[str, Columns], scored: Collection[str], *, end: int) -> dict[str, Columns]:
    """Return columns without the periods of scored series that end later; those left count as settled.

    Denominators stay whole: a value takes the one of its own period or of an earlier one anyway.
    """
    return {key: _cut(each, end) if key in scored else each for key, each in columns.items()}


def periods_in(columns: Iterable[Columns]) -> tuple[str, ...]:
    """Return the names of the periods that observed values are about, newest first."""
    spans = [
        np.stack([each.period_start[seen], each.period_end[seen]], axis=1)
        for each in columns
        for seen in [~each.imputed & ~np.isnan(each.value)]
    ]
    if not spans:
        return ()
    return names_of_periods((start, end) for start, end in np.unique(np.concatenate(spans), axis=0).tolist())


def names_of_periods(spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Return the name of each end once, newest first.

    A calendar year is 2021, a month or a quarter its last month (2021-08), anything else its last day.
    """
    # Of the periods that end together the longest comes last, and names the end.
    ends = {end: name_of_period(start, end) for start, end in sorted(spans, reverse=True)}
    return tuple(ends[end] for end in sorted(ends, reverse=True))


def name_of_period(start: int, end: int) -> str:
    """Return the year, the month or the day that a period ends with, no finer than it is long."""
    after, days = moment(end), (end - start) / DAY_SECONDS
    last = moment(end - 1)
    is_first = after == after.replace(day=1, hour=0, minute=0, second=0)
    if is_first and after.month == 1 and days >= _YEAR_DAYS:
        return f"{last:%Y}"
    return f"{last:%Y-%m}" if is_first and days >= _MONTH_DAYS else f"{last:%Y-%m-%d}"


def _cut(columns: Columns, end: int) -> Columns:
    kept = columns.rows(columns.period_end <= end)
    return replace(kept, confirmed=np.ones(len(kept), dtype=np.bool_))
