"""A series' settled past in its indicator's own unit: what suggestions, forecasts and audits look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import Indicator
from monitor.domain.scoring.view import observed, visible
from monitor.domain.series import Columns, Floats, Ints
from monitor.domain.transforms.transform import stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One value a period, oldest first, after the indicator's transforms; none is missing.

    A value that depends on time is the one seen at its own period's end.
    """

    start: Ints
    end: Ints
    value: Floats

    def __len__(self) -> int:
        """Count the periods."""
        return len(self.value)

    def since(self, moment: float) -> "Past":
        """Return the periods that ended after a moment."""
        keep = self.end > moment
        return Past(start=self.start[keep], end=self.end[keep], value=self.value[keep])

    def until(self, start: int) -> "Past":
        """Return the periods that began by a moment."""
        count = int(np.searchsorted(self.start, start, side="right"))
        return Past(start=self.start[:count], end=self.end[:count], value=self.value[:count])


def settled_past(
    indicator: Indicator,
    columns: Columns,
    *,
    at: int,
    known_at: int | None = None,
    others: Mapping[str, Columns] | None = None,
) -> Past:
    """Return the periods settled at `at` (epoch seconds) by the rows known by `known_at` (default: `at`).

    `others` are the columns of the series it is divided by (`denominator.columns_of`).
    """
    known = at if known_at is None else known_at
    rows, *divisors = (
        observed(visible(each, at=at, known_at=known)) for each in (columns, *(others or {}).values())
    )
    last = stages(indicator, rows, others=dict(zip(others or {}, divisors, strict=True)))[-1]
    usable = np.isfinite(last.value) & (last.end + indicator.settles_after_days * DAY_SECONDS <= at)
    return Past(start=last.start[usable], end=last.end[usable], value=last.value[usable])


def was_never_revised(columns: Columns) -> bool:
    """Whether each row is of a later period than those known before it, and none is a withdrawal."""
    order = np.lexsort((columns.seq, columns.known_at))
    starts, ends = columns.period_start[order], columns.period_end[order]
    grows = np.all(np.diff(starts) > 0) and np.all(np.diff(ends) > 0)
    return bool(grows and not np.isnan(columns.value).any())


def settling_moments(indicator: Indicator, columns: Columns, *, until: int) -> tuple[Ints, Ints]:
    """Return the periods' starts and when each was first known and settled, up to `until`; both rise."""
    rows = columns.rows(~np.isnan(columns.value) & (columns.known_at <= until))
    order = np.lexsort((rows.known_at, rows.period_end, rows.period_start))
    starts, ends, known = (part[order] for part in (rows.period_start, rows.period_end, rows.known_at))
    is_first = np.ones(len(starts), dtype=np.bool_)
    is_first[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    settles = (ends + indicator.settles_after_days * DAY_SECONDS).astype(np.int64)
    moments = np.maximum.accumulate(np.maximum(known, settles)[is_first])
    keep = moments <= until
    return starts[is_first][keep], moments[keep]
