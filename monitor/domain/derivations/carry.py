"""Carrying: series side by side, each carried forward to the others' periods, as each moment knew them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.derivations.formula import Band
from monitor.domain.grade import UNGRADED_FACTOR
from monitor.domain.series import Bools, Columns, Floats, Ints, empty_columns

Evaluate = Callable[[Mapping[str, Band]], Band]
ABSENT = -1
_ALWAYS = int(np.iinfo(np.int64).min)
_NEVER = int(np.iinfo(np.int64).max)
# How many rows before a change are looked at for the one that is carried to it; more if there is none.
_REACH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Which row of each operand counts for the period that starts at `start`, from `known_at` on.

    `rows` are operands x entries; ABSENT where an operand has none yet.
    """

    start: Ints
    known_at: Ints
    rows: Ints


def combine(operands: Mapping[str, Columns], evaluate: Evaluate) -> Columns:
    """Return the series that `evaluate` gives, with a row for every time its value for a period changed.

    It has a period wherever an operand has one that starts; the others are carried forward to it. The
    period ends when the first of those under way ends; its age counts from the oldest. Without a value of
    every operand it has none. As of any moment it equals evaluating what was known then.
    """
    columns = list(operands.values())
    if not all(len(each) for each in columns):
        return empty_columns()
    return _written(operands, _table(columns), evaluate)


def in_force(operands: Mapping[str, Columns], evaluate: Evaluate) -> Columns:
    """Return the same for rows in force of one moment, without withdrawals: one row a period.

    Its `known_at` is the latest of the rows its period starts with.
    """
    columns = list(operands.values())
    if not all(len(each) for each in columns):
        return empty_columns()
    starts = np.unique(np.concatenate([each.period_start for each in columns]))
    rows = np.array([np.searchsorted(each.period_start, starts, side="right") - 1 for each in columns])
    known = [_opened(each, own, starts, each.known_at) for each, own in zip(columns, rows, strict=True)]
    seq = [_opened(each, own, starts, each.seq) for each, own in zip(columns, rows, strict=True)]
    table = _Table(start=starts, known_at=np.max(known, axis=0), rows=rows)
    found = _evaluated(operands, table, evaluate)
    found = replace(found, seq=np.max(seq, axis=0), source_revision=np.zeros(len(starts), dtype=np.int64))
    return found.rows(~np.isnan(found.value))


def _opened(columns: Columns, rows: Ints, starts: Ints, values: Ints) -> Ints:
    """Return values of the rows whose own period starts there, the least number elsewhere."""
    carried = np.maximum(rows, 0)
    is_opener = (rows >= 0) & (columns.period_start[carried] == starts)
    return np.where(is_opener, values[carried], _ALWAYS)


def _written(operands: Mapping[str, Columns], table: _Table, evaluate: Evaluate) -> Columns:
    """Write a row where content changed, and a withdrawal where a period went away or ends elsewhere."""
    order = np.lexsort((table.known_at, table.start))
    table = _Table(start=table.start[order], known_at=table.known_at[order], rows=table.rows[:, order])
    found = _evaluated(operands, table, evaluate)
    found = replace(found, seq=_news_seq(list(operands.values()), table.known_at))
    found = replace(found, source_revision=np.arange(len(found), dtype=np.int64) - _first_of_start(found))
    is_there = ~np.isnan(found.value)
    same_start = np.zeros(len(found), dtype=np.bool_)
    same_start[1:] = found.period_start[1:] == found.period_start[:-1]
    before = np.maximum(np.arange(len(found)) - 1, 0)
    had = same_start & is_there[before]
    is_same = had & is_there & _equal(found, before)
    moved = had & (~is_there | (found.period_end != found.period_end[before]))
    gone = replace(found, period_end=found.period_end[before], value=np.full(len(found), np.nan))
    written = _joined([found.rows(is_there & ~is_same), _blank(gone.rows(moved))])
    last = np.lexsort((written.source_revision, written.period_start, written.known_at, written.seq))
    return written.rows(last)


def _equal(found: Columns, before: Ints) -> Bools:
    names = ("period_end", "value", "low", "high", "grade", "confirmed", "imputed", "oldest_end")
    same = [
        (values == values[before]) | ((values != values) & (values[before] != values[before]))  # noqa: PLR0124
        for values in (getattr(found, name) for name in names)
    ]
    all_same: Bools = np.logical_and.reduce(same)
    return all_same


def _blank(rows: Columns) -> Columns:
    nothing = np.full(len(rows), np.nan)
    return replace(rows, low=nothing, high=nothing, grade=nothing)


def _joined(parts: Sequence[Columns]) -> Columns:
    names = Columns.__slots__
    return Columns(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _first_of_start(found: Columns) -> Ints:
    """Return, for each row, the place of the first row with its start."""
    first: Ints = np.searchsorted(found.period_start, found.period_start, side="left")
    return first


def _news_seq(columns: Sequence[Columns], known_at: Ints) -> Ints:
    """Return the number of the last row that became known at each of these times."""
    known = np.concatenate([each.known_at for each in columns])
    seq = np.concatenate([each.seq for each in columns])
    order = np.lexsort((seq, known))
    place = np.searchsorted(known[order], known_at, side="right") - 1
    found: Ints = seq[order][np.maximum(place, 0)]
    return found


def _evaluated(operands: Mapping[str, Columns], table: _Table, evaluate: Evaluate) -> Columns:
    """Evaluate every entry at once; NaN where an operand is absent."""
    bands, facts = {}, []
    for (name, columns), rows in zip(operands.items(), table.rows, strict=True):
        bands[name] = _band(columns, rows)
        facts.append(_facts(columns, rows, table.start))
    ends, oldest, grades, confirmed, imputed = zip(*facts, strict=True)
    band = evaluate(bands)
    is_certain = (band.low == band.value) & (band.high == band.value)
    end = np.min(ends, axis=0)
    return Columns(
        period_start=table.start,
        # Where nothing is under way any more the period is of one second; nothing has a value there.
        period_end=np.where(end == _NEVER, table.start + 1, end),
        known_at=table.known_at,
        source_revision=np.zeros(len(table.start), dtype=np.int64),
        seq=np.zeros(len(table.start), dtype=np.int64),
        value=band.value,
        low=np.where(is_certain, np.nan, band.low),
        high=np.where(is_certain, np.nan, band.high),
        grade=np.where(np.isnan(band.value), np.nan, np.min(grades, axis=0)),
        confirmed=np.logical_and.reduce(confirmed),
        imputed=np.logical_or.reduce(imputed),
        oldest_end=np.min(oldest, axis=0),
    )


def _band(columns: Columns, rows: Ints) -> Band:
    there, carried = rows >= 0, np.maximum(rows, 0)
    value = np.where(there, columns.value[carried], np.nan)
    low, high = columns.low[carried], columns.high[carried]
    return Band(
        value=value,
        low=np.where(np.isnan(low) | ~there, value, low),
        high=np.where(np.isnan(high) | ~there, value, high),
    )


def _facts(columns: Columns, rows: Ints, starts: Ints) -> tuple[Ints, Ints, Floats, Bools, Bools]:
    """Return what one operand gives each entry: its end where under way, its age, its grade, its flags."""
    there, carried = rows >= 0, np.maximum(rows, 0)
    end, grade = columns.period_end[carried], columns.grade[carried]
    is_opener = there & (columns.period_start[carried] == starts)
    return (
        np.where(there & (end > starts), end, _NEVER),
        np.where(there, columns.oldest_end[carried], _NEVER),
        np.where(np.isnan(grade), UNGRADED_FACTOR, grade),
        columns.confirmed[carried] | ~is_opener,
        columns.imputed[carried] & there,
    )


def _table(columns: Sequence[Columns]) -> _Table:
    """Find every (start, moment) at which the rows that count change.

    Between two rewritings of any operand's past every row only extends its series, so that what counts is
    the lesser of two prefixes: what is known, and what has started. What comes in during such a stretch
    leaves the starts before it alone, so that a stretch costs what it changes.
    """
    operands = [_Sorted.of(each) for each in columns]
    breaks = np.unique(np.concatenate([each.rewrites() for each in operands]))
    cutoffs = _cutoffs(columns, breaks)
    parts: list[_Table] = []
    starts, rows = np.zeros(0, dtype=np.int64), np.zeros((len(columns), 0), dtype=np.int64)
    for number, cutoff in enumerate(cutoffs):
        since = int(breaks[number - 1]) if number else _ALWAYS
        until = int(breaks[number]) if number < len(breaks) else _NEVER
        found = _piece([each.in_force(cutoff, until) for each in operands], since=since, cutoff=cutoff)
        kept = int(np.searchsorted(starts, cutoff))
        parts += _changes(starts[kept:], rows[:, kept:], found, since=since)
        new_starts, new_rows = _last_of_each(found)
        starts = np.concatenate([starts[:kept], new_starts])
        rows = np.concatenate([rows[:, :kept], new_rows], axis=1)
    return _Table(
        start=np.concatenate([each.start for each in parts]),
        known_at=np.concatenate([each.known_at for each in parts]),
        rows=np.concatenate([each.rows for each in parts], axis=1),
    )


def _cutoffs(columns: Sequence[Columns], breaks: Ints) -> list[int]:
    """Return the earliest start of what becomes known in each stretch between the breaks."""
    starts = np.concatenate([each.period_start for each in columns])
    stretch = np.searchsorted(breaks, np.concatenate([each.known_at for each in columns]), side="right")
    least = np.full(len(breaks) + 1, _NEVER)
    np.minimum.at(least, stretch, starts)
    return [int(each) for each in least]


@dataclass(frozen=True, slots=True, kw_only=True)
class _InForce:
    """Rows in force of one operand, one a period, in order: their places in its columns."""

    places: Ints
    start: Ints
    known_at: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorted:
    """The rows of one operand by period and by what overrides what; `places` are those in its columns."""

    places: Ints
    start: Ints
    end: Ints
    known_at: Ints
    seq: Ints
    is_value: Bools

    @classmethod
    def of(cls, columns: Columns) -> "_Sorted":
        """Sort the rows of one operand."""
        order = np.lexsort((columns.seq, columns.source_revision, columns.period_end, columns.period_start))
        return cls(
            places=order,
            start=columns.period_start[order],
            end=columns.period_end[order],
            known_at=columns.known_at[order],
            seq=columns.seq[order],
            is_value=~np.isnan(columns.value[order]),
        )

    def in_force(self, cutoff: int, until: int) -> _InForce:
        """Return the rows in force of those known before `until`, from the one carried to `cutoff` on."""
        first = int(np.searchsorted(self.start, cutoff))
        reach = _REACH
        while True:
            # The same start belongs together: the last of a period is in force.
            low = int(np.searchsorted(self.start, self.start[max(first - reach, 0)])) if first else 0
            places = self._of_known(low, until)
            if low == 0 or (len(places) and self.start[places[0]] < cutoff):
                return _InForce(
                    places=self.places[places], start=self.start[places], known_at=self.known_at[places]
                )
            reach *= 4

    def _of_known(self, low: int, until: int) -> Ints:
        there = low + np.flatnonzero(self.known_at[low:] < until)
        there = there[_last_of_period(self.start[there], self.end[there])]
        found: Ints = there[self.is_value[there]]
        return found

    def rewrites(self) -> Ints:
        """Return the times at which a row becomes known that does not extend the series."""
        rank = np.zeros(len(self.places), dtype=np.int64)
        rank[1:] = np.cumsum(_last_of_period(self.start, self.end)[:-1])
        order = np.lexsort((self.seq, rank, self.known_at))
        extends = np.ones(len(order), dtype=np.bool_)
        extends[1:] = rank[order][1:] > np.maximum.accumulate(rank[order])[:-1]
        return np.unique(self.known_at[order][~extends])


def _last_of_period(start: Ints, end: Ints) -> Bools:
    """Mark the last row of each run of one period."""
    marks = np.ones(len(start), dtype=np.bool_)
    marks[:-1] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    return marks


def _piece(operands: Sequence[_InForce], *, since: int, cutoff: int) -> _Table:
    """Return the entries of one stretch in which series only grow, from `cutoff` on, by start and moment."""
    own = [each.start for each in operands]
    known = [np.maximum(each.known_at, since) for each in operands]
    starts = np.unique(np.concatenate(own))
    starts = starts[starts >= cutoff]
    first = _first_known(own, known, starts)
    begun = [np.searchsorted(each, starts, side="right") for each in own]
    # Every start at its first moment, and again whenever a row that it carries becomes known later.
    pairs = [np.array([np.arange(len(starts)), first])]
    for clock, count in zip(known, begun, strict=True):
        seen = np.searchsorted(clock, first, side="right")
        pairs.append(_later(clock, seen, count))
    index, moment = _distinct(np.concatenate(pairs, axis=1))
    rows = np.full((len(operands), len(index)), ABSENT, dtype=np.int64)
    for number, (each, clock, count) in enumerate(zip(operands, known, begun, strict=True)):
        place = np.minimum(np.searchsorted(clock, moment, side="right"), count[index]) - 1
        if len(each.places):
            rows[number] = np.where(place >= 0, each.places[np.maximum(place, 0)], ABSENT)
    return _Table(start=starts[index], known_at=moment, rows=rows)


def _distinct(pairs: Ints) -> Ints:
    """Return the distinct columns of (index, moment), by index and moment."""
    found = pairs[:, np.lexsort((pairs[1], pairs[0]))]
    is_new = np.ones(found.shape[1], dtype=np.bool_)
    is_new[1:] = np.any(found[:, 1:] != found[:, :-1], axis=0)
    return found[:, is_new]


def _first_known(own: Sequence[Ints], known: Sequence[Ints], starts: Ints) -> Ints:
    """Return when each start was first known from any operand."""
    first = np.full(len(starts), _NEVER)
    for start, clock in zip(own, known, strict=True):
        is_new = start >= starts[0] if len(starts) else np.zeros(len(start), dtype=np.bool_)
        np.minimum.at(first, np.searchsorted(starts, start[is_new]), clock[is_new])
    return first


def _later(clock: Ints, seen: Ints, begun: Ints) -> Ints:
    """Return (start's index, moment) for the rows between those seen at first and those begun."""
    counts = np.maximum(begun - seen, 0)
    index = np.repeat(np.arange(len(counts)), counts)
    offset = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.array([index, clock[np.repeat(seen, counts) + offset]], dtype=np.int64).reshape(2, -1)


def _changes(starts: Ints, rows: Ints, found: _Table, *, since: int) -> Iterator[_Table]:
    """Yield the entries of a stretch that differ from what counted before it, and the starts that went."""
    place = np.searchsorted(starts, found.start)
    is_old = place < len(starts)
    is_old[is_old] = starts[place[is_old]] == found.start[is_old]
    is_first = np.ones(len(found.start), dtype=np.bool_)
    is_first[1:] = found.start[1:] != found.start[:-1]
    is_same = np.zeros(len(found.start), dtype=np.bool_)
    held = is_old & is_first
    is_same[held] = np.all(rows[:, place[held]] == found.rows[:, held], axis=0)
    yield _Table(start=found.start[~is_same], known_at=found.known_at[~is_same], rows=found.rows[:, ~is_same])
    gone = starts[~np.isin(starts, found.start)]
    absent = np.full((len(rows), len(gone)), ABSENT, dtype=np.int64)
    yield _Table(start=gone, known_at=np.full(len(gone), since, dtype=np.int64), rows=absent)


def _last_of_each(found: _Table) -> tuple[Ints, Ints]:
    """Return each start of a stretch and the rows that count for it at its end."""
    is_last = np.ones(len(found.start), dtype=np.bool_)
    is_last[:-1] = found.start[1:] != found.start[:-1]
    return found.start[is_last], found.rows[:, is_last]
