"""Levels with hysteresis: towards concern at once, towards calm only after dwelling (heat.md 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from monitor.domain.scale import FULL, UNKNOWN, AlarmingEnd, Concern, Scale
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Bools, Floats, Ints


class LevelReason(StrEnum):
    """Why a level changed; up is towards more concern, whichever way the heat went.

    `first` is the first known level on this scale.
    """

    FIRST = "first"
    CROSSED_UP = "crossed_up"
    CROSSED_DOWN = "crossed_down"
    COVERAGE_LOST = "coverage_lost"
    COVERAGE_REGAINED = "coverage_regained"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelState:
    """What stepping remembers between calls; plain values, fit to be stored.

    `last_known` is the last level that was not Unknown ("" before the first) and `last_known_at` the last
    epoch second it held. `dwelt` are, by level of the scale, the input periods seen since heat
    has been past the margin on that level's side.
    """

    level: str = UNKNOWN
    last_known: str = ""
    last_known_at: int | None = None
    dwelt: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """One change of level at epoch second `at`; concerns are None on the Unknown side, heat where none is."""

    at: int
    from_level: str
    to_level: str
    from_concern: Concern | None
    to_concern: Concern | None
    heat: float | None
    reason: LevelReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The level and concern at each moment, the changes among them, and the state after the last."""

    names: tuple[str, ...]
    concerns: tuple[Concern | None, ...]
    changes: tuple[LevelChange, ...]
    state: LevelState


def levels(scale: Scale, min_coverage: float, scores: Scores, state: LevelState | None = None) -> Levels:
    """Step through the moments in order from a state (default: nothing known before).

    A level is Unknown below `min_coverage` or with no data; hysteresis goes on from the last known level.
    """
    known = (scores.coverage >= min_coverage) & ~np.isnan(scores.heat)
    here = _places(scale, scores.heat)
    calmer = _places(scale, _shifted(scale, scores.heat))
    ends = _ends_of_runs(known, here, calmer)
    at, is_known, places, pasts, periods = (
        each.tolist() for each in (scores.at, known, here, calmer, scores.period)
    )
    walk, names, changes, number = _Walk(scale, state or LevelState()), [], [], 0
    while number < len(at):
        before = walk.level, walk.last_known
        if is_known[number]:
            walk.step(places[number], pasts[number], periods[number])
        else:
            walk.lose()
        # From a state that the same places leave as it is nothing goes on but the time.
        stop = ends[number] if walk.rests(places[number]) else number + 1
        if is_known[number]:
            walk.last_known_at = at[stop - 1]
        names += [walk.level] * (stop - number)
        if walk.level != before[0]:
            changes.append(_change(scale, *before, walk.level, at[number], float(scores.heat[number])))
        number = stop
    concerns = {level.name: level.concern for level in scale.levels}
    return Levels(
        names=tuple(names),
        concerns=tuple(map(concerns.get, names)),
        changes=tuple(changes),
        state=walk.state,
    )


class _Walk:
    """A state that goes from moment to moment; `held` is the last known level's place, -1 before any."""

    __slots__ = ("_dwell", "_names", "dwelt", "held", "last_known", "last_known_at", "level")

    def __init__(self, scale: Scale, state: LevelState) -> None:
        self._names, self._dwell = _by_place(scale), scale.dwell
        self.level, self.last_known, self.last_known_at = state.level, state.last_known, state.last_known_at
        self.dwelt = state.dwelt
        self.held = self._names.index(state.last_known) if state.last_known in self._names else -1

    @property
    def state(self) -> LevelState:
        """What a later call goes on from."""
        return LevelState(
            level=self.level, last_known=self.last_known, last_known_at=self.last_known_at, dwelt=self.dwelt
        )

    def step(self, place: int, past: int, period: int) -> None:
        """Take a known heat: `place` is its level's, `past` the same with the margin added."""
        if place >= self.held:
            self.held, self.dwelt = place, ()
        else:
            self._calm(past, period)
        self.level = self.last_known = self._names[self.held]

    def rests(self, place: int) -> bool:
        """Whether another moment like the last would change nothing."""
        return not self.dwelt or (place < self.held and not any(self.dwelt))

    def lose(self) -> None:
        """Take a moment at which the level is Unknown: what dwelt before must dwell again."""
        self.level, self.dwelt = UNKNOWN, ()

    def _calm(self, past: int, period: int) -> None:
        """Count the period for every calmer level whose margin is cleared; go to one that has dwelt."""
        dwelt = tuple(
            self._counted(self.dwelt[number] if number < len(self.dwelt) else (), period)
            if past <= number
            else ()
            for number in range(self.held)
        )
        settled = [number for number in range(past, self.held) if len(dwelt[number]) >= self._dwell]
        self.held = settled[0] if settled else self.held
        self.dwelt = dwelt[: self.held]

    def _counted(self, periods: tuple[int, ...], period: int) -> tuple[int, ...]:
        """Add a distinct period; more than `dwell` of them say nothing new."""
        return periods if period in periods or len(periods) >= self._dwell else (*periods, period)


def _ends_of_runs(known: Bools, here: Ints, calmer: Ints) -> list[int]:
    """Return for each moment the first one after it that differs in any of these."""
    is_first = np.ones(len(here), dtype=np.bool_)
    is_first[1:] = (here[1:] != here[:-1]) | (calmer[1:] != calmer[:-1]) | (known[1:] != known[:-1])
    starts = np.flatnonzero(is_first)
    ends = np.append(starts, len(here))[1:]
    found: list[int] = np.repeat(ends, ends - starts).tolist()
    return found


def _places(scale: Scale, heat: Floats) -> Ints:
    """Return each heat's level as a place from calm (0) to alarming; an edge is on the alarming side."""
    edges = np.array([level.low for level in scale.levels[1:]])
    if scale.alarming_end is AlarmingEnd.HIGH:
        return np.searchsorted(edges, heat, side="right")
    return len(edges) - np.searchsorted(edges, heat, side="left")


def _shifted(scale: Scale, heat: Floats) -> Floats:
    """Return heat moved by the margin towards alarm: what it must still clear to count as calmer."""
    sign = 1.0 if scale.alarming_end is AlarmingEnd.HIGH else -1.0
    return np.clip(heat + sign * scale.margin, 0.0, FULL)


def _by_place(scale: Scale) -> Sequence[str]:
    """Return the level names from calm to alarming."""
    names = [level.name for level in scale.levels]
    return names if scale.alarming_end is AlarmingEnd.HIGH else names[::-1]


def _change(scale: Scale, before: str, last_known: str, after: str, at: int, heat: float) -> LevelChange:
    concerns = {level.name: level.concern for level in scale.levels}
    return LevelChange(
        at=at,
        from_level=before,
        to_level=after,
        from_concern=concerns.get(before),
        to_concern=concerns.get(after),
        heat=None if np.isnan(heat) else heat,
        reason=_reason(scale, before, last_known, after),
    )


def _reason(scale: Scale, before: str, last_known: str, after: str) -> LevelReason:
    if after == UNKNOWN:
        return LevelReason.COVERAGE_LOST
    names = _by_place(scale)
    if last_known not in names:
        return LevelReason.FIRST
    if before == UNKNOWN:
        return LevelReason.COVERAGE_REGAINED
    rose = names.index(after) > names.index(before)
    return LevelReason.CROSSED_UP if rose else LevelReason.CROSSED_DOWN
