"""Counts of incidents by period; a revised or withdrawn incident revises the count (heat.md 2)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Bools, Columns, Floats, Ints, SeriesKey, empty_columns

Words = npt.NDArray[np.str_]


class Tally(StrEnum):
    """What of the incidents of a period is added up."""

    COUNT = "count"
    FATALITIES = "fatalities"
    INJURED = "injured"
    KIDNAPPED = "kidnapped"
    PLACES = "places"


class Span(StrEnum):
    """How long a period is; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class UnitIs(StrEnum):
    """What the unit of the series stands for, where it chooses the incidents."""

    NOTHING = ""
    COUNTRY = "country"
    ADMIN1 = "admin1"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCount:
    """Which incidents of a source are counted and how; an empty filter takes all."""

    kind: ClassVar[str] = "incidents"
    source: str
    measure: Tally = Tally.COUNT
    period: Span = Span.MONTH
    unit_is: UnitIs = UnitIs.NOTHING
    countries: tuple[str, ...] = ()
    admin1: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A stretch of days a source says it covers completely, both included; `country` "" is everywhere.

    `lag_seconds` None: known at `known_at` as a whole. Else each period of it was known that long after its
    end, as history is that was loaded later, but not after `known_at`.
    """

    country: str
    covers_from: date
    covers_until: date
    known_at: int
    seq: int
    lag_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLog:
    """All versions of a source's incidents as columns of one length, and what the source covers.

    Times are epoch seconds, `day` the midnight of the day it happened; `incident` numbers the incidents. A
    version that is `withdrawn` says that there was no such incident. `coded_country` and `coded_admin1` are
    codes, `country` and `admin1` the source's words.
    """

    incident: Ints
    known_at: Ints
    seq: Ints
    day: Ints
    withdrawn: Bools
    country: Words
    coded_country: Words
    admin1: Words
    coded_admin1: Words
    actor: Words
    type: Words
    place: Words
    killed: Floats
    injured: Floats
    kidnapped: Floats
    covered: tuple[Covered, ...] = field(default=())

    def __len__(self) -> int:
        """Count the versions."""
        return len(self.seq)

    def rows(self, keep: Bools | Ints) -> "IncidentLog":
        """Return some versions, with the same coverage."""
        arrays: dict[str, Any] = {
            name: getattr(self, name)[keep] for name in self.__slots__ if name != "covered"
        }
        return IncidentLog(**arrays, covered=self.covered)

    def up_to(self, max_seq: int) -> "IncidentLog":
        """Return what was committed up to a number."""
        kept = self.rows(self.seq <= max_seq)
        covered = tuple(each for each in self.covered if each.seq <= max_seq)
        arrays: dict[str, Any] = {name: getattr(kept, name) for name in self.__slots__ if name != "covered"}
        return IncidentLog(**arrays, covered=covered)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moves:
    """What happens to periods: from `known_at` on `amount` and `count` more; `zero` where 0 is a fact."""

    start: Ints
    known_at: Ints
    seq: Ints
    amount: Floats
    count: Floats
    zero: Floats


def count_incidents(spec: IncidentCount, series: str, log: IncidentLog) -> Columns:
    """Return the count of each period, with a row for every time it changed.

    A period with incidents has their count; one without has 0 only where the source covers all of it, and
    else no row: nothing reported is not nothing happened.
    """
    unit = SeriesKey.parse(series).unit.partition("@")[0]
    moves = _joined([*_incident_moves(spec, _matching(spec, unit, log)), *_zero_moves(spec, unit, log)])
    return _columns(spec, moves)


def _matching(spec: IncidentCount, unit: str, log: IncidentLog) -> IncidentLog:
    """Mark versions that the filters leave out as withdrawn: a revision may move an incident out of view."""
    countries, regions = (log.country, log.coded_country), (log.admin1, log.coded_admin1)
    wanted = [
        (countries, spec.countries),
        (regions, spec.admin1),
        ((log.actor,), spec.actors),
        ((log.type,), spec.types),
    ]
    if spec.unit_is is UnitIs.COUNTRY:
        wanted.append((countries, (unit,)))
    if spec.unit_is is UnitIs.ADMIN1:
        wanted.append((regions, (unit,)))
    is_out = log.withdrawn.copy()
    for told, chosen in wanted:
        if chosen:
            is_out |= ~np.any([np.isin(words, chosen) for words in told], axis=0)
    arrays: dict[str, Any] = {name: getattr(log, name) for name in log.__slots__}
    return _in_force(IncidentLog(**arrays | {"withdrawn": is_out}))


def _in_force(log: IncidentLog) -> IncidentLog:
    """Return versions by incident and moment, without those that a later one had already replaced."""
    log = log.rows(np.lexsort((log.seq, log.known_at, log.incident)))
    if not len(log):
        return log
    # Numbers rise with the incident, so that one running maximum serves all of them.
    height = np.argsort(np.argsort(log.seq, kind="stable")) + log.incident * len(log)
    return log.rows(height == np.maximum.accumulate(height))


def _incident_moves(spec: IncidentCount, log: IncidentLog) -> Iterator[_Moves]:
    """Yield what each version adds to its period, and what it takes from that of the version before."""
    start = _starts(spec.period, log.day)
    amount = {
        Tally.FATALITIES: log.killed, Tally.INJURED: log.injured, Tally.KIDNAPPED: log.kidnapped,
    }.get(spec.measure, np.ones(len(log)))  # fmt: skip
    here = np.flatnonzero(~log.withdrawn)
    last = np.flatnonzero(log.incident[1:] == log.incident[:-1])
    before = last[~log.withdrawn[last]]
    come = _Moves(
        start=start[here], known_at=log.known_at[here], seq=log.seq[here], amount=amount[here],
        count=np.ones(len(here)), zero=np.zeros(len(here)),
    )  # fmt: skip
    go = _Moves(
        start=start[before], known_at=log.known_at[before + 1], seq=log.seq[before + 1],
        amount=-amount[before], count=-np.ones(len(before)), zero=np.zeros(len(before)),
    )  # fmt: skip
    if spec.measure is not Tally.PLACES:
        yield from (come, go)
        return
    moves = _joined([come, go])
    _, place = np.unique(np.concatenate([log.place[here], log.place[before]]), return_inverse=True)
    yield _by_place(moves, place)


def _by_place(moves: _Moves, place: Ints) -> _Moves:
    """Count a place once: what matters is when its first incident came and its last one went."""
    order = np.lexsort((moves.seq, moves.known_at, place, moves.start))
    moves, place = _taken(moves, order), place[order]
    new = _is_first(moves.start, place)
    there = _running(moves.count, new) > 0
    before = np.concatenate([[False], there[:-1]]) & ~new
    change = there.astype(np.float64) - before
    return _Moves(
        start=moves.start, known_at=moves.known_at, seq=moves.seq, amount=change, count=moves.count,
        zero=moves.zero,
    )  # fmt: skip


def _zero_moves(spec: IncidentCount, unit: str, log: IncidentLog) -> Iterator[_Moves]:
    """Yield when each period came to be covered completely, in every country that is counted."""
    countries = spec.countries or ((unit,) if spec.unit_is is UnitIs.COUNTRY else ("",))
    known: list[dict[int, tuple[int, int]]] = [
        _covered_periods(spec.period, [each for each in log.covered if each.country in {"", country}])
        for country in countries
    ]
    shared = sorted(set.intersection(*(set(each) for each in known)))
    if shared:
        latest = [max(each[start] for each in known) for start in shared]
        nothing = np.zeros(len(shared))
        yield _Moves(
            start=np.array(shared, dtype=np.int64),
            known_at=np.array([known_at for known_at, _ in latest], dtype=np.int64),
            seq=np.array([seq for _, seq in latest], dtype=np.int64),
            amount=nothing, count=nothing, zero=np.ones(len(shared)),
        )  # fmt: skip


def _covered_periods(period: Span, covered: Iterable[Covered]) -> dict[int, tuple[int, int]]:
    """Return when, and by which row, each period was first covered from its first day to its last."""
    found: dict[int, tuple[int, int]] = {}
    reach: list[tuple[int, int]] = []
    for each in sorted(covered, key=lambda one: (one.known_at, one.seq)):
        low, high = _midnight(each.covers_from), _midnight(each.covers_until) + DAY_SECONDS
        near = [one for one in reach if one[0] <= high and one[1] >= low]
        reach = [one for one in reach if one not in near]
        low, high = min([low, *(one[0] for one in near)]), max([high, *(one[1] for one in near)])
        reach.append((low, high))
        for start, end in _periods_between(period, low, high):
            if start not in found:
                by_lag = each.known_at if each.lag_seconds is None else end + each.lag_seconds
                found[start] = min(each.known_at, by_lag), each.seq
    return found


def _periods_between(period: Span, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the periods that lie within [low, high) as a whole."""
    days = np.arange(low, high, DAY_SECONDS, dtype=np.int64)
    starts = np.unique(_starts(period, days))
    ends = _ends(period, starts)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if start >= low and end <= high:
            yield start, end


def _midnight(day: date) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))


def _starts(period: Span, day: Ints) -> Ints:
    """Return the first midnight of each day's period."""
    if period is Span.MONTH:
        months = day.astype("datetime64[s]").astype("datetime64[M]")
        found: Ints = months.astype("datetime64[s]").astype(np.int64)
        return found
    if period is Span.WEEK:
        # The epoch was a Thursday.
        monday = -3 * DAY_SECONDS
        return (day - monday) // (7 * DAY_SECONDS) * (7 * DAY_SECONDS) + monday
    return day // DAY_SECONDS * DAY_SECONDS


def _ends(period: Span, start: Ints) -> Ints:
    if period is Span.MONTH:
        months = start.astype("datetime64[s]").astype("datetime64[M]") + 1
        found: Ints = months.astype("datetime64[s]").astype(np.int64)
        return found
    return start + (7 if period is Span.WEEK else 1) * DAY_SECONDS


def _columns(spec: IncidentCount, moves: _Moves) -> Columns:
    """Add moves up period by period; a row wherever the sum differs from the one before."""
    if not len(moves.start):
        return empty_columns()
    moves = _taken(moves, np.lexsort((moves.seq, moves.known_at, moves.start)))
    new = _is_first(moves.start)
    amount, count, zero = (_running(part, new) for part in (moves.amount, moves.count, moves.zero))
    value = np.where((count > 0) | (zero > 0), amount, np.nan)
    is_last = np.ones(len(value), dtype=np.bool_)
    is_last[:-1] = new[1:] | (moves.known_at[1:] != moves.known_at[:-1])
    kept = np.flatnonzero(is_last)
    value, start, new = value[kept], moves.start[kept], _is_first(moves.start[kept])
    before = np.where(new, np.nan, np.concatenate([[np.nan], value[:-1]]))
    differs = ~((value == before) | (np.isnan(value) & np.isnan(before)))
    kept, value, start = kept[differs], value[differs], start[differs]
    nothing = np.full(len(kept), np.nan)
    found = Columns(
        period_start=start,
        period_end=_ends(spec.period, start),
        known_at=moves.known_at[kept],
        source_revision=np.arange(len(kept)) - np.searchsorted(start, start),
        seq=moves.seq[kept],
        value=value, low=nothing, high=nothing, grade=nothing,
    )  # fmt: skip
    return found.rows(np.lexsort((found.period_start, found.known_at, found.seq)))


def _joined(parts: Sequence[_Moves]) -> _Moves:
    names = _Moves.__slots__
    whole = {"start", "known_at", "seq"}
    return _Moves(**{
        name: np.concatenate([
            np.zeros(0, dtype=np.int64 if name in whole else np.float64), *(getattr(p, name) for p in parts)
        ])
        for name in names
    })  # fmt: skip


def _taken(moves: _Moves, places: Ints) -> _Moves:
    return _Moves(**{name: getattr(moves, name)[places] for name in _Moves.__slots__})


def _is_first(*groups: Ints) -> Bools:
    """Mark the first row of each run in which every array stays the same."""
    marks = np.ones(len(groups[0]), dtype=np.bool_)
    marks[1:] = np.any([each[1:] != each[:-1] for each in groups], axis=0)
    return marks


def _running(values: Floats, new: Bools) -> Floats:
    """Return running sums that begin anew at each mark; of whole numbers, so that they are exact."""
    total = np.cumsum(values)
    firsts = np.flatnonzero(new)
    start = np.repeat(total[firsts] - values[firsts], np.diff([*firsts, len(values)]))
    return total - start
