"""Causes: why one indicator's pressure differs between two moments (heat.md 7, 1)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.model import Placed
from monitor.domain.reading import say
from monitor.domain.series import Bools, Columns, Ints
from monitor.domain.shapley import shapley
from monitor.domain.transform import is_time_dependent
from monitor.domain.view import effective, observed, period_ranks


class Cause(StrEnum):
    """What a term of the ledger rests on."""

    OBSERVATION = "observation"
    REVISION = "revision"
    CONFIRMATION = "confirmation"
    TIME = "time"
    DEFINITION = "definition"
    FIRST_SEEN = "first_seen"
    WITHDRAWN = "withdrawn"
    WEIGHT = "weight"
    METHOD = "method"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A placement with the rows in force that were visible at epoch second `at`, withdrawn ones included.

    `others` are those of the series it is divided by, without withdrawn ones.
    """

    placed: Placed
    rows: Columns
    at: int
    others: Mapping[str, Columns] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Two states of one placement's evidence, its rows parted into shared periods and those of one state.

    In `old`, `new` and `gone` the `known_at` of a row is the clock by which it counts as settled: that of its
    own state, while shared rows go by the clock of the state in question.
    """

    before: Evidence
    after: Evidence
    kept: Columns
    revised: Columns
    new: Columns
    gone: Columns


def present_causes(before: Evidence, after: Evidence) -> list[Cause]:
    """Return which causes are at work within the indicator, whether or not they move its pressure."""
    return _present(_part(before, after))


def share_over_causes(before: Evidence, after: Evidence) -> dict[Cause, float]:
    """Return each present cause's share of the change of pressure; both states have a pressure."""
    change = _part(before, after)
    start = _pressure(change, frozenset(), np.nan)
    return shapley(_present(change), lambda switched: _pressure(change, switched, start))


def _part(before: Evidence, after: Evidence) -> _Change:
    ranks = period_ranks(_joined(before.rows, after.rows))
    was, now = ranks[: len(before.rows)], ranks[len(before.rows) :]
    in_both, still = np.isin(was, now), np.isin(now, was)
    return _Change(
        before=before,
        after=after,
        kept=before.rows.rows(in_both),
        revised=after.rows.rows(still),
        new=_settled_by(observed(after.rows.rows(~still)), after.at),
        gone=_settled_by(observed(before.rows.rows(~in_both)), before.at),
    )


def _present(change: _Change) -> list[Cause]:
    found = {
        Cause.REVISION: _is_revised(change) or _denominators_by(change) is Cause.REVISION,
        Cause.OBSERVATION: len(change.new) + len(change.gone) > 0
        or _denominators_by(change) is Cause.OBSERVATION,
        Cause.CONFIRMATION: not _are_alike(change.kept, change.revised, ("confirmed",)),
        Cause.TIME: change.before.at != change.after.at and _may_move_with_time(change),
        Cause.DEFINITION: _definition(change.before.placed) != _definition(change.after.placed),
    }
    return [cause for cause, is_present in found.items() if is_present]


def _is_revised(change: _Change) -> bool:
    return not _are_alike(change.kept, change.revised, ("value", "low", "high"))


def _denominators_by(change: _Change) -> Cause | None:
    """Return which cause a change of denominators falls under: new or gone periods before revised ones."""
    was, now = change.before.others, change.after.others
    both = sorted(was.keys() & now.keys())
    if not all(_are_alike(was[name], now[name], ("period_start", "period_end")) for name in both):
        return Cause.OBSERVATION
    is_same = all(_are_alike(was[name], now[name], ("value", "low", "high")) for name in both)
    return None if is_same else Cause.REVISION


def _are_alike(was: Columns, now: Columns, names: Sequence[str]) -> bool:
    return all(np.array_equal(getattr(was, name), getattr(now, name), equal_nan=True) for name in names)


def _may_move_with_time(change: _Change) -> bool:
    """Whether a transform depends on time, or a shared row ended or settled between the two moments."""
    for placed in (change.before.placed, change.after.placed):
        if is_time_dependent(placed.indicator):
            return True
        for rows in (observed(change.kept), observed(change.revised)):
            was, now = (_settled_by(rows, at) for at in (change.before.at, change.after.at))
            if not np.array_equal(_is_settled(placed, was), _is_settled(placed, now)):
                return True
            if not np.array_equal(_has_ended(was), _has_ended(now)):
                return True
    return False


def _definition(placed: Placed) -> tuple[object, ...]:
    """Return what pressure depends on; freshness counts where a window's lag is taken from it."""
    indicator = placed.indicator
    lag = indicator.fresh_for_days if is_time_dependent(indicator) else 0.0
    return placed.normalisation, indicator.transforms, indicator.settles_after_days, lag


def _pressure(change: _Change, switched: AbstractSet[Cause], missing: float) -> float:
    """Return the pressure with some causes switched to the later state; `missing` where none is defined."""
    at = change.after.at if Cause.TIME in switched else change.before.at
    placed = (change.after if Cause.DEFINITION in switched else change.before).placed
    shared = _settled_by(change.revised if Cause.REVISION in switched else change.kept, at)
    confirmed = (change.revised if Cause.CONFIRMATION in switched else change.kept).confirmed
    shared = replace(shared, confirmed=confirmed)
    own = change.new if Cause.OBSERVATION in switched else change.gone
    rows = observed(effective(_joined(shared, own)))
    if not len(rows):
        return missing
    said = say(
        placed.indicator,
        placed.normalisation,
        rows,
        latest=np.array([len(rows) - 1]),
        settled=_last(_is_settled(placed, rows)),
        ended=_last(_has_ended(rows)),
        at=np.array([at]),
        others=_denominators(change, switched),
    )
    pressure = float(said.pressures.value[0])
    return missing if np.isnan(pressure) else pressure


def _denominators(change: _Change, switched: AbstractSet[Cause]) -> dict[str, Columns]:
    """Return the denominators of one state; those only the other definition reads come from the other."""
    was, now = dict(change.before.others), dict(change.after.others)
    return was | now if _denominators_by(change) in switched else now | was


def _is_settled(placed: Placed, rows: Columns) -> Bools:
    ends = np.maximum.accumulate(rows.period_end)
    by_age = ends + placed.indicator.settles_after_days * DAY_SECONDS <= rows.known_at
    is_settled: Bools = by_age | rows.confirmed
    return is_settled


def _has_ended(rows: Columns) -> Bools:
    has_ended: Bools = np.maximum.accumulate(rows.period_end) <= rows.known_at
    return has_ended


def _last(marks: Bools) -> Ints:
    """Return the place of the last mark, -1 where there is none, as one moment."""
    return np.append(np.flatnonzero(marks), -1)[[-2 if np.any(marks) else -1]]


def _settled_by(rows: Columns, clock: int) -> Columns:
    return replace(rows, known_at=np.full(len(rows), clock, dtype=np.int64))


def _joined(first: Columns, second: Columns) -> Columns:
    return Columns(
        **{name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in Columns.__slots__}
    )
