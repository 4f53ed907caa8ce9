"""Quality gates: what of a harvest passes, and what waits, with the figures in the reason."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.clock import epoch
from monitor.domain.gates import Gate, Judgement, Limits, judge, limits_of
from monitor.domain.indicator import Transform
from monitor.domain.past import Past
from tests.factories import DEATHS, FUEL, NOW, a_reading, an_indicator

WEEK = timedelta(days=7)
BEFORE = "against the value before (to 23 November 2025)"
PERCENT = "\N{NO-BREAK SPACE}%"


def judged(*readings, limits=None, past=None, now=NOW, **asked):
    return judge(readings, limits=limits or {FUEL: Limits(**asked)}, past=past or {}, now=now)


def told(judgement):
    return [(each.gate, each.reason) for each in judgement.quarantined]


def weeks(*values, ends=NOW - WEEK):
    """The past of a weekly series whose last period ends then."""
    last = epoch(ends)
    ends_at = np.array([last - 7 * 86_400 * back for back in range(len(values))][::-1], dtype=np.int64)
    none = np.full(len(values), np.nan)
    return Past(
        start=ends_at - 7 * 86_400, end=ends_at, value=np.array(values, dtype=float), low=none, high=none
    )


def test_what_asks_nothing_lets_everything_through_in_order():
    readings = [a_reading(5e9), a_reading(-3.0, ends=NOW - WEEK), a_reading(None, ends=NOW - 2 * WEEK)]
    assert judged(*readings) == Judgement(accepted=tuple(readings))


def test_a_series_that_is_not_there_is_named():
    readings = (a_reading(1.0, series="fuel-price:bamkao"), a_reading(1.0, series="fuel price"))
    assert told(judged(*readings)) == [
        (Gate.UNKNOWN_SERIES, "there is no series fuel-price:bamkao"),
        (Gate.UNKNOWN_SERIES, "a series is written indicator:unit, not 'fuel price'"),
    ]


@pytest.mark.parametrize(
    "value,reason",
    [
        (9.9, "9.9 is below 10, the least that is plausible"),
        (875_000.0, "875\N{NARROW NO-BREAK SPACE}000 is above 500, the most that is plausible"),
        (float("inf"), "inf is no number that can be scored"),
    ],
)
def test_a_value_outside_the_plausible_range_waits(value, reason):
    assert told(judged(a_reading(value), low=10, high=500)) == [(Gate.RANGE, reason)]


@pytest.mark.parametrize("value", [10.0, 500.0])
def test_the_ends_of_the_range_are_plausible(value):
    assert not judged(a_reading(value), low=10, high=500).quarantined


def test_bounds_are_held_to_the_range_too():
    assert told(judged(a_reading(20.0, low=3.0), low=10, high=500)) == [
        (Gate.RANGE, "its low of 3 is below 10, the least that is plausible")
    ]
    assert told(judged(a_reading(20.0, high=501.0), low=10, high=500)) == [
        (Gate.RANGE, "its high of 501 is above 500, the most that is plausible")
    ]


def test_a_period_that_begins_in_the_future_waits_and_ten_minutes_are_forgiven():
    late = a_reading(1.0, ends=NOW + WEEK + timedelta(minutes=11))
    assert told(judged(late)) == [
        (Gate.FUTURE, "its period begins on 30 November 2025, in the future, and this is no forecast")
    ]
    assert not judged(a_reading(1.0, ends=NOW + WEEK + timedelta(minutes=10))).quarantined
    assert not judged(late, is_forecast=True).quarantined


def test_an_indicator_of_forecasts_may_have_periods_to_come():
    assert [limits_of(an_indicator(is_forecast=each)).is_forecast for each in (True, False)] == [True, False]


@pytest.mark.parametrize(
    "stated,expected,passes",
    [("kg", "t", False), (" Kg ", "kg", True), ("", "t", True), ("kg", "", True)],
)
def test_a_unit_that_is_stated_must_be_the_one_expected(stated, expected, passes):
    found = judged(a_reading(1.0, unit=stated), unit=expected)
    assert told(found) == ([] if passes else [(Gate.UNIT, "given in kg, expected in t")])


def test_the_unit_of_values_before_transforms_is_known_only_where_it_is_said():
    moved = (Transform(name="rolling_sum", parameters={"days": 30}),)
    assert limits_of(an_indicator()).unit == "index"
    assert limits_of(an_indicator(transforms=moved)).unit == ""
    assert limits_of(an_indicator(transforms=moved, source_unit="litres")).unit == "litres"


def test_a_step_is_measured_from_the_value_before():
    past = {FUEL: weeks(100, 110)}
    assert told(judged(a_reading(200.0), past=past, step=80)) == [(
        Gate.STEP,
        f"from 110 to 200 is a step of 90, more than the 80 allowed, {BEFORE}",
    )]  # fmt: skip
    assert told(judged(a_reading(220.0), past=past, step_percent=50)) == [(
        Gate.STEP,
        f"from 110 to 220 is a step of 100{PERCENT}, more than the 50{PERCENT} allowed, {BEFORE}",
    )]  # fmt: skip
    assert not judged(a_reading(165.0), past=past, step=55, step_percent=50).quarantined


def test_nothing_is_a_percentage_of_zero():
    assert not judged(a_reading(5.0), past={FUEL: weeks(0)}, step_percent=10).quarantined


def test_a_revision_is_measured_from_the_old_value_of_its_period():
    found = judged(a_reading(160.0), past={FUEL: weeks(150, 110, ends=NOW)}, step=40)
    assert told(found) == [(
        Gate.STEP,
        "from 110 to 160 is a step of 50, more than the 40 allowed, against what was known of this period",
    )]  # fmt: skip
    assert not judged(a_reading(149.0), past={FUEL: weeks(150, 110, ends=NOW)}, step=40).quarantined


def test_the_spike_waits_and_the_return_to_what_was_passes():
    spike, back = a_reading(900.0, ends=NOW - WEEK), a_reading(112.0)
    found = judged(back, spike, past={FUEL: weeks(110, ends=NOW - 2 * WEEK)}, step=50)
    assert found.accepted == (back,)
    assert [each.reading for each in found.quarantined] == [spike]


def test_a_history_is_measured_step_by_step_whatever_its_order():
    readings = [a_reading(100.0 + 40 * back, ends=NOW - back * WEEK) for back in range(5)]
    assert judged(*readings, step=50).accepted == tuple(readings)


def test_the_newer_of_what_is_stored_and_what_passed_is_the_value_before():
    past = {FUEL: weeks(100, 110, ends=NOW - 2 * WEEK)}
    assert not judged(a_reading(150.0, ends=NOW - WEEK), a_reading(190.0), past=past, step=45).quarantined
    older = a_reading(90.0, ends=NOW - 4 * WEEK)
    assert judged(older, a_reading(190.0), past=past, step=45).accepted == (older,)


def test_a_withdrawal_passes_and_no_step_is_taken_from_it():
    readings = (a_reading(None, ends=NOW - WEEK), a_reading(115.0))
    assert not judged(*readings, past={FUEL: weeks(100, 110)}, step=50, low=1, high=200).quarantined


def test_a_vintage_is_measured_from_the_vintage_before():
    first = a_reading(100.0, known_at=NOW - WEEK)
    second = a_reading(300.0)
    found = judged(second, first, step=50)
    assert found.accepted == (first,)
    assert found.quarantined[0].reason == (
        "from 100 to 300 is a step of 200, more than the 50 allowed, against what was known of this period"
    )


def test_values_that_disagree_in_one_answer_all_wait():
    readings = (
        a_reading(12.0),
        a_reading(15.0, low=14.0, high=16.0),
        a_reading(None),
        a_reading(1.0, days=1),
    )
    found = judged(*readings)
    assert found.accepted == (readings[3],)
    assert {each.reason for each in found.quarantined} == {
        "one answer gives this period as 12 and as 15 (14 to 16) and as withdrawn"
    }
    assert {each.gate for each in found.quarantined} == {Gate.DUPLICATE}


def test_the_same_twice_is_no_disagreement():
    assert len(judged(a_reading(12.0), a_reading(12.0)).accepted) == 2


def test_what_is_in_force_already_passes_whatever_is_asked_now():
    past = {FUEL: weeks(100, 900, ends=NOW)}
    again = a_reading(900.0)
    assert judged(again, past=past, high=500, step=50).accepted == (again,)


def test_another_series_has_its_own_limits():
    limits = {FUEL: Limits(high=500), DEATHS: Limits(high=5000)}
    found = judged(a_reading(600.0), a_reading(600.0, series=DEATHS), limits=limits)
    assert [each.reading.series for each in found.quarantined] == [FUEL]


values = st.one_of(st.none(), st.floats(allow_nan=False))
some_readings = st.lists(
    st.builds(
        lambda value, back, key, late: a_reading(
            value, ends=NOW + back * WEEK, series=key, known_at=NOW + late * WEEK
        ),
        values, st.integers(-6, 3), st.sampled_from([FUEL, DEATHS, "no-such:place", "none"]),
        st.integers(0, 1),
    ),
    max_size=12,
)  # fmt: skip
limit = st.one_of(st.none(), st.floats(min_value=0.001, max_value=1e6))
some_limits = st.builds(
    Limits, low=limit, high=limit, step=limit, step_percent=limit, is_forecast=st.booleans()
)
some_past = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=8).map(
    lambda all_: weeks(*all_)
)


@given(some_readings, some_limits, some_past)
def test_every_reading_comes_out_once_and_no_reason_is_empty(readings, asked, past):
    found = judge(readings, limits={FUEL: asked, DEATHS: Limits()}, past={FUEL: past}, now=NOW)
    out = [id(each) for each in found.accepted] + [id(each.reading) for each in found.quarantined]
    assert sorted(out) == sorted(id(each) for each in readings)
    assert all(each.reason for each in found.quarantined)


@given(some_readings, some_limits)
def test_what_passed_keeps_to_the_range_and_lies_not_in_the_future(readings, asked):
    found = judge(readings, limits={FUEL: asked, DEATHS: asked}, past={}, now=NOW)
    for each in found.accepted:
        if each.value is None:
            continue
        assert asked.low is None or each.value >= asked.low
        assert asked.high is None or each.value <= asked.high
        assert asked.is_forecast or each.period_start <= NOW + timedelta(minutes=10)


@given(some_readings, some_limits, some_past)
def test_what_passed_passes_again_on_its_own(readings, asked, past):
    once = judge(readings, limits={FUEL: asked, DEATHS: asked}, past={FUEL: past}, now=NOW)
    again = judge(once.accepted, limits={FUEL: asked, DEATHS: asked}, past={FUEL: past}, now=NOW)
    assert not [each for each in again.quarantined if each.gate not in {Gate.STEP, Gate.LAYOUT}]
