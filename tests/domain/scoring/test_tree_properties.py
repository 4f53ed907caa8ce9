"""Whole trees keep the properties of heat.md 4: bounds, order, weights, bands, no jump, the same bits."""

from dataclasses import fields, replace

import numpy as np
import pytest

from monitor.domain.scoring.aggregate import EXTREMES, combine
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.tree import combine_tree
from monitor.domain.subject import Aggregation, Side
from tests.domain.trees import METHODS, WEIGHTS, generator, observations, pick, plan, seeded, value
from tests.domain.vectors import columns, row, score_days


def pressures(rng, tree, *, missing=0.2):
    """Pressures of a tree's placements at one moment, some never observed."""
    found = np.array([value(rng) for _ in tree.placements])
    return np.where(rng.random(len(found)) < missing, np.nan, found)[:, None]


def raw(model, its_pressures, **weights):
    return float(combine_tree(model, its_pressures, **weights).raw[0])


@seeded(400)
def test_heat_lies_within_the_pressures_below_it(seed):
    rng = generator(seed)
    tree = plan(rng, floors=False)
    found = pressures(rng, tree)
    result = raw(tree.model, found)
    assert np.isnan(result) == np.isnan(found).all()
    if not np.isnan(result):
        assert np.nanmin(found) - 1e-12 <= result <= np.nanmax(found) + 1e-12


@seeded(400)
def test_a_worse_value_never_lowers_heat(seed):
    rng = generator(seed)
    tree = plan(rng)
    found = pressures(rng, tree)
    worse = found.copy()
    place = int(rng.integers(len(found)))
    worse[place] = rng.uniform(np.nan_to_num(found[place]), 100)
    if not np.isnan(found[place, 0]):
        before, after = (combine_tree(tree.model, each).pressure[0] for each in (found, worse))
        assert after >= before - 1e-9


@seeded(400)
def test_more_weight_on_worse_evidence_never_lowers_heat(seed):
    """The weight of a member, placement or driver, that is worse than its group (and the other way round)."""
    rng = generator(seed)
    tree = plan(rng, floors=False)
    model, found = tree.model, pressures(rng, tree)
    combined = combine_tree(model, found)
    weights, across = model.weights[:, None].copy(), model.driver_weights[:, None].copy()
    if rng.random() < 0.5:
        place = int(rng.integers(len(weights)))
        weights[place] *= 3
        member, above = found[place, 0], model.hierarchy.placed[place]
    else:
        place = int(rng.integers(len(across)))
        across[place] *= 3
        member, above = combined.drivers[place, 0], model.hierarchy.parents[place]
    if np.isnan(member):
        return
    group = combined.raw[0] if above < 0 else combined.drivers[above, 0]
    change = raw(model, found, weights=weights, driver_weights=across) - combined.raw[0]
    assert change * (1 if member >= group else -1) >= -1e-9


def _scaled(value, factor):
    return replace(value, weight=factor * value.weight)


@seeded(300)
def test_neither_order_nor_scale_of_weights_matters(seed):
    rng = generator(seed)
    tree = plan(rng)
    found = pressures(rng, tree)
    order = rng.permutation(len(tree.placements))
    drivers = rng.permutation(len(tree.subject.drivers))
    factor = float(rng.uniform(0.01, 100))
    mixed = replace(
        tree,
        placements=tuple(_scaled(tree.placements[place], factor) for place in order),
        subject=replace(
            tree.subject,
            drivers=tuple(
                replace(d, weight=factor * d.weight) for d in (tree.subject.drivers[n] for n in drivers)
            ),
        ),
    )
    before, after = combine_tree(tree.model, found), combine_tree(mixed.model, found[order])
    # Near 0, taken as strength, 1e-14 of 100 is lost: a geometric mean above magnifies it.
    close = 1e-6 if np.any((found > 0) & (found < 1)) else 1e-9
    assert after.pressure == pytest.approx(before.pressure, abs=close, nan_ok=True)
    assert after.drivers[:, 0] == pytest.approx(before.drivers[drivers, 0], abs=close, nan_ok=True)


@seeded(300)
def test_a_small_step_of_an_input_never_makes_heat_jump(seed):
    """Also where two members are level, and beside every pole that the methods do not have."""
    rng = generator(seed)
    tree = plan(rng, floors=False)
    found = pressures(rng, tree)
    place = int(rng.integers(len(found)))
    step = found.copy()
    step[place] = np.clip(step[place] + pick(rng, (-1e-9, 1e-9)), 0, 100)
    before, after = raw(tree.model, found), raw(tree.model, step)
    methods = {tree.subject.aggregation.method, *(each.aggregation.method for each in tree.subject.drivers)}
    is_at_pole = not 1 < found[place, 0] < 99 and methods & {"geometric", "harmonic", "power"}
    assert np.isnan(before) or is_at_pole or abs(after - before) <= 1e-5


@pytest.mark.parametrize("weight", [0.01, 0.5, 3.0])
@pytest.mark.parametrize("step", [1e-3, 1e-6, 1e-12, 1e-100])
@pytest.mark.parametrize(
    "aggregation",
    [each for each in METHODS if each.method not in EXTREMES],
    ids=lambda each: f"{each.method}",
)
def test_at_a_pole_a_mean_leaves_it_by_a_root_and_not_by_a_jump(aggregation, step, weight):
    pole = 0.0 if aggregation.of is Side.PRESSURE else 100.0
    away = step if aggregation.of is Side.PRESSURE else -step
    others, weights = np.array([60.0, 95.0]), np.array([weight, 1.0, 1.0])[:, None]
    at, near = (
        combine(aggregation, np.array([first, *others])[:, None], weights)[0] for first in (pole, pole + away)
    )
    share = weight / (weight + 2)
    assert abs(near - at) <= 100 * (step / 100) ** min(share, 0.5 * share) + 1e-9


@pytest.mark.parametrize("of", list(Side))
@pytest.mark.parametrize("method,twin", [("arithmetic", 1.0), ("geometric", 0.0), ("harmonic", -1.0)])
@pytest.mark.parametrize("hair", [1e-2, 1e-3, 1e-6, 1e-9, 1e-15])
def test_a_power_that_nears_that_of_another_method_nears_its_value(method, twin, hair, of):
    members, weights = np.array([[20.0], [60.0], [95.0]]), np.array([[1.0], [2.0], [0.5]])
    exact = combine(Aggregation(method=method, of=of), members, weights)[0]
    for power in (twin - hair, twin + hair):
        near = combine(Aggregation(method="power", of=of, power=power), members, weights)[0]
        assert near == pytest.approx(exact, abs=20 * hair + 1e-12)


@pytest.mark.parametrize("power", [0.01, -0.01])
def test_both_forms_of_a_power_near_0_agree_where_they_meet(power):
    members = np.array([[0.0], [1e-9], [60.0], [95.0]])[1 if power < 0 else 0 :]
    near, beyond = (
        combine(Aggregation(method="power", power=each), members, np.ones((len(members), 1)))[0]
        for each in (power * (1 - 1e-12), power)
    )
    assert near == pytest.approx(beyond, rel=1e-9)


@seeded(300)
def test_the_true_value_anywhere_in_its_bounds_keeps_heat_inside_the_band(seed):
    rng = generator(seed)
    tree = plan(rng)
    names = [placement.series for placement in tree.placements]
    bounds = np.sort(rng.uniform(0, 100, (3, len(names))), axis=0)
    if rng.random() < 0.3:
        bounds[0] = 0.0
    low, middle, high = bounds
    truth = low + rng.uniform(0, 1, len(names)) * (high - low)
    said = {
        n: columns(row(0, m, low=lo, high=hi)) for n, m, lo, hi in zip(names, middle, low, high, strict=True)
    }
    true = {name: columns(row(0, float(each))) for name, each in zip(names, truth, strict=True)}
    band, exact = score_days(tree.model, said, 1), score_days(tree.model, true, 1)
    assert band.heat_low[0] - 1e-9 <= exact.heat[0] <= band.heat_high[0] + 1e-9
    assert band.heat_low[0] <= band.heat[0] <= band.heat_high[0]


def arrays(scores, place):
    """Every array of the scores at one moment."""
    for holder in (scores, scores.placements, scores.drivers):
        for each in fields(holder):
            values = getattr(holder, each.name)
            if isinstance(values, np.ndarray):
                yield each.name, values[..., place].tolist()


@seeded(80)
def test_one_moment_alone_has_the_same_bits_as_among_many(seed):
    rng = generator(seed)
    tree = plan(rng)
    its_data = observations(rng, tree)
    days = [0, 0.5, 1, 1.5, 2, 9, 40]
    together = score_days(tree.model, its_data, *days)
    for place, day in enumerate(days):
        alone = score_days(tree.model, its_data, day)
        for (name, one), (_, many) in zip(arrays(alone, 0), arrays(together, place), strict=True):
            assert np.array_equal(one, many, equal_nan=True), (name, day)


@seeded(60)
def test_weights_in_many_draws_have_the_same_bits_as_in_one(seed):
    rng = generator(seed)
    tree = plan(rng)
    model, found = tree.model, pressures(rng, tree)
    weights = np.array([[pick(rng, WEIGHTS) for _ in range(5)] for _ in tree.placements])
    many = combine_tree(model, found, weights=weights).raw
    each = [combine_tree(model, found, weights=weights[:, n : n + 1]).raw[0] for n in range(5)]
    assert np.array_equal(many, each, equal_nan=True)


def test_scoring_no_moment_at_all_is_possible():
    tree = plan(generator(1))
    assert score(tree.model, {}, at=np.array([], dtype=np.int64)).heat.tolist() == []
