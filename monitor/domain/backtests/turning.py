"""The moments at which a rule's state can change, found for many rules at once with array operations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.domain.alerting.rule import NoDataPolicy
from monitor.domain.alerting.snapshot import ALARMS
from monitor.domain.alerting.timers import needed_periods
from monitor.domain.backtests.watched import FIRST_BLIND, Watched, health_codes
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.series import Bools, Floats, Ints

# Rows worked on together: few enough to stay in the processor's cache, enough to make numpy's calls cheap.
_ROWS = 64
_BITS = len(ALARMS)
ENTERED = (1 << _BITS) - 1
Marks = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """One rule's turning points, as numbers of moments, and what leads to them.

    Between two of them no edge is entered or left, health stays, and every period that the rule counts has
    been counted: stepping there changes nothing but what the value was. `marks` are, a moment, the concerns
    entered (low bits) and held (high bits); `sighted` the last moment not blind, itself included (-1: none).
    """

    points: Ints
    marks: Marks
    sighted: Ints
    is_sound: bool


def turning_points(rules: Sequence[Watched], at: Ints) -> Iterator[Turning]:
    """Yield the turning points of each rule, in order; `is_sound` where health is OK from end to end."""
    for start in range(0, len(rules), _ROWS):
        part = rules[start : start + _ROWS]
        values = np.stack([each.compared for each in part])
        health = _health(part, values)
        is_blind = health >= FIRST_BLIND
        sighted = _last_sighted(is_blind)
        marks = _carried(part, _marks(part, values), is_blind, sighted)
        turns = _turns(part, marks, health, is_blind, at)
        _count_periods(part, marks, is_blind, turns)
        worst = health.max(axis=1, initial=0)
        for row in range(len(part)):
            yield Turning(
                points=np.flatnonzero(turns[row]),
                marks=marks[row],
                sighted=sighted[row],
                is_sound=int(worst[row]) == 0,
            )


def _health(part: Sequence[Watched], values: Floats) -> Ints:
    """Return the health of each value; rows that share their freshness, as of one source, are one."""
    freshness, observed = part[0].freshness, part[0].observed
    if _is_one([each.freshness for each in part]) and _is_one([each.observed for each in part]):
        if np.isfinite(values).all():
            health = health_codes(values[:1], freshness=freshness, observed=observed)
            return np.broadcast_to(health, values.shape)
    else:
        freshness = np.stack([each.freshness for each in part])
        observed = np.stack([each.observed for each in part])
    return health_codes(values, freshness=freshness, observed=observed)


def _is_one(rows: Sequence[Floats | Bools]) -> bool:
    """Whether all rows are the same stretch of memory, as those of series read together are."""
    places = {(row.__array_interface__["data"], row.strides, len(row)) for row in rows}
    return len(places) == 1


def _marks(part: Sequence[Watched], values: Floats) -> Marks:
    """Return, as bits, which concerns each value enters (low) and holds (high)."""
    sign = np.array([[1.0 if each.edges.is_higher_worse else -1.0] for each in part])
    badness = values * sign
    marks = np.zeros(values.shape, dtype=np.uint8)
    for bit, concern in enumerate(ALARMS):
        edges = [each.edges.by_concern.get(concern) for each in part]
        if any(edges):
            enter = np.array([[np.nan if edge is None else edge.enter] for edge in edges]) * sign
            leave = np.array([[np.nan if edge is None else edge.exit] for edge in edges]) * sign
            marks |= (badness >= enter).view(np.uint8) << np.uint8(bit)
            marks |= (badness >= leave).view(np.uint8) << np.uint8(bit + _BITS)
    return marks


def _last_sighted(is_blind: Bools) -> Ints:
    """Return for each moment the last one, itself included, at which there was something to judge by."""
    numbers = np.arange(is_blind.shape[1])
    if not is_blind.any():
        return np.broadcast_to(numbers, is_blind.shape)
    return np.maximum.accumulate(np.where(is_blind, -1, numbers), axis=1)


def _carried(part: Sequence[Watched], marks: Marks, is_blind: Bools, sighted: Ints) -> Marks:
    """Carry what was entered through blindness where a rule keeps the last state; else it begins anew."""
    if not is_blind.any():
        return marks
    keeps = np.array([[each.rule.no_data_policy is NoDataPolicy.KEEP_LAST] for each in part])
    there = np.take_along_axis(marks, np.maximum(sighted, 0), axis=1)
    is_nothing = (sighted < 0) | (is_blind & ~keeps)
    return np.where(is_nothing, np.uint8(0), there)


def _turns(part: Sequence[Watched], marks: Marks, health: Ints, is_blind: Bools, at: Ints) -> Bools:
    """Return where an edge is crossed, health changes or the series ends; the first moment is one."""
    turns = np.ones(marks.shape, dtype=np.bool_)
    np.not_equal(marks[:, 1:], marks[:, :-1], out=turns[:, 1:])
    if health.any():
        turns[:, 1:] |= health[:, 1:] != health[:, :-1]
    for row, each in enumerate(part):
        if each.rule.no_data_policy is not NoDataPolicy.KEEP_LAST:
            turns[row] |= is_blind[row]
        if len(at) and each.ended_at <= at[-1]:
            turns[row, np.searchsorted(at, each.ended_at)] = True
    return turns


def _count_periods(part: Sequence[Watched], marks: Marks, is_blind: Bools, turns: Bools) -> None:
    """Add where a standing breach sees another period that its rule still counts."""
    for row, each in enumerate(part):
        for bit, concern in enumerate(ALARMS):
            needed = needed_periods(each.rule, concern, each.cadence_days * DAY_SECONDS)
            if needed > 1 and concern in each.edges.by_concern:
                entered = (marks[row] & (1 << bit)) != 0
                turns[row] |= _new_periods(entered, is_blind[row], each.period, needed=needed)


def _new_periods(entered: Bools, is_blind: Bools, period: Ints, *, needed: int) -> Bools:
    """Return where, within a stretch entered, the period changes while not more than `needed` were seen.

    Only periods beyond all before in the stretch are counted, of which there are never more than distinct
    ones: where an older one comes back the moments found are too many, never too few.
    """
    found = np.zeros(len(entered), dtype=np.bool_)
    there = np.flatnonzero(entered & ~is_blind)
    if not len(there):
        return found
    begins = entered.copy()
    begins[1:] &= ~entered[:-1]
    stretch = np.cumsum(begins, dtype=np.int64)[there]
    rank = np.unique(period[there], return_inverse=True)[1].astype(np.int64)
    is_first = _changes(stretch)
    furthest: Ints = np.maximum.accumulate(stretch * (len(there) + 1) + rank)
    counted: Ints = np.cumsum(_changes(furthest))
    count = counted - np.maximum.accumulate(np.where(is_first, counted - 1, 0))
    found[there] = (_changes(rank) | is_first) & (count <= needed)
    return found


def _changes(values: Ints) -> Bools:
    """Mark the first value and each that differs from the one before."""
    marks = np.ones(len(values), dtype=np.bool_)
    marks[1:] = values[1:] != values[:-1]
    return marks
