"""A sudden change of layout: most steady series of one answer move by the same factor."""

import numpy as np
import pytest

from monitor.domain.gates import Gate, Limits, judge
from monitor.domain.layout_change import find_layout_change
from tests.domain.test_gates import WEEK, weeks
from tests.factories import NOW, a_reading

STEADY = (100, 104, 98, 101, 103)
KEYS = [f"price:town-{number}" for number in range(5)]


def told_by(values):
    return {key: [a_reading(value, series=key)] for key, value in values.items()}


def found(values, past=STEADY, **pasts):
    known = {key: weeks(*pasts.get(key, past)) for key in values}
    return find_layout_change(told_by(values), known)


def moved(factors, **pasts):
    return found({key: 103.0 * factor for key, factor in zip(KEYS, factors, strict=False)}, **pasts)


def test_one_factor_for_most_is_a_change_and_says_how_many():
    change = moved([1000, 1010, 990, 1, 1000])
    assert change.reason == (
        "4 of 5 steady series were multiplied by about 1\N{NARROW NO-BREAK SPACE}000 at once: "
        "a unit or a column of the source has changed"
    )
    assert change.moved == set(KEYS) - {KEYS[3]}
    assert change.holds(KEYS[0])
    assert not change.holds(KEYS[3])


def test_it_may_be_divided_too():
    assert "divided by about 2.2 at once" in moved([1 / 2.2, 1 / 2.21, 1 / 2.19]).reason


@pytest.mark.parametrize(
    "factors",
    [
        [1.02, 0.98, 1.01, 1.0, 1.03],
        [3.0, 5.0, 9.0, 1.0, 20.0],
        [1000, 1000, 1, 1],
        [1.4, 1.4, 1.4, 1.4],
        [2.2, 2.2],
        [40.0],
        [-1.0, -1.0, -1.0, -1.0],
        [0.0, 0.0, 0.0, 0.0],
        [float("inf")] * 4,
        [],
    ],
)
def test_own_movements_a_half_too_few_and_what_has_no_factor_are_none(factors):
    assert moved(factors) is None


@pytest.mark.parametrize("factor", [100.0, 1000.0, 0.001, 1_000_000.0, 96.0])
def test_one_series_alone_is_enough_where_the_factor_is_that_of_a_unit(factor):
    assert moved([factor]) is not None


@pytest.mark.parametrize("past", [(100, 103, 101), (1, 40, 300, 2, 90), (-1, 1, 2, 3), (0, 0, 0, 0), ()])
def test_a_series_without_a_steady_past_tells_nothing(past):
    assert found({KEYS[0]: 100_000.0}, past=past) is None


def test_an_unsteady_series_that_moved_with_the_steady_ones_waits_with_them():
    values = dict(zip(KEYS, (103_000, 103_000, 103_000, 150_000, 103), strict=True))
    change = found(values, **{KEYS[3]: (50, 400, 90, 120, 100), KEYS[4]: (50, 400, 90, 120, 100)})
    assert change.moved == set(KEYS[:4])


def test_a_series_below_zero_may_be_steady_and_huge_factors_have_words():
    assert found({KEYS[0]: -103_000.0}, past=[-value for value in STEADY]) is not None
    tiny = [1e-300 * value for value in STEADY]
    assert "multiplied by about 1" in found(dict.fromkeys(KEYS, 1e300), past=tiny).reason


def test_a_whole_history_that_is_rewritten_is_measured_period_by_period():
    told = {
        key: [a_reading(103.0 * 1000, series=key, ends=NOW - back * WEEK) for back in range(1, 4)]
        for key in KEYS
    }
    change = find_layout_change(told, {key: weeks(*STEADY) for key in KEYS})
    assert change.moved == set(KEYS)


def test_the_gate_holds_what_moved_and_lets_withdrawals_and_the_rest_through():
    readings = [
        *(a_reading(103.0 * 1000, series=key) for key in KEYS[:4]),
        a_reading(None, series=KEYS[0], ends=NOW - WEEK),
        a_reading(102.0, series=KEYS[4]),
    ]
    judgement = judge(
        readings,
        limits=dict.fromkeys(KEYS, Limits()),
        past={key: weeks(*STEADY) for key in KEYS},
        now=NOW,
    )
    assert {each.gate for each in judgement.quarantined} == {Gate.LAYOUT}
    assert [each.reading.series for each in judgement.quarantined] == KEYS[:4]
    assert judgement.accepted == (readings[4], readings[5])


def test_the_past_has_what_it_is_given():
    past = weeks(*STEADY)
    assert past.before(int(past.end[0])) is None
    assert past.before(int(past.end[-1])) == (int(past.end[-2]), 101.0)
    assert np.isnan(past.low).all()
