"""Causes: why one indicator's pressure differs between two moments (heat.md 7, 1)."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.ledgers.shapley import shapley
from monitor.domain.scoring.model import Placed
from monitor.domain.scoring.reading import say
from monitor.domain.scoring.view import effective, observed, period_ranks
from monitor.domain.series import Bools, Columns, Ints
from monitor.domain.transforms.transform import is_time_dependent


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


Reckon = Callable[[Mapping[str, Columns]], Columns]
_OWN = ""
_NOTHING: frozenset[Cause] = frozenset()
_NEWS = frozenset({Cause.REVISION, Cause.OBSERVATION, Cause.CONFIRMATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A placement with the rows in force that were visible at epoch second `at`, withdrawn ones included.

    `others` are those of the series it is divided by, without withdrawn ones. Where the rows are reckoned
    from other series, `leaves` are theirs, by key, and `reckon` makes rows in force of those: then what is
    new and what is revised is told by them. Without `reckon` the rows stand for themselves.
    """

    placed: Placed
    rows: Columns
    at: int
    others: Mapping[str, Columns] = field(default_factory=dict)
    leaves: Mapping[str, Columns] = field(default_factory=dict)
    reckon: Reckon | None = None

    @property
    def series(self) -> Mapping[str, Columns]:
        """The rows that tell what is new: those of the leaves, else its own."""
        return self.leaves if self.reckon else {_OWN: self.rows}

    def reckoned(self, series: Mapping[str, Columns]) -> Columns:
        """Return the rows in force that rows in force of the series give."""
        return self.reckon(series) if self.reckon else series[_OWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parted:
    """Two states of one series, its rows parted into shared periods and those of one state.

    In `new` and `gone` the `known_at` of a row is the clock by which it counts as settled: that of its own
    state, while shared rows go by the clock of the state in question.
    """

    kept: Columns
    revised: Columns
    new: Columns
    gone: Columns

    def state(self, switched: AbstractSet[Cause], at: int) -> Columns:
        """Return the rows in force with some causes switched to the later state, withdrawals left out."""
        shared = _settled_by(self.revised if Cause.REVISION in switched else self.kept, at)
        confirmed = (self.revised if Cause.CONFIRMATION in switched else self.kept).confirmed
        own = self.new if Cause.OBSERVATION in switched else self.gone
        return observed(effective(_joined(replace(shared, confirmed=confirmed), own)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Two states of one placement's evidence, and of each series that tells what is new in it."""

    before: Evidence
    after: Evidence
    parts: Mapping[str, _Parted]

    def rows(self, switched: AbstractSet[Cause], at: int) -> Columns:
        """Return the placement's rows in force with some causes switched to the later state."""
        told = self.after if Cause.DEFINITION in switched else self.before
        return told.reckoned({name: part.state(switched, at) for name, part in self.parts.items()})


def present_causes(before: Evidence, after: Evidence) -> list[Cause]:
    """Return which causes are at work within the indicator, whether or not they move its pressure."""
    return _present(_part(before, after))


def share_over_causes(before: Evidence, after: Evidence) -> dict[Cause, float]:
    """Return each present cause's share of the change of pressure; both states have a pressure."""
    change = _part(before, after)
    start = _pressure(change, frozenset(), np.nan)
    return shapley(_present(change), lambda switched: _pressure(change, switched, start))


def _part(before: Evidence, after: Evidence) -> _Change:
    # A series that only one definition reads is taken in both states as that side saw it.
    was, now = dict(before.series), dict(after.series)
    was, now = now | was, was | now
    parts = {name: _parted(was[name], now[name], before.at, after.at) for name in was}
    return _Change(before=before, after=after, parts=parts)


def _parted(before: Columns, after: Columns, was_at: int, now_at: int) -> _Parted:
    ranks = period_ranks(_joined(before, after))
    was, now = ranks[: len(before)], ranks[len(before) :]
    in_both, still = np.isin(was, now), np.isin(now, was)
    return _Parted(
        kept=before.rows(in_both),
        revised=after.rows(still),
        new=_settled_by(observed(after.rows(~still)), now_at),
        gone=_settled_by(observed(before.rows(~in_both)), was_at),
    )


def _present(change: _Change) -> list[Cause]:
    found = {
        Cause.REVISION: _is_revised(change) or _denominators_by(change) is Cause.REVISION,
        Cause.OBSERVATION: any(len(part.new) + len(part.gone) > 0 for part in change.parts.values())
        or _denominators_by(change) is Cause.OBSERVATION,
        Cause.CONFIRMATION: not _are_kept(change, ("confirmed",)),
        Cause.TIME: change.before.at != change.after.at and _may_move_with_time(change),
        Cause.DEFINITION: _definition(change.before.placed) != _definition(change.after.placed),
    }
    return [cause for cause, is_present in found.items() if is_present]


def _is_revised(change: _Change) -> bool:
    return not _are_kept(change, ("value", "low", "high"))


def _are_kept(change: _Change, names: Sequence[str]) -> bool:
    return all(_are_alike(part.kept, part.revised, names) for part in change.parts.values())


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
        for switched in (_NOTHING, _NEWS):
            was, now = (change.rows(switched, at) for at in (change.before.at, change.after.at))
            if not np.array_equal(_is_settled(placed, was), _is_settled(placed, now)):
                return True
            if not np.array_equal(_has_ended(was), _has_ended(now)):
                return True
    return False


def _definition(placed: Placed) -> tuple[object, ...]:
    """Return what pressure depends on; freshness counts where a window's lag is taken from it."""
    indicator = placed.indicator
    lag = indicator.fresh_for_days if is_time_dependent(indicator) else 0.0
    how = indicator.derived
    return placed.normalisation, indicator.transforms, indicator.settles_after_days, lag, how


def _pressure(change: _Change, switched: AbstractSet[Cause], missing: float) -> float:
    """Return the pressure with some causes switched to the later state; `missing` where none is defined."""
    at = change.after.at if Cause.TIME in switched else change.before.at
    placed = (change.after if Cause.DEFINITION in switched else change.before).placed
    rows = change.rows(switched, at)
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
