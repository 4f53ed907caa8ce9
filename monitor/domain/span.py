"""A span: two states of one tree, and what each placement does to the subject (heat.md 7, 2 to 5)."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.aggregate import combine
from monitor.domain.attribution import Group, Shares, shares
from monitor.domain.series import Bools, Floats, Ints
from monitor.domain.subject import Aggregation


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a tree is combined: each driver's method, the subject's, and heat per pressure (1 or -1)."""

    drivers: tuple[Aggregation, ...]
    subject: Aggregation
    sign: float


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Placements' pressures and weights and drivers' weights; NaN pressure and weight 0 where absent.

    `driver_index` is each placement's driver; both states of a span list the same placements and drivers.
    """

    driver_index: Ints
    pressures: Floats
    weights: Floats
    driver_weights: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What changes do to the subject's pressure, in points.

    `multiplier` is per point of a placement's change, `entry` for its coming, going or weight, both one a
    placement; `driver_entry` is for a driver's weight, one a driver.
    """

    multiplier: Floats
    entry: Floats
    driver_entry: Floats


def tree_pressures(form: Form, state: State) -> tuple[Floats, float]:
    """Return the drivers' pressures and the subject's under a form; NaN where nothing is present."""
    drivers = np.full(len(form.drivers), np.nan)
    for number, aggregation in enumerate(form.drivers):
        own = state.driver_index == number
        if np.any(own):
            drivers[number] = combine(aggregation, state.pressures[own, None], state.weights[own, None])[0]
    subject = combine(form.subject, drivers[:, None], state.driver_weights[:, None])
    return drivers, float(subject[0])


def attribute(form: Form, before: State, after: State) -> Attribution:
    """Attribute the change of the subject's pressure; both states have one.

    Multiplier x change, entries and driver entries add up to it. A driver that comes or goes keeps its
    pressure, and its term falls to its placements by weight.
    """
    was, raw_before = tree_pressures(form, before)
    now, raw_after = tree_pressures(form, after)
    across = shares(
        form.subject,
        _group(was, now, before.driver_weights, raw_before),
        _group(now, was, after.driver_weights, raw_after),
    )
    multiplier, entry = np.zeros(len(before.pressures)), np.zeros(len(before.pressures))
    stays = ~np.isnan(was) & ~np.isnan(now)
    for number in range(len(form.drivers)):
        own = before.driver_index == number
        factor, own_entry = across.multiplier[number, 0], across.entry[number, 0]
        if stays[number]:
            within = _within(form.drivers[number], before, after, own, (was[number], now[number]))
            multiplier[own] = factor * within.multiplier[:, 0]
            entry[own] = factor * within.entry[:, 0]
        elif own_entry:
            entry[own] = own_entry * _part_of_driver(before, after, own)
    return Attribution(
        multiplier=multiplier, entry=entry, driver_entry=np.where(stays, across.entry[:, 0], 0.0)
    )


def _within(
    aggregation: Aggregation, before: State, after: State, own: Bools, results: tuple[float, float]
) -> Shares:
    was, now = before.pressures[own], after.pressures[own]
    return shares(
        aggregation,
        _group(was, now, before.weights[own], results[0]),
        _group(now, was, after.weights[own], results[1]),
    )


def _group(pressures: Floats, others: Floats, weights: Floats, result: float) -> Group:
    """One state of a group as a column; an absent member has its pressure of the other state."""
    there = np.where(np.isnan(pressures), others, pressures)
    return Group(
        pressures=np.where(np.isnan(there), 1.0, there)[:, None],
        weights=np.where(np.isnan(pressures), 0.0, weights)[:, None],
        result=np.array([result]),
    )


def _part_of_driver(before: State, after: State, own: Bools) -> Floats:
    """Return each placement's share of its driver's weight in the state that has the driver."""
    weights = [np.where(np.isnan(state.pressures[own]), 0.0, state.weights[own]) for state in (before, after)]
    present = weights[0] + weights[1]
    whole: float = np.cumsum(present)[-1]
    return present / whole
