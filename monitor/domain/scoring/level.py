"""Levels with hysteresis: towards concern at once, towards calm only after dwelling (heat.md 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    by_place = _by_place(scale)
    ends = _ends_of_runs(known, here)
    at, is_known, places, pasts, periods = (
        each.tolist() for each in (scores.at, known, here, calmer, scores.period)
    )
    now, names, changes = state or LevelState(), [], []
    still, since, number = -1, now.last_known_at, 0
    while number < len(at):
        if is_known[number] and places[number] == still:
            # Nothing goes on but the time, as at most moments.
            since = at[ends[number] - 1]
            names += [now.level] * (ends[number] - number)
            number = ends[number]
            continue
        place = places[number]
        before = now if since == now.last_known_at else replace(now, last_known_at=since)
        if is_known[number]:
            now = _step(scale, before, at[number], place, pasts[number], periods[number])
            still = place if not now.dwelt and now.level == by_place[place] else -1
        else:
            now, still = _lose(before), -1
        since = now.last_known_at
        names.append(now.level)
        if now.level != before.level:
            changes.append(_change(scale, before, now, at[number], float(scores.heat[number])))
        number += 1
    concerns = {level.name: level.concern for level in scale.levels}
    return Levels(
        names=tuple(names),
        concerns=tuple(map(concerns.get, names)),
        changes=tuple(changes),
        state=replace(now, last_known_at=since),
    )


def _ends_of_runs(known: Bools, here: Ints) -> list[int]:
    """Return for each moment the first one after it that is of another level, or Unknown where it is not."""
    is_first = np.ones(len(here), dtype=np.bool_)
    is_first[1:] = (here[1:] != here[:-1]) | (known[1:] != known[:-1])
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


def _step(scale: Scale, state: LevelState, at: int, place: int, past: int, period: int) -> LevelState:
    """Return the state after a known heat: `place` is its level's, `past` the same with the margin added."""
    names = _by_place(scale)
    held = names.index(state.last_known) if state.last_known in names else -1
    if place >= held:
        return LevelState(level=names[place], last_known=names[place], last_known_at=at)
    dwelt = tuple(
        _dwell(scale, state.dwelt[number] if number < len(state.dwelt) else (), period)
        if past <= number
        else ()
        for number in range(held)
    )
    settled = [number for number in range(past, held) if len(dwelt[number]) >= scale.dwell]
    reached = settled[0] if settled else held
    return LevelState(
        level=names[reached], last_known=names[reached], last_known_at=at, dwelt=dwelt[:reached]
    )


def _dwell(scale: Scale, periods: tuple[int, ...], period: int) -> tuple[int, ...]:
    """Add a distinct period; more than `dwell` of them say nothing new."""
    return periods if period in periods or len(periods) >= scale.dwell else (*periods, period)


def _lose(state: LevelState) -> LevelState:
    """Return the state while the level is Unknown: what dwelt before must dwell again."""
    return replace(state, level=UNKNOWN, dwelt=())


def _change(scale: Scale, before: LevelState, after: LevelState, at: int, heat: float) -> LevelChange:
    concerns = {level.name: level.concern for level in scale.levels}
    return LevelChange(
        at=at,
        from_level=before.level,
        to_level=after.level,
        from_concern=concerns.get(before.level),
        to_concern=concerns.get(after.level),
        heat=None if np.isnan(heat) else heat,
        reason=_reason(scale, before, after),
    )


def _reason(scale: Scale, before: LevelState, after: LevelState) -> LevelReason:
    if after.level == UNKNOWN:
        return LevelReason.COVERAGE_LOST
    names = _by_place(scale)
    if before.last_known not in names:
        return LevelReason.FIRST
    if before.level == UNKNOWN:
        return LevelReason.COVERAGE_REGAINED
    rose = names.index(after.level) > names.index(before.level)
    return LevelReason.CROSSED_UP if rose else LevelReason.CROSSED_DOWN
