"""Transforms carry a value and its bounds, tolerate gaps, and some move with time (heat.md 2)."""

import numpy as np
import pytest

from monitor.domain.indicator import Transform
from monitor.domain.transforms.comparison import base_span
from monitor.domain.transforms.transform import check_transform, is_time_dependent
from tests.domain.vectors import DAY, at_end, chain, columns, daily, indicator, row


def months(*values, **given):
    return columns(*(row(30 * number, value, length=30, **given) for number, value in enumerate(values)))


def test_identity_keeps_value_and_bounds():
    assert at_end(columns(row(0, 5, low=4, high=7)), ("identity", {})) == (5, 4, 7)


def test_percent_change_combines_opposite_ends():
    rows = columns(row(0, 100, low=90, high=110, length=30), row(30, 150, low=140, high=160, length=30))
    assert at_end(rows, ("percent_change", {"window_days": 30})) == pytest.approx(
        (50, 27.27, 77.78), abs=0.01
    )


def test_percent_change_takes_the_period_nearest_the_windows_start():
    assert at_end(months(100, 120, 180), ("percent_change", {"window_days": 31}))[0] == pytest.approx(50)
    assert at_end(months(100, 120, 180), ("percent_change", {"window_days": 58}))[0] == pytest.approx(80)


@pytest.mark.parametrize("rows", [months(100), months(0, 150), columns(row(0, 5), row(200, 9))])
def test_percent_change_is_missing_without_an_earlier_value_above_zero(rows):
    assert np.isnan(at_end(rows, ("percent_change", {"window_days": 30}))[0])


def test_percent_change_passes_over_a_day_of_nothing_within_half_a_window():
    rows = columns(row(0, 50), row(1, 0), row(3, 60))
    assert at_end(rows, ("percent_change", {"window_days": 2}))[0] == pytest.approx(20)
    assert np.isnan(
        at_end(columns(row(0, 0), row(1, 0), row(3, 60)), ("percent_change", {"window_days": 2}))[0]
    )


def test_percent_change_is_unbounded_where_the_earlier_value_may_be_zero():
    rows = columns(row(0, 100, low=0, high=110), row(1, 150))
    assert at_end(rows, ("percent_change", {"window_days": 1})) == (50, -np.inf, np.inf)


def test_index_is_percent_of_the_base_period():
    rows = columns(row(0, 50), row(31, 100, low=80, high=100), row(60, 500))
    assert at_end(rows, ("index", {"base_period": "1970-02"})) == pytest.approx((500, 500, 625))


def test_index_is_missing_before_its_base():
    rows = columns(row(0, 50), row(31, 100))
    assert np.isnan(at_end(rows, ("index", {"base_period": "1970-02"}), place=0)[0])


@pytest.mark.parametrize(
    "text,first,last",
    [("1971", 365, 730), ("1970-02", 31, 59), ("1970-12", 334, 365), ("1970-01-05", 4, 5)],
)
def test_a_base_period_is_a_year_a_month_or_a_day(text, first, last):
    assert base_span(text) == (first * DAY, last * DAY)


def test_a_rolling_sum_takes_the_periods_in_the_window():
    assert at_end(months(1, 2, 3, 4), ("rolling_sum", {"window_days": 90}))[0] == 9


def test_a_rolling_sum_of_a_year_of_months_holds_twelve_in_a_leap_year():
    starts = np.arange("1971-03", "1972-04", dtype="datetime64[M]").astype("datetime64[D]").astype(int)
    ends = np.arange("1971-04", "1972-05", dtype="datetime64[M]").astype("datetime64[D]").astype(int)
    rows = columns(*(row(int(s), 1, length=int(e - s)) for s, e in zip(starts, ends, strict=True)))
    for place in (-2, -1):
        assert at_end(rows, ("rolling_sum", {"window_days": 365}), place=place)[0] == 12


def test_a_month_stays_while_the_newest_is_fresh_and_leaves_after():
    steps = ("rolling_sum", {"window_days": 90})
    assert at_end(months(1, 2, 3), steps, day=100)[0] == 6
    assert at_end(months(1, 2, 3), steps, day=116)[0] == 5


def test_a_lag_of_its_own_slides_the_window_at_once():
    steps = ("rolling_sum", {"window_days": 90, "lag_days": 0})
    assert at_end(months(1, 2, 3), steps, day=116)[0] == 5
    assert at_end(months(1, 2, 3), steps, day=106)[0] == 5


def test_the_newest_period_never_leaves_the_window():
    assert at_end(months(1, 2, 3), ("rolling_sum", {"window_days": 90}), day=9999)[0] == 3


def test_a_rolling_sum_adds_bounds_and_leaves_gaps_out():
    rows = columns(row(0, 1, low=0, high=2), row(2, 3, low=3, high=5))
    assert at_end(rows, ("rolling_sum", {"window_days": 10})) == (4, 3, 7)


def test_a_rolling_mean_divides_by_the_values_there_are():
    steps = ("log1p", {}), ("rolling_mean", {"window_days": 10})
    assert at_end(daily(0, -5, np.e - 1), *steps)[0] == pytest.approx(0.5)


def test_annualise_scales_to_a_year():
    assert at_end(columns(row(0, 2, low=1, length=73.05)), ("annualise", {})) == pytest.approx((10, 5, 10))


def test_log1p_is_missing_at_minus_one():
    assert at_end(daily(np.e - 1), ("log1p", {}))[0] == pytest.approx(1)
    assert np.isnan(at_end(daily(-1), ("log1p", {}))[0])


def test_winsorise_clips():
    assert at_end(columns(row(0, 5, low=-9, high=99)), ("winsorise", {"low": 0, "high": 10})) == (5, 0, 10)


def test_decay_halves_every_half_life_and_not_before_the_end():
    steps = ("decay", {"half_life_days": 10})
    assert at_end(daily(80), steps, day=0.5)[0] == 80
    assert at_end(daily(80), steps, day=11)[0] == 40
    assert at_end(daily(80), steps, ("winsorise", {"low": 0, "high": 30}), day=21)[0] == 20


def test_step_maps_words_and_bounds_every_step_touched():
    steps = ("step", {"map": {"0": 10, "1": 90, "2": 30}})
    assert at_end(columns(row(0, 1, low=0, high=2)), steps) == (90, 10, 90)
    assert at_end(daily(-3), steps)[0] == 10


def test_only_decay_and_windows_move_with_time():
    moving = {"decay": {"half_life_days": 1}, "rolling_sum": {"window_days": 1}, "weeks_above_baseline": {}}
    assert all(is_time_dependent(indicator("a", transforms=chain(step))) for step in moving.items())
    still = {"per_capita": {"series": "b"}, "log1p": {}, "boxcox": {"lambda": 1}, "record_high": {"days": 9}}
    assert not any(is_time_dependent(indicator("a", transforms=chain(step))) for step in still.items())


@pytest.mark.parametrize(
    "name,parameters,message",
    [
        ("smooth", {}, "unknown transform 'smooth'"),
        ("decay", {}, "decay needs half_life_days"),
        ("decay", {"half_life_days": 0}, "decay half_life_days: expected a number of days above 0"),
        ("log1p", {"base": 2}, "log1p has no parameter 'base'"),
        (
            "rolling_sum",
            {"window_days": 9, "lag_days": -1},
            "rolling_sum lag_days: expected a number of days, 0",
        ),
        ("winsorise", {"low": "0", "high": 1}, "winsorise low: expected a number"),
        ("winsorise", {"low": True, "high": 1}, "winsorise low: expected a number"),
        ("winsorise", {"low": float("inf"), "high": 1}, "winsorise low: expected a number"),
        ("winsorise", {"low": 1, "high": 1}, "winsorise low: low is not below high"),
        ("log_ct", {"low": 2, "high": 1}, "log_ct low: low is not below high"),
        ("boxcox", {}, "boxcox needs lambda"),
        ("weeks_above_baseline", {"sd": 0}, "weeks_above_baseline sd: expected a number above 0"),
        ("weeks_above_baseline", {"window": 5}, "weeks_above_baseline has no parameter 'window'"),
        ("record_high", {"days": 0}, "record_high days: expected a number of days above 0"),
        ("index", {"base_period": "August"}, "index base_period: expected a period such as 2025-08"),
        ("index", {"base_period": 2025}, "index base_period: expected a period such as 2025-08"),
        ("step", {"map": {}}, "step map: expected a table of numbers"),
        ("step", {"map": {"x": 1}}, "step map: expected a table of numbers"),
        ("step", {"map": [1]}, "step map: expected a table of numbers"),
        ("step", {"map": {"1": "a"}}, "step map: expected a table of numbers"),
    ],
)
def test_a_faulty_transform_is_named(name, parameters, message):
    found = check_transform(Transform(name=name, parameters=parameters))
    assert len(found) == 1
    assert found[0].startswith(message)


def test_a_sound_transform_has_no_fault():
    assert check_transform(Transform(name="index", parameters={"base_period": "2025-08"})) == []
    assert check_transform(Transform(name="boxcox", parameters={"lambda": -0.5})) == []
    assert check_transform(Transform(name="weeks_above_baseline")) == []
    assert check_transform(Transform(name="log_ct", parameters={"low": 0, "high": 9})) == []
    assert check_transform(Transform(name="step", parameters={"map": {"0": 1}})) == []
