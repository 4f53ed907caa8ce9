"""What would flip the level: the change told crosses on the path that scores, and nothing less does."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.domain.scale import RISK, STANDING
from monitor.domain.subject import Floor
from monitor.domain.suggestions.flip import crossings, has_crossed, spread_of
from monitor.domain.suggestions.settled_past import Past
from tests.domain.vectors import DAY, daily, data, flat, indicator, model, score_days, steps, thresholds


def flips(a_model, its_data, **given):
    """What crosses towards alarm and towards calm, by the word of the direction."""
    found = crossings(a_model, score_days(a_model, its_data, 1), **given)
    return {"worse" if each.is_worse else "better": each for each in found}


def named(crossing):
    return [(flip.series.partition(":")[0], pytest.approx(flip.wanted)) for flip in crossing.flips]


def test_the_heaviest_indicator_needs_the_smallest_change():
    found = flips(flat(a=3, b=1), data(a=daily(50), b=daily(50)))
    worse = found["worse"]
    assert (worse.level, worse.edge, worse.must_clear) == ("Burning", 60, 60)
    assert named(worse) == [("a", 50 + 40 / 3), ("b", 90)]
    assert worse.flips[0].heat == pytest.approx(60)
    assert worse.flips[0].steps == pytest.approx(40 / 3 / 25)


def test_towards_calm_the_margin_must_be_cleared_and_it_must_stay():
    better = flips(flat(a=1, b=1), data(a=daily(50), b=daily(50)))["better"]
    assert (better.level, better.edge, better.must_clear, better.dwell) == ("Simmering", 40, 38, 2)
    assert named(better) == [("a", 26), ("b", 26)]
    assert all(flip.heat + 2 < 40 for flip in better.flips)


def test_a_standing_alarms_downwards():
    found = flips(model({"d": {"a": 1}}, scale="standing"), data(a=daily(50)))
    assert (found["worse"].level, found["worse"].edge, named(found["worse"])) == ("Cool", 40, [("a", 60)])
    assert (found["better"].level, found["better"].must_clear) == ("Warm", 62)
    assert named(found["better"]) == [("a", 38)]


def test_where_no_single_indicator_can_there_is_none():
    found = flips(flat(a=1, b=1, c=1), data(a=daily(45), b=daily(45), c=daily(45)))
    assert found["worse"].flips
    low = flips(flat(a=1, b=1, c=1, d=1, e=1, f=1), {f"{name}:mali": daily(42) for name in "abcdef"})
    assert low["worse"].flips == ()


def test_an_end_of_the_scale_has_nothing_beyond():
    assert set(flips(flat(a=1), data(a=daily(100)))) == {"better"}
    assert set(flips(flat(a=1), data(a=daily(0)))) == {"worse"}


def test_no_heat_flips_nothing():
    assert crossings(flat(a=1), score_days(flat(a=1), {}, 1)) == ()


def test_the_level_in_force_counts_not_that_of_the_heat():
    """Held at Heated though heat is back at 39: it must still go below 38."""
    found = flips(flat(a=1), data(a=daily(39)), level="Heated")
    assert (found["worse"].level, found["better"].level) == ("Burning", "Simmering")
    assert named(found["better"]) == [("a", 38)]
    assert flips(flat(a=1), data(a=daily(39)), level="Unknown")["worse"].level == "Heated"


def test_what_was_never_observed_cannot_be_moved():
    found = flips(flat(a=1, b=1), data(a=daily(50)))
    assert [flip.series for flip in found["worse"].flips] == ["a:mali"]


def test_a_floor_may_be_what_is_crossed():
    a_model = model(
        {"d": {"a": 1, "b": 9}}, floors=(Floor(placement="d/a:mali", pressure=70.0, reaches=80.0),)
    )
    worse = flips(a_model, data(a=daily(50), b=daily(50)))["worse"]
    assert named(worse)[0] == ("b", pytest.approx(61.111, abs=1e-3))
    assert named(worse)[1] == ("a", 80)
    assert worse.flips[1].heat == 70


def test_a_floor_that_holds_leaves_only_its_own_indicator_towards_calm():
    a_model = model(
        {"d": {"a": 1, "b": 1}}, floors=(Floor(placement="d/a:mali", pressure=70.0, reaches=80.0),)
    )
    better = flips(a_model, data(a=daily(90), b=daily(10)))["better"]
    assert [flip.series for flip in better.flips] == ["a:mali"]
    assert better.flips[0].wanted == pytest.approx(80)
    assert better.flips[0].heat == pytest.approx(45)


def test_through_a_maximum_each_can_alone_towards_alarm_and_only_the_highest_towards_calm():
    tree = model({"d": {"a": 1, "b": 1, "method": "max"}})
    found = flips(tree, data(a=daily(50), b=daily(30)))
    assert named(found["worse"]) == [("a", 60), ("b", 60)]
    assert named(found["better"]) == [("a", 38)]


def test_a_deep_tree_is_walked_to_its_end():
    tree = model({"top": {}, "middle": {"a": 1}, "low": {"b": 1}}, parents={"middle": "top", "low": "middle"})
    found = flips(tree, data(a=daily(50), b=daily(50)))
    assert sorted(flip.series for flip in found["worse"].flips) == ["a:mali", "b:mali"]
    assert [flip.wanted for flip in found["worse"].flips] == pytest.approx([70, 70])


def test_states_are_told_in_their_own_values():
    court = indicator(
        "court", normalisation=steps((0, 0), (1, 50), (2, 100)), words={"sits": 0, "cut": 1, "gone": 2}
    )
    found = flips(model({"d": {"court": 1}}, indicators=[court]), data(court=daily(1)))
    assert (found["worse"].flips[0].wanted, found["worse"].flips[0].steps) == (2, 2)
    assert found["better"].flips[0].wanted == 0


def test_a_state_that_cannot_reach_the_pressure_is_left_out():
    court = indicator("court", normalisation=steps((0, 0), (1, 50)), words={"sits": 0, "cut": 1})
    found = flips(model({"d": {"court": 1}}, indicators=[court]), data(court=daily(1)))
    assert found["worse"].flips == ()


def test_a_change_is_also_told_in_its_own_past_spread():
    found = flips(flat(a=1, b=1), data(a=daily(50), b=daily(50)), spreads={"a:mali": 5.0})["worse"]
    by_name = {flip.series: flip.spreads for flip in found.flips}
    assert by_name == {"a:mali": pytest.approx(4), "b:mali": None}


@pytest.mark.parametrize("values,expected", [(range(8), None), ([1.0] * 20, None), ([0, 2] * 10, 1.9972299)])
def test_the_spread_is_that_of_the_changes(values, expected):
    days = np.arange(len(list(values)))
    past = Past(start=days * DAY, end=(days + 1) * DAY, value=np.array(list(values), dtype=float))
    assert spread_of(past) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    "scale,heat,edge,is_worse,expected",
    [
        (RISK, 60, 60, True, True), (RISK, 38, 40, False, False), (RISK, 37.9, 40, False, True),
        (STANDING, 40, 40, True, True), (STANDING, 62, 60, False, False), (STANDING, 62.1, 60, False, True),
    ],
)  # fmt: skip
def test_edges_belong_to_the_alarming_side(scale, heat, edge, is_worse, expected):
    assert has_crossed(scale, np.array([heat]), edge, is_worse=is_worse)[0] == expected


METHODS = ("arithmetic", "geometric", "harmonic", "worst_dominates", "max", "min")


@given(
    st.lists(st.floats(1, 99), min_size=2, max_size=5),
    st.lists(st.floats(0.1, 9), min_size=5, max_size=5),
    st.sampled_from(METHODS),
    st.sampled_from(METHODS),
    st.sampled_from(["risk", "standing"]),
    st.sampled_from(["pressure", "strength"]),
)
def test_the_value_told_crosses_when_it_is_scored_and_a_little_less_does_not(
    values, weights, inner, outer, scale, side
):
    names = "abcde"[: len(values)]
    others = dict(zip(names[1:], weights[1:], strict=False))
    own = {name: thresholds(0, 10, 50, 80, 100) for name in names}
    tree = model(
        {"d": {"a": weights[0], "method": inner}, "e": others | {"method": inner}},
        method=outer, of=side, scale=scale, normalisations=own,
    )  # fmt: skip
    its_data = data(**{name: daily(value) for name, value in zip(names, values, strict=True)})
    found = flips(tree, its_data)
    assume(found)
    for crossing in found.values():
        for flip in crossing.flips:
            name = flip.series.partition(":")[0]

            def heat(value, name=name):
                return score_days(tree, its_data | data(**{name: daily(value)}), 1).heat

            def crosses(value, crossing=crossing, heat=heat):
                return has_crossed(tree.scale, heat(value), crossing.edge, is_worse=crossing.is_worse)[0]

            assert crosses(flip.wanted)
            assert heat(flip.wanted)[0] == pytest.approx(flip.heat, abs=1e-9)
            less = flip.value + (flip.wanted - flip.value) * (1 - 1e-6)
            assert abs(flip.wanted - flip.value) < 1e-6 or not crosses(less)
