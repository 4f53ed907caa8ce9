"""Imputation: rows for periods a unit has no value of, from what was known at each time (heat.md 5).

A filled row is marked, loses to any value the unit gives itself, and goes when one makes it needless.
It is known from the moment the values it is made of were, so it never looks ahead.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.derivations.filling import OF_GROUPS, OF_PEERS, Filling, Imputation
from monitor.domain.indicator import Indicator
from monitor.domain.scoring.view import effective, observed
from monitor.domain.series import Bools, Columns, Floats, empty_columns
from monitor.domain.transforms.denominator import NAME, columns_of, denominators
from monitor.domain.transforms.transform import stages

# Below every revision a source may give, so that a unit's own value always wins.
FILLED_REVISION = -1
# Transforms that look at one value at a time; a window over filled values would be neither raw nor filled.
POINTWISE = frozenset(
    {"identity", "annualise", "per_capita", "log1p", "log_ct", "boxcox", "winsorise", "step"}
)

_Span = tuple[int, int]
_Filled = tuple[float, float, float]
_NOTHING: _Filled = (np.nan, np.nan, np.nan)
# Period, when known, seq, revision; value, low, high, grade; whether it is filled in.
_Added = tuple[int, int, int, int, int, float, float, float, float, bool]
_TIMES = 5


def imputation_series(indicator: Indicator) -> list[str]:
    """Return the keys of every series that filling gaps reads, sorted; none where it is not asked for."""
    if indicator.imputation is None:
        return []
    names = [str(each.parameters["series"]) for each in indicator.transforms if each.name == NAME]
    units = indicator.imputation.units
    keys = [name if ":" in name else f"{name}:{unit}" for name in names for unit in units]
    return sorted({*(f"{indicator.slug}:{unit}" for unit in units), *keys})


def impute(indicator: Indicator, columns: Mapping[str, Columns], wanted: Iterable[str]) -> dict[str, Columns]:
    """Return the columns of the wanted series with their gaps filled, in commit order.

    `columns` hold every series of `imputation_series`; a series of another unit comes back as it is.
    """
    own = {key: columns.get(key) or empty_columns() for key in wanted}
    if indicator.imputation is None:
        return own
    units = {unit: number for number, unit in enumerate(indicator.imputation.units)}
    gaps = {key: _Gaps() for key in own if key.partition(":")[2] in units}
    for table in _tables(indicator, indicator.imputation.units, columns):
        filled = _fill(indicator, table)
        for key, gap in gaps.items():
            gap.note(table, filled[:, units[key.partition(":")[2]]])
    return own | {key: gap.joined(own[key]) for key, gap in gaps.items()}


def may_have_gaps(
    indicator: Indicator, columns: Mapping[str, Columns], series: str, first_known: Mapping[_Span, int]
) -> bool:
    """Whether a series may lack a period that peers have, at any time; peers need not be read to tell.

    `first_known` says when the first value of any unit for a period became known. A series that gave each of
    these periods a value by then, and none without one since, has never had a gap.
    """
    own = columns.get(series) or empty_columns()
    others = columns_of(denominators(indicator, series), columns)
    known: dict[_Span, int] = {}
    for start, end, known_at in zip(
        own.period_start.tolist(), own.period_end.tolist(), own.known_at.tolist(), strict=True
    ):
        known[start, end] = min(known.get((start, end), known_at), known_at)
    if any(span not in known or known[span] > first for span, first in first_known.items()):
        return True
    if np.isnan(own.value).any() or (others and not _are_there(own, others)):
        return True
    divisors = {name: observed(effective(each)) for name, each in others.items()}
    return bool(np.isnan(stages(indicator, observed(effective(own)), others=divisors)[-1].value).any())


def _are_there(own: Columns, others: Mapping[str, Columns]) -> bool:
    """Whether every denominator was known, once and for all, before the first own value."""
    return bool(len(own)) and all(
        len(each) == 1 and each.known_at[0] <= own.known_at.min() and each.value[0] > 0
        for each in others.values()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The indicator's values of units x periods as known at a time, NaN where a unit has none of its own."""

    known_at: int
    seq: int
    spans: Sequence[_Span]
    values: Floats

    @property
    def ends(self) -> Floats:
        """When each period ends."""
        return np.array([end for _, end in self.spans], dtype=np.float64)


@dataclass(slots=True)
class _Gaps:
    """The rows that fill one series, and what stands in each of its periods."""

    standing: dict[_Span, _Filled] = field(default_factory=dict)
    rows: list[tuple[int, int, int, int, float, float, float]] = field(default_factory=list)

    def note(self, table: _Table, filled: Floats) -> None:
        """Add a row for every period in which what is filled in has changed."""
        for number, span in enumerate(table.spans):
            value, low, high = filled[:, number].tolist()
            if not _is_same(self.standing.get(span, _NOTHING), (value, low, high)):
                self.standing[span] = (value, low, high)
                self.rows.append((*span, table.known_at, table.seq, value, low, high))

    def joined(self, own: Columns) -> Columns:
        """Return the own rows and the filled ones by rising `seq`."""
        added = list(self._added(own))
        if not added:
            return own
        table = np.array([each[:-1] for each in added], dtype=np.float64)
        start, end, known, seq, revision = (
            np.array([each[place] for each in added], dtype=np.int64) for place in range(_TIMES)
        )
        value, low, high, grade = (table[:, _TIMES + place] for place in range(4))
        confirmed = np.zeros(len(added), dtype=np.bool_)
        imputed = np.array([each[-1] for each in added], dtype=np.bool_)
        both = Columns(
            period_start=np.concatenate([own.period_start, start]),
            period_end=np.concatenate([own.period_end, end]),
            known_at=np.concatenate([own.known_at, known]),
            source_revision=np.concatenate([own.source_revision, revision]),
            seq=np.concatenate([own.seq, seq]),
            value=np.concatenate([own.value, value]),
            low=np.concatenate([own.low, low]),
            high=np.concatenate([own.high, high]),
            grade=np.concatenate([own.grade, grade]),
            confirmed=np.concatenate([own.confirmed, confirmed]),
            imputed=np.concatenate([own.imputed, imputed]),
            oldest_end=np.concatenate([own.oldest_end, end]),
        )
        return both.rows(np.argsort(both.seq, kind="stable"))

    def _added(self, own: Columns) -> Iterator[_Added]:
        """Yield the rows that fill, and those that give an own value back.

        An own row that says nothing, withdrawn or without a denominator, is filled over at its revision; once
        it says something it is repeated.
        """
        over: set[_Span] = set()
        for start, end, known_at, seq, *filled in self.rows:
            value, low, high = filled
            is_own = (own.period_start == start) & (own.period_end == end) & (own.known_at <= known_at)
            there = np.flatnonzero(is_own)
            mine = there[np.lexsort((own.seq[there], own.source_revision[there]))[-1]] if len(there) else None
            revision = FILLED_REVISION if mine is None else int(own.source_revision[mine])
            if not np.isnan(value):
                if mine is not None:
                    over.add((start, end))
                yield start, end, known_at, seq, revision, value, low, high, np.nan, True
            elif mine is None:
                yield start, end, known_at, seq, revision, np.nan, np.nan, np.nan, np.nan, True
            elif (start, end) in over:
                value, low, high, grade = (
                    float(each[mine]) for each in (own.value, own.low, own.high, own.grade)
                )
                yield start, end, known_at, seq, revision, value, low, high, grade, False


def _is_same(one: _Filled, other: _Filled) -> bool:
    return one == other or (np.isnan(one[0]) and np.isnan(other[0]))


def _tables(indicator: Indicator, units: Sequence[str], columns: Mapping[str, Columns]) -> Iterator[_Table]:
    """Yield what was known at each time at which anything became known."""
    keys = [f"{indicator.slug}:{unit}" for unit in units]
    own = [columns.get(key) or empty_columns() for key in keys]
    if indicator.transforms:
        others = [columns_of(denominators(indicator, key), columns) for key in keys]
        yield from _transformed(indicator, own, others)
    else:
        yield from _plain(own)


def _plain(own: Sequence[Columns]) -> Iterator[_Table]:
    """Do it for all units at once: what counts is the row in force of each unit and period."""
    if not own:
        return
    unit = np.repeat(np.arange(len(own)), [len(each) for each in own])
    names = ("period_start", "period_end", "known_at", "source_revision", "seq")
    start, end, known, revision, seq = (
        np.concatenate([getattr(each, name) for each in own]) for name in names
    )
    value = np.concatenate([each.value for each in own])
    for moment in np.unique(known).tolist():
        there = np.flatnonzero(known <= moment)
        order = there[np.lexsort((seq[there], revision[there], end[there], start[there], unit[there]))]
        is_next = (np.diff(unit[order]) != 0) | (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
        last = order[np.append(is_next, True)]
        last = last[~np.isnan(value[last])]
        spans, place = np.unique(np.stack([start[last], end[last]], axis=1), axis=0, return_inverse=True)
        values = np.full((len(own), len(spans)), np.nan)
        values[unit[last], place.reshape(-1)] = value[last]
        yield _Table(
            known_at=moment,
            seq=int(seq[there].max()),
            spans=[(int(first), int(until)) for first, until in spans],
            values=values,
        )


def _transformed(
    indicator: Indicator, own: Sequence[Columns], others: Sequence[Mapping[str, Columns]]
) -> Iterator[_Table]:
    read = [*own, *(each for one in others for each in one.values())]
    known = np.concatenate([each.known_at for each in read]) if read else np.zeros(0, dtype=np.int64)
    seqs = np.concatenate([each.seq for each in read]) if read else known
    found: list[dict[_Span, float]] = [{} for _ in own]
    for moment in np.unique(known).tolist():
        for number, mine in enumerate(own):
            parts = [mine, *others[number].values()]
            if any(np.any(each.known_at == moment) for each in parts):
                found[number] = _values(indicator, mine, others[number], moment)
        yield _table(found, moment, int(seqs[known <= moment].max()))


def _values(
    indicator: Indicator, own: Columns, others: Mapping[str, Columns], known_at: int
) -> dict[_Span, float]:
    rows, *divisors = (
        observed(effective(each.rows(each.known_at <= known_at))) for each in (own, *others.values())
    )
    last = stages(indicator, rows, others=dict(zip(others, divisors, strict=True)))[-1]
    spans = zip(last.start.tolist(), last.end.tolist(), strict=True)
    return {
        span: value for span, value in zip(spans, last.value.tolist(), strict=True) if not np.isnan(value)
    }


def _table(found: Sequence[Mapping[_Span, float]], known_at: int, seq: int) -> _Table:
    spans = sorted({span for each in found for span in each})
    values = [[each.get(span, np.nan) for span in spans] for each in found]
    shape = (len(found), len(spans))
    return _Table(
        known_at=known_at, seq=seq, spans=spans, values=np.array(values, dtype=np.float64).reshape(shape)
    )


def _fill(indicator: Indicator, table: _Table) -> Floats:
    """Return value, low and high x units x periods of what fills the gaps, NaN where nothing does."""
    given = indicator.imputation or Imputation(by=Filling.LATEST)
    filled = _BY[given.by](given, table)
    is_gap = np.isnan(table.values)
    if given.by in OF_PEERS:
        days = indicator.expires_after_days if given.max_age_days is None else given.max_age_days
        is_gap &= ~_stands(table, days)
    return np.where(is_gap, filled, np.nan)


def _stands(table: _Table, days: float) -> Bools:
    """Mark the periods for which an own value of an earlier one is young enough."""
    ends = table.ends
    own = np.where(np.isnan(table.values), -np.inf, ends)
    last = np.maximum.accumulate(own, axis=1) if len(ends) else own
    is_young: Bools = (ends - last <= days * DAY_SECONDS) & (days > 0)
    return is_young


def _from_peers(given: Imputation, table: _Table, middle: Callable[[Floats], float]) -> Floats:
    """Fill a period with one number for all, between the least and the highest it is taken from."""
    filled = np.full((3, *table.values.shape), np.nan)
    groups = [given.groups.get(unit, "") for unit in given.units]
    is_grouped = given.by in OF_GROUPS
    for group in sorted(filter(None, set(groups))) if is_grouped else [""]:
        members = np.array([not is_grouped or each == group for each in groups], dtype=np.bool_)
        for number in range(len(table.spans)):
            values = table.values[members, number]
            there = values[~np.isnan(values)]
            if len(there) >= given.least:
                low, high = there.min(), there.max()
                one = min(max(middle(there), low), high)
                filled[:, members, number] = np.array([one, low, high])[:, None]
    return filled


def _mean(given: Imputation, table: _Table) -> Floats:
    return _from_peers(given, table, lambda values: float(np.cumsum(values)[-1] / len(values)))


def _median(given: Imputation, table: _Table) -> Floats:
    return _from_peers(given, table, lambda values: float(np.median(values)))


def _along(
    given: Imputation, table: _Table, place: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]
) -> Floats:
    """Fill each unit's gaps from its own values; `place` gives values and how far away they lie."""
    filled = np.full((3, *table.values.shape), np.nan)
    reach = np.inf if given.max_age_days is None else given.max_age_days * DAY_SECONDS
    for number, row in enumerate(table.values):
        there = ~np.isnan(row)
        if there.any():
            values, distance = place(table.ends, table.ends[there], row[there])
            filled[0, number] = np.where(distance <= reach, values, np.nan)
    filled[1:] = filled[0]
    return filled


def _latest(given: Imputation, table: _Table) -> Floats:
    def place(at: Floats, ends: Floats, values: Floats) -> tuple[Floats, Floats]:
        before = np.searchsorted(ends, at, side="right") - 1
        found = np.where(before >= 0, values[np.maximum(before, 0)], np.nan)
        return found, at - ends[np.maximum(before, 0)]

    return _along(given, table, place)


def _constant(given: Imputation, table: _Table) -> Floats:
    def place(at: Floats, ends: Floats, values: Floats) -> tuple[Floats, Floats]:
        near = np.maximum(np.searchsorted(ends, at, side="right") - 1, 0)
        return values[near], np.abs(at - ends[near])

    return _along(given, table, place)


def _linear(given: Imputation, table: _Table) -> Floats:
    def place(at: Floats, ends: Floats, values: Floats) -> tuple[Floats, Floats]:
        distance = np.min(np.abs(at[:, None] - ends[None, :]), axis=1)
        return np.interp(at, ends, values), distance

    return _along(given, table, place)


_BY: Mapping[Filling, Callable[[Imputation, _Table], Floats]] = {
    Filling.MEAN: _mean,
    Filling.MEDIAN: _median,
    Filling.GROUP_MEAN: _mean,
    Filling.GROUP_MEDIAN: _median,
    Filling.LATEST: _latest,
    Filling.CONSTANT: _constant,
    Filling.LINEAR: _linear,
}
