"""Revisions: what was known of each period when, and how long a value takes to settle (heat.md 8)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Columns

CLOSE = 0.10
MOST_PARTS = 0.90
LEAST_PERIODS = 12
STEPS = 24
# A period first known later than this many steps after its end came with a history, and tells nothing.
PROMPT_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Vintage:
    """A period's value in force from epoch second `known_at` on; None: withdrawn."""

    known_at: int
    value: float | None
    seq: int
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRevisions:
    """All values a period ever had, in the order in which they came into force."""

    start: int
    end: int
    vintages: tuple[Vintage, ...]

    @property
    def first(self) -> float | None:
        """The value first known."""
        return self.vintages[0].value

    @property
    def last(self) -> float | None:
        """The value in force now."""
        return self.vintages[-1].value

    @property
    def is_confirmed(self) -> bool:
        """Whether the value in force was confirmed by a person."""
        return self.vintages[-1].is_confirmed

    @property
    def changes(self) -> tuple[float, ...]:
        """By how much each revision moved the value; withdrawals move nothing."""
        values = [vintage.value for vintage in self.vintages if vintage.value is not None]
        return tuple(later - earlier for earlier, later in pairwise(values) if later != earlier)

    @property
    def largest(self) -> float:
        """The revision that moved the value furthest; 0 where none did."""
        return max(self.changes, key=abs, default=0.0)

    def known(self, at: int) -> Vintage | None:
        """Return what was known at epoch second `at`; None before the first."""
        seen = [vintage for vintage in self.vintages if vintage.known_at <= at]
        return seen[-1] if seen else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How much of their final value periods had reached `days` after their end.

    `median` and `low_tenth` are shares of the final value (1: all of it), over `periods` that were known at
    that age, `close` the share of them within a tenth of it.
    """

    days: float
    periods: int
    median: float
    low_tenth: float
    close: float


def period_revisions(columns: Columns) -> list[PeriodRevisions]:
    """Return every period with what was known of it when, by rising start."""
    order = np.lexsort((columns.seq, columns.period_end, columns.period_start))
    table = zip(
        columns.period_start[order].tolist(), columns.period_end[order].tolist(), order.tolist(), strict=True
    )
    rows: dict[tuple[int, int], list[int]] = {}
    for start, end, row in table:
        rows.setdefault((start, end), []).append(row)
    return [
        PeriodRevisions(start=start, end=end, vintages=tuple(_in_force(columns, own)))
        for (start, end), own in rows.items()
    ]


def _in_force(columns: Columns, rows: Sequence[int]) -> Iterator[Vintage]:
    """Yield the row in force after each time at which something became known, where it says another thing."""
    last: Vintage | None = None
    for time in sorted({int(columns.known_at[row]) for row in rows}):
        seen = [row for row in rows if columns.known_at[row] <= time]
        best = max(seen, key=lambda row: (int(columns.source_revision[row]), int(columns.seq[row])))
        found = _vintage(columns, best, time)
        if last is None or (found.value, found.is_confirmed) != (last.value, last.is_confirmed):
            yield found
            last = found


def _vintage(columns: Columns, row: int, time: int) -> Vintage:
    value = float(columns.value[row])
    return Vintage(
        known_at=time,
        value=None if np.isnan(value) else value,
        seq=int(columns.seq[row]),
        is_confirmed=bool(columns.confirmed[row]),
    )


def settling(found: Sequence[PeriodRevisions], *, step_days: float) -> list[Age]:
    """Return how far values had come at each age, in steps of `step_days`, while enough periods tell.

    A period tells of an age if it was known by then and is old enough for the longest age to have passed;
    one that came with a history loaded later tells nothing, nor does a final value of 0 or a withdrawn one.
    Where no value was ever revised there are no vintages to measure.
    """
    if not any(each.changes for each in found):
        return []
    horizon = max((each.vintages[-1].known_at for each in found), default=0)
    longest = STEPS * step_days * DAY_SECONDS
    prompt = PROMPT_STEPS * step_days * DAY_SECONDS
    old = [
        each
        for each in found
        if each.last and each.end + longest <= horizon and each.vintages[0].known_at <= each.end + prompt
    ]
    ages = (_age(old, days=step * step_days) for step in range(1, STEPS + 1))
    return [age for age in ages if age.periods >= LEAST_PERIODS]


def _age(found: Sequence[PeriodRevisions], *, days: float) -> Age:
    seen = [(each.known(each.end + int(days * DAY_SECONDS)), each.last) for each in found]
    shares = [
        vintage.value / last for vintage, last in seen if vintage and last and vintage.value is not None
    ]
    parts = np.array(shares) if shares else np.array([np.nan])
    return Age(
        days=days,
        periods=len(shares),
        median=float(np.quantile(parts, 0.5)),
        low_tenth=float(np.quantile(parts, 0.1)),
        close=float(np.mean(np.abs(parts - 1) <= CLOSE)),
    )


def suggested_settles_after(ages: Sequence[Age]) -> float | None:
    """Return the fewest days after which nine in ten values stay within a tenth of their final one.

    None where no age that was measured is late enough, or too few periods tell.
    """
    found: float | None = None
    for age in reversed(ages):
        if age.close < MOST_PARTS:
            break
        found = age.days
    return found
