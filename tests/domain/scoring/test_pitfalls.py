"""Defects of another index, as tests of ours (tradecraft.md 3): what must not happen here, and does there."""

import numpy as np
import pytest

from monitor.domain.ledgers.ledger import Moment, ledger
from monitor.domain.scale import RISK, UNKNOWN
from monitor.domain.scoring.heat import Floor
from monitor.domain.scoring.level import levels
from monitor.domain.scoring.momentum import momenta
from monitor.domain.scoring.tree import combine_tree
from tests.domain.trees import METHODS, generator, plan, seeded
from tests.domain.vectors import DAY, curve, daily, data, flat, model, score_days


@pytest.mark.parametrize("aggregation", METHODS, ids=lambda each: f"{each.method}-{each.of}-{each.power}")
def test_more_weight_on_the_worst_evidence_never_lowers_heat_anywhere_on_the_way(aggregation):
    """There: two protests count 43.7 at a multiplier of 0.69 and 11.2 at 0.70, where a logarithm sets in."""
    tree = model({"d": {"a": 1, "b": 1, "c": 1, "method": aggregation}})
    multipliers = np.linspace(0.1, 3, 300)
    weights = np.ones((3, len(multipliers)))
    weights[0] = multipliers
    found = combine_tree(tree, np.array([[90.0], [40.0], [20.0]]), weights=weights).raw
    assert (np.diff(found) >= -1e-9).all()


def test_more_protests_never_count_less_whatever_the_curve():
    """There the branch is chosen by the multiplier; here one line scores, and it is the line people see."""
    protests = curve((0, 0), (2, 12), (10, 45), (100, 100))
    tree = model({"d": {"a": 1}}, normalisations={"a": protests})
    found = [score_days(tree, data(a=daily(count)), 1).heat[0] for count in np.arange(0, 120, 0.5)]
    assert (np.diff(found) >= 0).all()


# A war input like Mali's: it blends to 52.5 and is published as 70, because travel is advised against.
WAR = {"conflict": {"a": 1, "b": 1}, "advisory": {"c": 1}}
TRAVEL = Floor(placement="advisory/c:mali", pressure=70)


def moving(floors=(TRAVEL,)):
    """Inputs move by 17 points over ten days below the floor."""
    its_data = data(a=daily(*np.linspace(30, 64, 10)), b=daily(*[10.0] * 10), c=daily(*[100.0] * 10))
    weights = {"conflict": 1.0, "advisory": 0.3}
    return model(WAR, floors=floors, driver_weights=weights), its_data


def test_a_floor_hides_no_movement():
    tree, its_data = moving()
    scores = score_days(tree, its_data, *range(1, 11))
    assert set(scores.pressure.tolist()) == {70}
    raw = scores.raw_pressure
    assert raw[-1] - raw[0] > 10
    assert (np.diff(raw) > 0).all()
    assert set(scores.lifted_by.tolist()) == {0}


def test_momentum_of_the_raw_value_moves_below_a_floor():
    tree, its_data = moving()
    scores = score_days(tree, its_data, *range(1, 11))
    week, _ = momenta(scores.at, scores.raw_pressure, now=10 * DAY)
    flat_week, _ = momenta(scores.at, scores.heat, now=10 * DAY)
    assert (flat_week.change, round(week.change, 2)) == (0, 10.17)


def test_the_ledger_says_what_moved_below_a_floor_and_what_the_floor_gave_back():
    tree, its_data = moving()
    found = ledger(
        Moment(model=tree, columns=its_data, at=DAY), Moment(model=tree, columns=its_data, at=10 * DAY)
    )
    sums = {str(cause): round(delta, 6) for cause, delta in found.by_cause().items()}
    assert found.delta_heat == 0
    assert sums == {"observation": 13.076923, "floor": -13.076923}


def test_no_data_is_unknown_and_not_low():
    """There a country without any data has 6 of 100, which reads as the lowest band."""
    scores = score_days(flat(a=1, b=1), {}, 1)
    assert np.isnan(scores.heat[0])
    assert levels(RISK, 0.6, scores).names == (UNKNOWN,)
    assert levels(RISK, 0.0, scores).names == (UNKNOWN,)


def test_what_is_not_observed_adds_no_share_of_calm():
    """One of two never seen: the heat is that of the other, and the level is Unknown."""
    scores = score_days(flat(a=1, b=1), data(a=daily(90)), 1)
    assert (scores.heat[0], scores.coverage[0]) == (90, 0.5)
    assert levels(RISK, 0.6, scores).names == (UNKNOWN,)


@seeded(200)
def test_heat_is_100_only_where_something_is(seed):
    """There the composite meets its cap far from the worst; here a mean of less than 100 is less than 100."""
    rng = generator(seed)
    tree = plan(rng, floors=False)
    found = rng.uniform(0, 99.9, (len(tree.placements), 1))
    assert combine_tree(tree.model, found).raw[0] <= 99.9 + 1e-9


@seeded(200)
def test_the_weights_that_people_see_are_the_weights_that_count(seed):
    """There boosts are added after the weighting, so that 0.4 and 0.6 are not the real weights."""
    rng = generator(seed)
    methods = [each for each in METHODS if each.method == "arithmetic"]
    tree = plan(rng, methods=methods, floors=False)
    found = rng.uniform(0, 100, (len(tree.placements), 1))
    expected = float(np.sum(tree.model.effective_weights * found[:, 0]))
    assert combine_tree(tree.model, found).raw[0] == pytest.approx(expected)
