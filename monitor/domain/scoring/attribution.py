"""Attribution: how much of a group's change each member accounts for, in closed form (heat.md 7, 2 and 3)."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.scale import FULL
from monitor.domain.scoring.aggregate import EXTREMES, Mean, add_up, mean_of
from monitor.domain.scoring.envelope import entry_shares, line_shares, peak_shares
from monitor.domain.series import Bools, Floats
from monitor.domain.subject import Aggregation, Side

# Terms that offset each other inside a group may count up to so many points together.
MOST_POINTS = 1000.0
# Below this part of the larger one a difference is taken for its limit, the slope.
SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members x moments of one group at one state: pressures, weights (0: absent) and their result.

    An absent member has its pressure of the other state, so that coming and going is weight alone.
    """

    pressures: Floats
    weights: Floats
    result: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The result changes by multiplier x the member's change of pressure, plus `entry` for its weight."""

    multiplier: Floats
    entry: Floats


def shares(aggregation: Aggregation, before: Group, after: Group) -> Shares:
    """Attribute a change; members' multiplier x change + entry add up to the change of the result."""
    if aggregation.method in EXTREMES:
        found = _extreme_shares(aggregation, before, after)
    elif aggregation.of is Side.PRESSURE:
        found = _mean_shares(mean_of(aggregation), before, after)
    else:
        found = _mean_shares(mean_of(aggregation), _turned(before), _turned(after))
        found = Shares(multiplier=found.multiplier, entry=-found.entry)
    return _balanced(found, before, after)


def multipliers_from_zero(aggregation: Aggregation, group: Group) -> Floats:
    """Return what each point of pressure counts on the way from no pressure at all to this state."""
    nothing = Group(
        pressures=np.zeros_like(group.pressures), weights=group.weights, result=np.zeros_like(group.result)
    )
    if aggregation.method not in EXTREMES:
        return shares(aggregation, nothing, group).multiplier
    is_worst = (aggregation.method == "max") is (aggregation.of is Side.PRESSURE)
    sign = 1.0 if is_worst else -1.0
    held = peak_shares(np.where(group.weights > 0, sign * group.pressures, -np.inf))
    return _balanced(Shares(multiplier=held, entry=np.zeros_like(held)), nothing, group).multiplier


def passed_on(factor: float, parts: Floats, *, net: float) -> Floats:
    """Return the factor by which each part of a group's change counts further up; together factor x net.

    That is `factor` for all, so that offsetting parts stay visible. Only near a pole, where a group that
    barely moves (a minimum from 0 to 0.001) counts by its logarithm, parts that all but cancel would count
    millions: beyond MOST_POINTS the rest goes to the parts in the direction of the net change, by size.
    """
    reach = abs(factor) * float(np.sum(np.abs(parts)))
    if reach <= MOST_POINTS:
        return np.full(len(parts), factor)
    kept, toward = MOST_POINTS / reach, parts * net > 0
    whole = float(np.sum(parts[toward])) or 1.0
    return factor * (kept + (1 - kept) * np.where(toward, net / whole, 0.0))


def _balanced(found: Shares, before: Group, after: Group) -> Shares:
    """Spread what rounding left over (1e-14 or so) by size, since a pole further up the tree magnifies it."""
    part = found.multiplier * (after.pressures - before.pressures) + found.entry
    size = add_up(np.abs(part), after.result)
    left = after.result - before.result - add_up(part, after.result)
    factor = 1 + np.sign(part) * left / np.where(size > 0, size, 1.0)
    return Shares(multiplier=found.multiplier * factor, entry=found.entry * factor)


def _turned(group: Group) -> Group:
    return Group(pressures=FULL - group.pressures, weights=group.weights, result=FULL - group.result)


def _extreme_shares(aggregation: Aggregation, before: Group, after: Group) -> Shares:
    """Attribute through max, or through min as the max of the complements; one moment only."""
    is_max = (aggregation.method == "max") is (aggregation.of is Side.PRESSURE)
    first, last = (before, after) if is_max else (_turned(before), _turned(after))
    was, now = first.pressures[:, 0], last.pressures[:, 0]
    was_in, now_in = first.weights[:, 0] > 0, last.weights[:, 0] > 0
    multiplier = (line_shares(was, now, was_in) + line_shares(was, now, now_in)) / 2
    entry = (entry_shares(was, was_in, now_in) + entry_shares(now, was_in, now_in)) / 2
    return Shares(multiplier=multiplier[:, None], entry=(entry if is_max else -entry)[:, None])


def _mean_shares(mean: Mean, before: Group, after: Group) -> Shares:
    """Attribute through a mean by dG = sum(Wbar dg + dW (gbar - Gbar)) / Dbar and df = K dG."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        g_before, g_after = mean.g(before.pressures), mean.g(after.pressures)
    pole_before = ~np.isfinite(g_before) & (before.weights > 0)
    pole_after = ~np.isfinite(g_after) & (after.weights > 0)
    has_pole = np.any(pole_before | pole_after, axis=0)
    smooth = _smooth_shares(mean, before, after, _finite(g_before), _finite(g_after))
    pole = _pole_shares(before, after, pole_before != pole_after)
    return Shares(
        multiplier=np.where(has_pole, pole.multiplier, smooth.multiplier),
        entry=np.where(has_pole, pole.entry, smooth.entry),
    )


def _smooth_shares(mean: Mean, before: Group, after: Group, g_before: Floats, g_after: Floats) -> Shares:
    whole_before, whole_after = (add_up(group.weights, group.result) for group in (before, after))
    weight, whole = (before.weights + after.weights) / 2, (whole_before + whole_after) / 2
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean_before = add_up(before.weights * g_before, whole) / whole_before
        mean_after = add_up(after.weights * g_after, whole) / whole_after
        distance = (g_before + g_after) / 2 - (mean_before + mean_after) / 2
        pull = (after.weights - before.weights) * distance / whole
        moved = weight * (g_after - g_before) / whole
        change = add_up(moved + pull, whole)
        scale = np.maximum(np.abs(mean_before), np.abs(mean_after))
        limit = 1 / mean.slope((before.result + after.result) / 2)
        factor = np.where(np.abs(change) <= SAME * scale, limit, (after.result - before.result) / change)
        secant = _secant(mean, before.pressures, after.pressures, g_after - g_before)
        return Shares(multiplier=_finite(factor * weight * secant / whole), entry=_finite(factor * pull))


def _secant(mean: Mean, before: Floats, after: Floats, rise: Floats) -> Floats:
    """Return dg/dp between two pressures, and the slope where they are the same."""
    run = after - before
    is_same = np.abs(run) <= SAME * np.maximum(before, after)
    return np.where(is_same, mean.slope((before + after) / 2), rise / run)


def _pole_shares(before: Group, after: Group, crossed: Bools) -> Shares:
    """Share a change to or from a pole among the inputs that reach or leave it, by weight."""
    weight = np.where(crossed, (before.weights + after.weights) / 2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = _finite(weight / add_up(weight, after.result)) * (after.result - before.result)
        run = after.pressures - before.pressures
        multiplier = _finite(change / run)
    return Shares(multiplier=multiplier, entry=np.where(run == 0, change, 0.0))


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)
