"""Trees of any depth: who combines whom, effective weights, points, coverage and floors (heat.md 4 and 5)."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.domain.errors import InvalidInput
from monitor.domain.scale import RISK
from monitor.domain.scoring.heat import Floor, compile_model
from monitor.domain.scoring.hierarchy import circle_of, hierarchy_of, parents_of
from monitor.domain.scoring.tree import lifting_floor
from monitor.domain.subject import Driver
from tests.domain.trees import generator, observations, plan, seeded
from tests.domain.vectors import daily, data, indicator, model, score_days

# hazard: natural (a, b) and human (c), beside its own x; capacity: y; nothing below empty.
LEVELS = {
    "hazard": {"x": 2, "method": "max"},
    "natural": {"a": 1, "b": 3},
    "human": {"c": 1},
    "capacity": {"y": 1},
    "empty": {},
}
PARENTS = {"natural": "hazard", "human": "hazard", "empty": "human"}
WEIGHTS = {"hazard": 2.0, "natural": 1.0, "human": 3.0, "empty": 5.0}
VALUES = data(a=daily(20), b=daily(60), c=daily(70), x=daily(10), y=daily(40))


def index(**given):
    return model(LEVELS, parents=PARENTS, driver_weights=WEIGHTS, **given)


def test_drivers_are_combined_from_the_bottom_up():
    scores = score_days(index(), VALUES, 1)
    hazard, natural, human, capacity, empty = scores.drivers.pressure[:, 0].tolist()
    assert (natural, human, hazard, capacity) == (50, 70, 70, 40)
    assert np.isnan(empty)
    assert scores.pressure[0] == pytest.approx((2 * 70 + 40) / 3)


def test_a_driver_combines_its_placements_and_then_its_drivers_by_weight():
    tree = {**LEVELS, "hazard": {"x": 2}}
    scores = score_days(model(tree, parents=PARENTS, driver_weights=WEIGHTS), VALUES, 1)
    assert scores.drivers.pressure[0, 0] == pytest.approx((2 * 10 + 1 * 50 + 3 * 70) / 6)


def test_effective_weights_are_products_of_shares_along_the_path():
    weights = dict(zip("xabcy", index().effective_weights.tolist(), strict=True))
    hazard = 2 / 3
    assert weights == pytest.approx(
        {"x": hazard * 2 / 6, "a": hazard / 6 / 4, "b": hazard / 6 * 3 / 4, "c": hazard * 3 / 6, "y": 1 / 3}
    )


def test_a_drivers_coverage_is_taken_over_all_below_it():
    seen = {key: columns for key, columns in VALUES.items() if key != "b:mali"}
    scores = score_days(index(), seen, 1)
    hazard, natural, human, capacity, empty = scores.drivers.coverage[:, 0].tolist()
    assert (natural, human, capacity, empty) == (0.25, 1, 1, 0)
    assert hazard == pytest.approx(1 - 1 / 6 * 3 / 4)
    assert scores.coverage[0] == pytest.approx(1 - 2 / 3 / 6 * 3 / 4)


def test_points_multiply_up_the_tree():
    tree = {**LEVELS, "hazard": {"x": 2}}
    scores = score_days(model(tree, parents=PARENTS, driver_weights=WEIGHTS), VALUES, 1)
    taken = scores.placements.points[:, 0]
    assert taken.sum() == pytest.approx(scores.raw_pressure[0])
    assert taken.tolist() == pytest.approx((score_weights(tree) * scores.placements.pressure[:, 0]).tolist())


def score_weights(tree):
    return model(tree, parents=PARENTS, driver_weights=WEIGHTS).effective_weights


@seeded(150)
def test_points_add_up_to_the_raw_pressure_at_any_depth(seed):
    rng = generator(seed)
    tree = plan(rng)
    scores = score_days(tree.model, observations(rng, tree), 0, 1, 2)
    taken = np.nansum(scores.placements.points, axis=0)
    assert taken == pytest.approx(np.nan_to_num(scores.raw_pressure), abs=1e-9)


@seeded(100)
def test_effective_weights_add_up_to_one(seed):
    assert plan(generator(seed)).model.effective_weights.sum() == pytest.approx(1)


def drivers(**parents):
    return [Driver(slug=slug, name=slug, weight=1, parent=parent) for slug, parent in parents.items()]


def test_parents_are_places_of_drivers():
    assert parents_of(drivers(a="c", b="", c="b")) == (2, -1, 1)


@pytest.mark.parametrize(
    "parents,said",
    [
        ({"a": "", "b": "x"}, "driver b: there is no driver x to lie under"),
        ({"a": "a"}, "driver a: lies under itself (a under a)"),
        ({"a": "", "b": "c", "c": "b"}, "driver b: lies under itself (b under c under b)"),
    ],
)
def test_a_driver_under_nothing_or_under_itself_is_refused(parents, said):
    with pytest.raises(InvalidInput) as caught:
        parents_of(drivers(**parents))
    assert str(caught.value) == said
    assert caught.value.field == "parent"


def test_a_way_into_a_circle_is_no_circle_of_its_own():
    assert circle_of("a", {"a": "b", "b": "c", "c": "b"}) == []


def test_a_model_of_drivers_in_a_circle_is_refused():
    with pytest.raises(InvalidInput, match="driver d: lies under itself"):
        model({"d": {"a": 1}, "e": {}}, parents={"d": "e", "e": "d"})


def test_a_hierarchy_knows_paths_and_all_that_lies_below():
    tree = hierarchy_of((2, -1, 1), (0, 1, 2, 0))
    assert tree.path(0) == (1, 2, 0)
    assert tree.below(0).tolist() == [0, 3]
    assert tree.below(2).tolist() == [0, 2, 3]
    assert tree.below(1).tolist() == [0, 1, 2, 3]
    assert tree.upward == (0, 2, 1)


FLOORS = (
    Floor(placement="d/a:mali", pressure=50, reaches=75),
    Floor(placement="d/a:mali", pressure=70),
    Floor(placement="d/b:mali", pressure=60, reaches=10),
)


def floored(*floors):
    return model({"d": {"a": 1, "b": 1, "c": 6}}, floors=floors)


def test_of_several_floors_the_highest_counts_and_is_named():
    its_data = data(a=daily(0, 80, 100, 100), b=daily(0, 0, 0, 20), c=daily(0, 0, 0, 100))
    scores = score_days(floored(*FLOORS), its_data, 1, 2, 3, 4)
    assert scores.raw_pressure.tolist() == [0, 10, 12.5, 90]
    assert scores.pressure.tolist() == [0, 50, 70, 90]
    assert scores.lifted_by.tolist() == [-1, 0, 1, -1]


def test_the_first_of_equal_floors_is_named():
    twins = (Floor(placement="d/a:mali", pressure=70), Floor(placement="d/b:mali", pressure=70))
    assert score_days(floored(*twins), data(a=daily(100), b=daily(100)), 1).lifted_by.tolist() == [-1]
    scores = score_days(floored(*twins), data(a=daily(100), b=daily(100), c=daily(0)), 1)
    assert (scores.pressure[0], scores.lifted_by[0]) == (70, 0)


def test_the_band_is_lifted_by_the_bounds_of_the_placement():
    scores = score_days(floored(FLOORS[1]), data(a=daily(90, low=80, high=100), b=daily(0), c=daily(0)), 1)
    assert (scores.heat_low[0], scores.heat[0], scores.heat_high[0]) == (10, 11.25, 70)


def test_no_data_is_no_heat_whatever_the_floors():
    scores = score_days(floored(*FLOORS), {}, 1)
    assert np.isnan(scores.pressure[0])
    assert scores.lifted_by.tolist() == [-1]


@pytest.mark.parametrize(
    "pressures,raw,found",
    [
        ({"d/a:mali": 100.0}, 20.0, 1),
        ({"d/a:mali": 80.0, "d/b:mali": 10.0}, 20.0, 2),
        ({"d/a:mali": 80.0}, 55.0, None),
        ({"d/a:mali": None}, 20.0, None),
    ],
)
def test_the_lifting_floor_is_found_from_stored_pressures_too(pressures, raw, found):
    assert lifting_floor(FLOORS, pressures, raw) is (None if found is None else FLOORS[found])


@pytest.mark.parametrize("given", [{"pressure": 0}, {"pressure": 101}, {"pressure": 70, "reaches": 0}])
def test_a_floor_that_lifts_nothing_or_is_never_reached_is_refused(given):
    with pytest.raises(ValueError, match="must be above 0 and at most 100"):
        Floor(placement="d/a:mali", **given)


def test_a_floor_of_no_placement_is_refused():
    base = floored()
    placements = [placed.placement for placed in base.placements][1:]
    subject = floored(FLOORS[0]).subject
    with pytest.raises(InvalidInput, match="its floor names d/a:mali, which is no placement of it") as caught:
        compile_model(subject, RISK, placements, {name: indicator(name) for name in "abc"})
    assert caught.value.field == "floors"


def test_a_floor_of_a_placement_that_does_not_apply_lifts_nothing():
    base = floored(FLOORS[1])
    placements = [placed.placement for placed in base.placements]
    placements[0] = replace(placements[0], not_applicable="no such thing here")
    tree = compile_model(base.subject, RISK, placements, {name: indicator(name) for name in "abc"})
    scores = score_days(tree, data(a=daily(100), b=daily(10), c=daily(10)), 1)
    assert (scores.pressure[0], scores.lifted_by[0]) == (10, -1)


def test_the_path_to_a_driver_is_by_slug():
    subject = index().subject
    assert subject.path_to("natural") == ("hazard", "natural")
    assert subject.path_to("capacity") == ("capacity",)
    assert subject.path_to("nowhere") == ()


def test_two_levels_have_the_bits_they_always_had():
    tree = model({"d": {"a": 0.1, "b": 0.3}, "e": {"c": 0.7}}, driver_weights={"d": 0.3, "e": 1.1})
    weights = tree.effective_weights.tolist()
    assert weights == [
        0.1 / (0.1 + 0.3) * 0.3 / (0.3 + 1.1),
        0.3 / (0.1 + 0.3) * 0.3 / (0.3 + 1.1),
        1.1 / (0.3 + 1.1),
    ]
