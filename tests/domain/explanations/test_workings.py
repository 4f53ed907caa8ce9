"""Workings: what a transform, a normalisation and a mean did can be typed in, for every method."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.clock import DAY_SECONDS as DAY
from monitor.domain.explanations.reckoning import combined, normalised
from monitor.domain.normalisations.normalise import CURVES
from monitor.domain.normalisations.relative import Fit, RelativeNormalisation, Yardstick
from monitor.domain.scoring.aggregate import METHODS
from monitor.domain.subject import Aggregation, Side
from monitor.domain.transforms.transform import TRANSFORMS
from monitor.domain.transforms.working import workings
from tests.domain.explanations.typed import calculated, close
from tests.domain.vectors import (
    chain,
    columns,
    curve,
    daily,
    goalposts,
    indicator,
    row,
    steps,
    target_band,
    thresholds,
)  # fmt: skip

# ------------------------------------------------------------------------------------------ transforms


VALUES = (12.0, 15.0, 9.0, 22.0, 18.0, 31.0, 27.0, 16.0)


def worked(*chained, values=VALUES, at=None, others=None, **given):
    own = indicator("a", transforms=chain(*chained), **given)
    rows = daily(*values)
    moment = int(rows.period_end[-1]) if at is None else int(at * DAY)
    return workings(own, rows, row=len(rows) - 1, at=moment, others=others)


@pytest.mark.parametrize(
    "step",
    [
        ("identity", {}),
        ("percent_change", {"window_days": 3}),
        ("rolling_sum", {"window_days": 5}),
        ("rolling_mean", {"window_days": 4}),
        ("annualise", {}),
        ("log1p", {}),
        ("log_ct", {"low": 5, "high": 40}),
        ("boxcox", {"lambda": 0}),
        ("boxcox", {"lambda": 0.5}),
        ("decay", {"half_life_days": 3}),
    ],
)
def test_what_a_transform_did_can_be_typed_in(step):
    [found] = worked(step, at=10.5)
    assert found.before == 16.0
    assert calculated(found.formula) == close(found.after)


def test_a_chain_hands_each_result_on():
    first, second, third = worked(
        ("rolling_sum", {"window_days": 3}), ("percent_change", {"window_days": 1}), ("annualise", {})
    )
    assert (first.before, first.after) == (16.0, 31.0 + 27.0 + 16.0)
    assert second.before == first.after
    assert second.used[0].value == 18.0 + 31.0 + 27.0
    assert (third.before, third.after) == (second.after, close(second.after * 365.25))


def test_a_value_per_head_names_the_series_and_its_value():
    [found] = worked(
        ("per_capita", {"series": "people", "per": 100}), others={"people": daily(4.0, 8.0, first=0)}
    )
    [used] = found.used
    assert (used.series, used.value) == ("people", 8.0)
    assert calculated(found.formula) == close(found.after) == 200.0
    [early] = worked(("per_capita", {"series": "people"}), others={"people": daily(4.0, first=90)})
    [never] = worked(("per_capita", {"series": "people"}))
    for nothing in (early, never):
        assert (math.isnan(nothing.after), nothing.used) == (True, ())
        assert nothing.formula == "no value of people had begun by then"


def test_an_index_lists_the_values_of_its_base():
    [found] = worked(("index", {"base_period": "1970-01-03"}))
    assert [each.value for each in found.used] == [9.0]
    assert found.after == close(16.0 / 9.0 * 100)


def test_weeks_above_a_baseline_list_the_window():
    values = (*(float(4 + number % 3) for number in range(20)), 30.0)
    own = indicator("a", transforms=chain(("weeks_above_baseline", {"window_weeks": 20})), fresh_for_days=14,
                    expires_after_days=30)  # fmt: skip
    rows = columns(*(row(7 * number, value, length=7) for number, value in enumerate(values)))
    [found] = workings(own, rows, row=len(rows) - 1, at=int(rows.period_end[-1]))
    own_values = [each.value for each in found.used]
    edge = statistics.mean(own_values) + 2 * statistics.stdev(own_values)
    assert sum(each.weight for each in found.used if each.value > edge) == close(found.after) == 1.0


def test_a_record_names_the_last_value_as_high():
    [found] = worked(("record_high", {"days": 30}))
    assert [each.value for each in found.used] == [27.0]
    assert (8 * DAY - found.used[0].period_end) / DAY == close(found.after) == 1.0
    [never] = worked(("record_high", {"days": 30}), values=(1.0, 2.0, 3.0))
    assert (never.used, never.after) == ((), 3.0)


def test_clipping_and_steps_say_their_ends():
    [clipped] = worked(("winsorise", {"low": 0, "high": 10}))
    assert (clipped.after, clipped.formula) == (10.0, "16, at least 0 and at most 10")
    [stepped] = worked(("step", {"map": {"0": 5, "10": 60}}))
    assert (stepped.after, stepped.formula) == (60.0, "16 reaches the step 10")
    [below] = worked(("step", {"map": {"20": 5, "30": 60}}))
    assert (below.after, below.formula) == (5.0, "16 reaches the step 20")


def test_a_first_value_has_nothing_to_be_compared_with():
    [found] = worked(("percent_change", {"window_days": 3}), values=(5.0,))
    assert (math.isnan(found.after), found.used) == (True, ())
    assert "no earlier value" in found.formula


def test_every_transform_has_a_working():
    from monitor.domain.transforms import working

    assert set(working._WORKINGS) == set(TRANSFORMS)


# ------------------------------------------------------------------------------------------ normalisation


def relative(by, knots, *, is_higher_worse=True):
    from datetime import UTC, datetime

    fit = Fit(since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2021, 1, 1, tzinfo=UTC),
              fitted_at=datetime(2021, 1, 1, tzinfo=UTC), count=len(knots), knots=knots)  # fmt: skip
    return RelativeNormalisation(by=by, window_days=365, is_higher_worse=is_higher_worse, fit=fit)


LINES = {
    "thresholds": thresholds(100, 150, 250, 350, 500),
    "falling thresholds": thresholds(100, 80, 60, 40, 20),
    "goalposts": goalposts(20, 85),
    "log goalposts": goalposts(100, 75000, is_log=True),
    "curve": curve((0, 10), (50, 40), (100, 90)),
    "target band": target_band(0, 40, 60, 100),
    "percentile": relative(Yardstick.PERCENTILE, ((1.0, 0.0), (40.0, 50.0), (90.0, 100.0))),
}
ALL_METHODS = {each.method for each in LINES.values()} | {"steps"}


@given(name=st.sampled_from(sorted(LINES)), value=st.floats(-50, 90_000))
def test_a_pressure_follows_from_its_two_knots(name, value):
    found = normalised(LINES[name], value)
    assert found.pressure == float(CURVES[LINES[name].method](LINES[name]).pressure(np.array([value]))[0])
    if found.lower == found.upper:
        assert found.pressure == close(found.lower[1])
    else:
        assert calculated(found.formula) == close(found.pressure)
        assert found.lower[0] <= found.compared <= found.upper[0]


@pytest.mark.parametrize(
    "normalisation,value,reached",
    [
        (steps((0, 10), (5, 60)), 7.0, (5, 60)),
        (steps((0, 10), (5, 60)), -1.0, (0, 10)),
        (relative(Yardstick.RANK, ((1.0, 20.0), (2.0, 60.0), (3.0, 100.0))), 2.5, (2.0, 60.0)),
        (relative(Yardstick.RANK, ((1.0, 20.0), (2.0, 60.0), (3.0, 100.0))), 9.0, (3.0, 100.0)),
        (
            relative(Yardstick.RANK, ((1.0, 100.0), (2.0, 60.0), (3.0, 20.0)), is_higher_worse=False),
            1.5,
            (2.0, 60.0),
        ),
    ],
)
def test_a_step_is_named(normalisation, value, reached):
    found = normalised(normalisation, value)
    assert (found.lower, found.pressure) == (reached, reached[1])


@pytest.mark.parametrize("is_higher_worse,value", [(True, 0.5), (False, 9.0)])
def test_a_rank_no_worse_than_any_has_no_pressure(is_higher_worse, value):
    knots = ((1.0, 20.0), (2.0, 60.0), (3.0, 100.0))
    knots = knots if is_higher_worse else tuple((edge, 120 - pressure) for edge, pressure in knots)
    found = normalised(relative(Yardstick.RANK, knots, is_higher_worse=is_higher_worse), value)
    assert (found.pressure, found.lower[1]) == (0.0, 0.0)


def test_every_form_of_normalisation_is_written_out():
    assert set(CURVES) - {"unscored"} == ALL_METHODS


# ------------------------------------------------------------------------------------------ aggregation


@given(
    method=st.sampled_from(METHODS),
    of=st.sampled_from(Side),
    power=st.sampled_from([-2.0, 0.0, 0.5, 3.0]),
    members=st.lists(st.tuples(st.floats(1, 99), st.floats(0.1, 5)), min_size=1, max_size=6),
)
def test_a_mean_can_be_typed_in(method, of, power, members):
    from monitor.domain.scoring.aggregate import combine

    aggregation = Aggregation(method=method, of=of, power=power)
    pressures, weights = (np.array(part)[:, None] for part in zip(*members, strict=True))
    found = combined(aggregation, members, float(combine(aggregation, pressures, weights)[0]))
    if method in {"max", "min"} and len(members) == 1:
        formula = found.formula.replace("max(", "(").replace("min(", "(")
        assert calculated(formula) == close(found.pressure)
    else:
        assert calculated(found.formula) == pytest.approx(found.pressure, rel=1e-7, abs=1e-7)


def test_a_group_without_anything_seen_says_so():
    assert combined(Aggregation(), [], 0.0).formula == "no member was ever observed"
    many = combined(Aggregation(), [(50.0, 1.0)] * 61, 50.0)
    assert many.formula == "arithmetic mean of the 61 members below"
