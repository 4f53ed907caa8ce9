"""The newest value of a series at a moment, after its indicator's transforms."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from monitor.domain.indicator import Indicator
from monitor.domain.scoring.view import observed, visible
from monitor.domain.series import Columns, empty_columns
from monitor.domain.transforms.denominator import columns_of, denominators
from monitor.domain.transforms.transform import stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """A value with the end of its period (epoch seconds), and whether it was filled in."""

    value: float
    period_end: int
    is_imputed: bool


def newest_value(
    indicator: Indicator, columns: Mapping[str, Columns], series: str, *, at: int, known_at: int
) -> Newest | None:
    """Return the newest defined value that is visible, as seen at its own period's end; None without one."""
    rows = observed(visible(columns.get(series) or empty_columns(), at=at, known_at=known_at))
    others = columns_of(denominators(indicator, series), columns)
    divisors = {name: observed(visible(each, at=at, known_at=known_at)) for name, each in others.items()}
    last = stages(indicator, rows, others=divisors)[-1]
    there = np.flatnonzero(np.isfinite(last.value))
    if not len(there):
        return None
    place = int(there[-1])
    return Newest(
        value=float(last.value[place]),
        period_end=int(last.end[place]),
        is_imputed=bool(rows.imputed[place]),
    )


def raw_value(columns: Columns, *, period: tuple[int, int], at: int, known_at: int) -> float:
    """Return the value as it came for a period, as visible then; NaN where that was filled in.

    With a period of (-1, -1), where nothing was scored, it is the newest there is: a value whose denominator
    is missing came all the same.
    """
    own = observed(visible(columns.rows(~columns.imputed), at=at, known_at=known_at))
    if period == (-1, -1):
        return float(own.value[-1]) if len(own) else float("nan")
    there = np.flatnonzero((own.period_start == period[0]) & (own.period_end == period[1]))
    return float(own.value[there[-1]]) if len(there) else float("nan")
