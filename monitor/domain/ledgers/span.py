"""A span: two states of one tree, and what each placement does to the subject (heat.md 7, 2 to 5)."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.scoring.aggregate import combine
from monitor.domain.scoring.attribution import Group, passed_on, shares
from monitor.domain.scoring.hierarchy import Hierarchy, Members, hierarchy_of
from monitor.domain.series import Floats
from monitor.domain.subject import Aggregation


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a tree is combined: methods, who lies under whom, and heat per pressure (1 or -1).

    `parents` is each driver's driver and `placed` each placement's (-1: the subject).
    """

    drivers: tuple[Aggregation, ...]
    subject: Aggregation
    sign: float
    parents: tuple[int, ...]
    placed: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Placements' pressures and weights and drivers' weights; NaN pressure and weight 0 where absent.

    Both states of a span list the same placements and drivers.
    """

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
    return _combined(form, hierarchy_of(form.parents, form.placed), state)


def attribute(form: Form, before: State, after: State) -> Attribution:
    """Attribute the change of the subject's pressure; both states have one.

    Multiplier x change, entries and driver entries add up to it. A driver that comes or goes keeps its
    pressure, and its term falls to the placements below it by weight.
    """
    return _Walk(form=form, before=before, after=after).attribution()


def _combined(form: Form, tree: Hierarchy, state: State) -> tuple[Floats, float]:
    drivers = np.full(len(form.drivers), np.nan)

    def combined(aggregation: Aggregation, members: Members) -> float:
        values = members.of(state.pressures, drivers)
        weights = members.of(state.weights, state.driver_weights)
        return float(combine(aggregation, values[:, None], weights[:, None])[0])

    for number in tree.upward:
        if len(tree.groups[number]):
            drivers[number] = combined(form.drivers[number], tree.groups[number])
    return drivers, combined(form.subject, tree.top)


class _Walk:
    """One attribution, from the subject down: what a group's change counts is shared among its members."""

    def __init__(self, *, form: Form, before: State, after: State) -> None:
        self.form, self.before, self.after = form, before, after
        self.tree = hierarchy_of(form.parents, form.placed)
        (self.was, self.raw_before), (self.now, self.raw_after) = (
            _combined(form, self.tree, state) for state in (before, after)
        )
        self.stays = ~np.isnan(self.was) & ~np.isnan(self.now)
        self.multiplier, self.entry = (np.zeros(len(form.placed)) for _ in range(2))
        self.factor, self.driver_entry = (np.zeros(len(form.drivers)) for _ in range(2))

    def attribution(self) -> Attribution:
        """Walk down every group, a driver after the one it lies under."""
        self._share(self.tree.top, self.form.subject, 1.0, (self.raw_before, self.raw_after))
        for number in reversed(self.tree.upward):
            if self.stays[number]:
                results = float(self.was[number]), float(self.now[number])
                members, method = self.tree.groups[number], self.form.drivers[number]
                self._share(members, method, float(self.factor[number]), results)
            elif self.driver_entry[number]:
                self._let_fall(number)
        return Attribution(multiplier=self.multiplier, entry=self.entry, driver_entry=self.driver_entry)

    def _share(
        self, members: Members, aggregation: Aggregation, factor: float, results: tuple[float, float]
    ) -> None:
        """Share what a group's change of pressure counts, `factor` a point, among its members."""
        was = members.of(self.before.pressures, self.was)
        now = members.of(self.after.pressures, self.now)
        before = _group(was, now, members.of(self.before.weights, self.before.driver_weights), results[0])
        after = _group(now, was, members.of(self.after.weights, self.after.driver_weights), results[1])
        found = shares(aggregation, before, after)
        multiplier, entry = found.multiplier[:, 0], found.entry[:, 0]
        moved = multiplier * (after.pressures - before.pressures)[:, 0]
        factors = passed_on(factor, np.concatenate([moved, entry]), net=results[1] - results[0])
        multiplier, entry = multiplier * factors[: len(was)], entry * factors[len(was) :]
        count = len(members.placements)
        self.multiplier[members.placements], self.factor[members.drivers] = np.split(multiplier, [count])
        self.entry[members.placements], self.driver_entry[members.drivers] = np.split(entry, [count])

    def _let_fall(self, number: int) -> None:
        """Pass what a driver's coming or going counts on to its members, by weight."""
        members = self.tree.groups[number]
        present = np.zeros(len(members))
        for state, drivers in ((self.before, self.was), (self.after, self.now)):
            is_absent = np.isnan(members.of(state.pressures, drivers))
            present += np.where(is_absent, 0.0, members.of(state.weights, state.driver_weights))
        terms = self.driver_entry[number] * present / np.cumsum(present)[-1]
        self.driver_entry[number] = 0.0
        count = len(members.placements)
        self.entry[members.placements], self.driver_entry[members.drivers] = np.split(terms, [count])


def _group(pressures: Floats, others: Floats, weights: Floats, result: float) -> Group:
    """One state of a group as a column; an absent member has its pressure of the other state."""
    there = np.where(np.isnan(pressures), others, pressures)
    return Group(
        pressures=np.where(np.isnan(there), 1.0, there)[:, None],
        weights=np.where(np.isnan(pressures), 0.0, weights)[:, None],
        result=np.array([result]),
    )
