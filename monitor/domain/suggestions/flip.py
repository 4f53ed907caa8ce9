"""What would flip the level: the smallest change of one indicator that crosses the next edge (heat.md 6).

One indicator at a time is moved, the others staying as they are scored, through the normalisation and the
tree that score (any depth, floors, max and min). A subject's pressure never falls when that of an indicator
rises, so the crossing is found by narrowing: first in pressure, for all indicators at once, then in the
indicator's own value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from monitor.domain.normalisations.inverse import edge_distance, nearest_value
from monitor.domain.normalisations.normalise import normalise
from monitor.domain.scale import FULL, AlarmingEnd, Level, Scale
from monitor.domain.scoring.heat import heat_of
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.scoring.scores import Scores
from monitor.domain.scoring.tree import combine_tree
from monitor.domain.series import Bools, Floats, Ints
from monitor.domain.suggestions.settled_past import Past

LEAST_CHANGES = 8
# Twelve rounds of 33 points halve the span sixty times.
_ROUNDS, _POINTS = 12, 33
_STEP = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One indicator that can cross the edge alone: from `value` to `wanted`, in its own unit.

    `steps` is the change in distances between thresholds, `spreads` in standard deviations of the series'
    own past changes from period to period (None with fewer than 8, or where it never moved).
    """

    placement: str
    series: str
    value: float
    wanted: float
    pressure: float
    wanted_pressure: float
    heat: float
    steps: float
    spreads: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The next level one way: its name, the heat at its edge, and what can cross it alone, smallest first.

    Towards calm the heat must clear the edge by the scale's margin, and stay for `dwell` input periods.
    """

    level: str
    is_worse: bool
    edge: float
    must_clear: float
    dwell: int
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """A subject as it is scored at one moment."""

    model: Model
    scores: Scores
    spreads: Mapping[str, float]

    @property
    def pressures(self) -> Floats:
        return self.scores.placements.pressure[:, -1]


def crossings(
    model: Model, scores: Scores, *, level: str = "", spreads: Mapping[str, float] | None = None
) -> tuple[Crossing, ...]:
    """Return what would flip the level at the last moment scored, towards alarm and towards calm.

    `level` is the one in force (without it, or where it is none of the scale, that of the heat); `spreads`
    are by series key. Nothing where there is no heat; an end of the scale has no level beyond.
    """
    heat = float(scores.heat[-1])
    if np.isnan(heat):
        return ()
    state = _State(model=model, scores=scores, spreads=spreads or {})
    ladder = _from_calm(model.scale)
    names = [each.name for each in ladder]
    here = names.index(level) if level in names else names.index(model.scale.level_for(heat).name)
    found = []
    if here + 1 < len(ladder):
        found.append(_crossing(state, ladder[here + 1], is_worse=True))
    if here > 0:
        found.append(_crossing(state, ladder[here - 1], is_worse=False))
    return tuple(found)


def spread_of(past: Past) -> float | None:
    """Return the standard deviation of the changes from period to period; None where it cannot be told."""
    changes = np.diff(past.value)
    if len(changes) < LEAST_CHANGES:
        return None
    return float(np.std(changes)) or None


def _from_calm(scale: Scale) -> list[Level]:
    return sorted(scale.levels, key=lambda level: level.concern)


def _crossing(state: _State, level: Level, *, is_worse: bool) -> Crossing:
    scale = state.model.scale
    is_low = scale.alarming_end is AlarmingEnd.LOW
    edge = level.high if is_low is is_worse else level.low
    toward_calm = scale.margin if is_low else -scale.margin
    flips = _flips(state, edge, is_worse=is_worse)
    return Crossing(
        level=level.name,
        is_worse=is_worse,
        edge=edge,
        must_clear=edge if is_worse else edge + toward_calm,
        dwell=0 if is_worse else scale.dwell,
        flips=tuple(sorted(flips, key=lambda flip: (round(flip.steps, 9), flip.placement))),
    )


def has_crossed(scale: Scale, heat: Floats, edge: float, *, is_worse: bool) -> Bools:
    """Whether heats are across an edge: at it towards alarm, past it by the margin towards calm."""
    found: Bools
    if scale.alarming_end is AlarmingEnd.LOW:
        found = heat <= edge if is_worse else heat - scale.margin > edge
    else:
        found = heat >= edge if is_worse else heat + scale.margin < edge
    return found


def _flips(state: _State, edge: float, *, is_worse: bool) -> list[Flip]:
    places = np.flatnonzero(~np.isnan(state.pressures))
    end = FULL if is_worse else 0.0
    can = has_crossed(
        state.model.scale, _heat(state, places, np.full(len(places), end)), edge, is_worse=is_worse
    )
    able = places[can]

    def crosses(pressures: Floats) -> Bools:
        """Tell of placements x candidate pressures which cross."""
        owners = np.repeat(able, pressures.shape[1])
        heat = _heat(state, owners, pressures.ravel())
        return has_crossed(state.model.scale, heat, edge, is_worse=is_worse).reshape(pressures.shape)

    wanted = _least_pressures(crosses, state.pressures[able], end=end)
    found = (
        _flip(state, place, pressure, is_worse=is_worse)
        for place, pressure in zip(able.tolist(), wanted.tolist(), strict=True)
    )
    return [flip for flip in found if flip is not None]


def _least_pressures(crosses: Callable[[Floats], Bools], start: Floats, *, end: float) -> Floats:
    """Return how far each pressure must go towards `end`, the others staying; `end` is far enough for all.

    Each round tries a row of points between what does not cross and what does.
    """
    inside, outside = start.copy(), np.full(len(start), end)
    rows = np.arange(len(start))
    for _ in range(_ROUNDS if len(start) else 0):
        points = inside[:, None] + (outside - inside)[:, None] * np.linspace(0.0, 1.0, _POINTS)
        points[:, -1] = outside
        first = np.argmax(crosses(points), axis=1)
        inside, outside = points[rows, np.maximum(first - 1, 0)], points[rows, first]
    return outside


def _heat(state: _State, places: Ints, pressures: Floats) -> Floats:
    """Return the heat with one placement at another pressure, one moment a candidate."""
    table = np.repeat(state.pressures[:, None], len(places), axis=1)
    table[places, np.arange(len(places))] = pressures
    return heat_of(state.model.scale, combine_tree(state.model, table).pressure)


def _flip(state: _State, place: int, pressure: float, *, is_worse: bool) -> Flip | None:
    placed = state.model.placements[place]
    value = float(state.scores.placements.value[place, -1])
    wanted = nearest_value(
        placed.normalisation, start=value, pressure=pressure, is_worse=is_worse, words=placed.indicator.words
    )
    if wanted is None:
        return None
    there = np.array([wanted])
    reached = float(normalise(placed.normalisation, value=there, low=there, high=there).value[0])
    own = float(state.pressures[place])
    spread = state.spreads.get(placed.placement.series)
    return Flip(
        placement=placed.placement.slug,
        series=placed.placement.series,
        value=value,
        wanted=wanted,
        pressure=own,
        wanted_pressure=reached,
        heat=float(_heat(state, np.array([place]), np.array([reached]))[0]),
        steps=_steps(placed, abs(wanted - value), abs(reached - own)),
        spreads=None if spread is None else abs(wanted - value) / spread,
    )


def _steps(placed: Placed, change: float, pressure_change: float) -> float:
    distance = edge_distance(placed.normalisation)
    return pressure_change / _STEP if distance is None else change / distance
