"""Means and extremes keep the properties and vectors of heat.md 4 and 10."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.scoring.aggregate import check_aggregation, combine
from monitor.domain.subject import Aggregation, Side

KINDS = [
    Aggregation(method=method, of=of)
    for method in ("arithmetic", "geometric", "harmonic", "worst_dominates", "max", "min")
    for of in Side
] + [Aggregation(method="power", power=power) for power in (-1.5, 0.0, 2.0)]
kinds = st.sampled_from(KINDS)
pressures = st.lists(st.floats(0, 100), min_size=1, max_size=6)
weight = st.floats(0.1, 10)


def one(aggregation, values, weights=None):
    members = np.array(values, dtype=float)[:, None]
    own = np.ones(members.shape) if weights is None else np.array(weights, dtype=float)[:, None]
    return float(combine(aggregation, members, own)[0])


def by(method, *, of=Side.PRESSURE, power=1.0):
    return Aggregation(method=method, of=of, power=power)


@pytest.mark.parametrize(
    "aggregation,values,expected",
    [
        (by("worst_dominates"), (90, 20), 67.25),
        (by("arithmetic"), (90, 20), 55),
        (by("geometric"), (90, 20), 42.43),
        (by("geometric"), (30, 60, 40), 41.602),
        (by("geometric", of=Side.STRENGTH), (30, 60, 40), 44.822),
        (by("geometric"), (74, 66, 72), 70.58),
        (by("harmonic"), (30, 60), 40),
        (by("power", power=2.0), (30, 40), 35.355),
        (by("power", power=0.0), (20, 80), 40),
        (by("max"), (30, 60), 60),
        (by("min"), (30, 60), 30),
        (by("max", of=Side.STRENGTH), (30, 60), 30),
    ],
)
def test_a_method_gives_its_worked_value(aggregation, values, expected):
    assert one(aggregation, values) == pytest.approx(expected, abs=0.005)


def test_the_human_development_index_is_a_geometric_mean_of_strengths():
    life, income = (60 - 20) / (85 - 20), (np.log(2100) - np.log(100)) / (np.log(75_000) - np.log(100))
    school = 100 - one(by("arithmetic"), [100 - 100 * 7.0 / 18, 100 - 100 * 2.3 / 15])
    dimensions = [100 - 100 * life, 100 - school, 100 - 100 * income]
    index = (100 - one(by("geometric", of=Side.STRENGTH), dimensions)) / 100
    assert (life, school / 100, income) == pytest.approx((0.6154, 0.2711, 0.4599), abs=5e-5)
    assert index == pytest.approx(0.4249, abs=5e-5)


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_one_benign_zero_wipes_out_the_rest(method):
    assert one(by(method), [0, 90, 95]) == 0


@pytest.mark.parametrize("aggregation", KINDS)
def test_a_missing_member_leaves(aggregation):
    assert one(aggregation, [30, np.nan, 60]) == one(aggregation, [30, 60])


@pytest.mark.parametrize("aggregation", KINDS)
def test_nothing_observed_is_missing(aggregation):
    assert np.isnan(one(aggregation, [np.nan, np.nan]))


@given(kinds, st.floats(0, 100))
def test_a_single_input_returns_itself(aggregation, value):
    assert one(aggregation, [value]) == pytest.approx(value, abs=1e-12)


@given(kinds, pressures)
def test_the_result_lies_within_its_inputs(aggregation, values):
    assert min(values) - 1e-12 <= one(aggregation, values) <= max(values) + 1e-12


@given(kinds, pressures, st.data())
def test_a_worse_input_never_lowers_the_result(aggregation, values, data):
    place = data.draw(st.integers(0, len(values) - 1))
    worse = [*values]
    worse[place] = data.draw(st.floats(values[place], 100))
    assert one(aggregation, worse) >= one(aggregation, values) - 1e-9


@given(kinds, st.lists(st.tuples(st.floats(0, 100), weight), min_size=1, max_size=6), st.data(), weight)
def test_more_weight_on_a_worse_input_never_lowers_the_result(aggregation, members, data, more):
    values, weights = zip(*members, strict=True)
    before = one(aggregation, values, weights)
    place = data.draw(st.integers(0, len(values) - 1))
    heavier = [own + more * (number == place) for number, own in enumerate(weights)]
    change = one(aggregation, values, heavier) - before
    assert change * (1 if values[place] >= before else -1) >= -1e-9


@given(kinds, st.lists(st.tuples(st.floats(0, 100), weight), min_size=1, max_size=6), weight, st.randoms())
def test_neither_order_nor_scale_of_weights_matters(aggregation, members, factor, chance):
    values, weights = zip(*members, strict=True)
    shuffled = [*members]
    chance.shuffle(shuffled)
    mixed, own = zip(*shuffled, strict=True)
    scaled = [factor * each for each in own]
    assert one(aggregation, mixed, scaled) == pytest.approx(one(aggregation, values, weights), abs=1e-9)


@given(kinds, st.integers(1, 5), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_one_moment_has_the_same_bits_as_many(aggregation, members, moments, seed):
    values = np.random.default_rng(seed).uniform(0, 100, (members, moments))
    weights = np.arange(1.0, members + 1)[:, None]
    many = combine(aggregation, values, weights)
    each = [combine(aggregation, values[:, place : place + 1], weights)[0] for place in range(moments)]
    assert many.tolist() == each


def test_a_method_and_power_are_checked_by_name():
    assert check_aggregation(by("power", power=3.0)) == []
    assert "known: arithmetic" in check_aggregation(by("median"))[0]
    assert check_aggregation(by("power", power=np.inf)) == ["power must be a finite number"]
