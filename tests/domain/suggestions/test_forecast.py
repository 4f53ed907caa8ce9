"""Forecasts: honest intervals, measured coverage, nothing but what was known, silence where too short."""

import numpy as np
import pytest

from monitor.domain.indicator import Indicator
from monitor.domain.suggestions.forecast import LEAST_VALUES, Forecast, NoForecast, bounds, forecast
from monitor.domain.suggestions.smoothing import Method
from tests.domain.months import month, month_start, months
from tests.domain.vectors import DAY, chain, columns, indicator

SLOW = indicator(settles_after_days=10, decimals=6)


def noise(count, *, seed=1, level=100.0, sd=10.0):
    return np.random.default_rng(seed).normal(level, sd, count)


def foreseen(values, *, of=SLOW, at=None, **given):
    return forecast(
        of, months(*values), at=month_start(len(values)) + 15 * DAY if at is None else at, **given
    )


def test_noise_is_forecast_by_its_level_with_intervals_that_hold_as_often_as_they_say():
    held, of = 0, 0
    for seed in range(8):
        found = foreseen(noise(90, seed=seed))
        assert found.ahead[0].middle == pytest.approx(100, abs=12)
        held += found.wide_coverage.held
        of += found.wide_coverage.of
    assert 0.78 <= held / of <= 0.9


def test_the_intervals_hold_values_that_came_later():
    held = 0
    for seed in range(50):
        values = noise(61, seed=seed)
        first = foreseen(values[:60]).ahead[0]
        held += first.wide[0] <= values[60] <= first.wide[1]
    assert 35 <= held <= 48


def test_a_trend_is_followed_and_the_middle_lies_inside():
    found = foreseen(np.arange(60.0) * 5 + noise(60, level=50, sd=1))
    assert found.method is Method.DAMPED_TREND
    assert len(found.ahead) == 6
    for each in found.ahead:
        assert each.wide[0] <= each.narrow[0] <= each.middle <= each.narrow[1] <= each.wide[1]
    assert found.ahead[0].middle == pytest.approx(350, abs=6)


def test_seasons_are_found_with_three_of_them():
    values = 100 + 40 * np.sin(2 * np.pi * np.arange(96) / 12) + noise(96, level=0, sd=1)
    found = foreseen(values)
    assert (found.method, found.season) == (Method.SEASONAL, 12)
    assert found.ahead[2].middle == pytest.approx(100 + 40 * np.sin(2 * np.pi * 98 / 12), abs=4)


def test_what_is_never_negative_is_not_forecast_below_zero():
    values = np.random.default_rng(5).poisson(2, 80).astype(float)
    assert all(each.wide[0] >= 0 for each in foreseen(values).ahead)


def test_what_goes_below_zero_may():
    assert foreseen(noise(60, level=0)).ahead[0].wide[0] < 0


def test_intervals_are_rounded_outwards_to_the_decimals_shown():
    whole = foreseen(noise(60), of=indicator(decimals=0)).ahead[0]
    fine = foreseen(noise(60), of=indicator(decimals=6)).ahead[0]
    assert whole.wide == (np.floor(fine.wide[0]), np.ceil(fine.wide[1]))


def test_the_periods_ahead_follow_the_last_settled_one():
    values = noise(60)
    found = foreseen(values)
    assert (found.since, found.origin) == (month_start(0), month_start(60))
    assert [(each.start, each.end) for each in found.ahead[:2]] == [
        (month_start(60), month_start(61)), (month_start(61), month_start(62)),
    ]  # fmt: skip


def test_a_month_that_has_not_settled_is_forecast_not_used():
    values = noise(60)
    early = foreseen([*values, 0.0], at=month_start(61) + 9 * DAY)
    assert early.origin == month_start(60)
    assert early.ahead == foreseen(values).ahead


def test_a_later_revision_changes_no_earlier_forecast():
    values = noise(60)
    rows = [month(number, value) for number, value in enumerate(values)]
    at = month_start(60) + 15 * DAY
    plain = forecast(SLOW, columns(*rows), at=at)
    revised = forecast(
        SLOW, columns(*rows, *(month(number, 900.0, known=70) for number in range(50, 60))), at=at
    )
    assert plain.ahead == revised.ahead


def test_past_forecasts_are_checked_as_they_were_made_against_what_came_true():
    """Month 50 was revised beyond all measure, but only lately: forecasts of then had not seen it."""
    values = noise(60)
    rows = [month(number, value) for number, value in enumerate(values)]
    at = month_start(60) + 15 * DAY
    plain = forecast(SLOW, columns(*rows), at=at).ahead
    revised = forecast(SLOW, columns(*rows, month(50, 5000.0, known=59)), at=at).ahead
    lost = [was.wide_coverage.held - now.wide_coverage.held for was, now in zip(plain, revised, strict=True)]
    assert [each.wide_coverage.of for each in revised] == [each.wide_coverage.of for each in plain]
    assert set(lost) <= {0, 1}
    assert sum(lost) >= 4


def test_a_history_that_came_all_at_once_has_no_past_forecast_to_check():
    rows = columns(*(month(number, value, known=59) for number, value in enumerate(noise(60))))
    found = forecast(SLOW, rows, at=month_start(60) + 15 * DAY)
    assert "too few of its past forecasts" in found.reason


def test_values_taken_back_for_a_while_leave_an_origin_too_short():
    rows = [month(number, value) for number, value in enumerate(noise(60))]
    rows[3:3] = [month(2, np.nan, known=2, lag=20), month(2, 99.0, known=14)]
    found = forecast(SLOW, columns(*rows), at=month_start(60) + 15 * DAY)
    assert found.ahead[0].wide_coverage.of < foreseen(noise(60)).ahead[0].wide_coverage.of


def test_gaps_are_bridged():
    values = list(noise(70))
    values[30] = values[41] = None
    assert isinstance(foreseen(values), Forecast)


def test_the_last_value_may_stand_before_a_gap_in_what_was_known():
    rows = [month(number, value) for number, value in enumerate(noise(60))]
    rows[40] = month(40, 90.0, known=44)
    assert isinstance(forecast(SLOW, columns(*rows), at=month_start(60) + 15 * DAY), Forecast)


@pytest.mark.parametrize(
    "values,of,said",
    [
        (noise(LEAST_VALUES - 1), SLOW, f"needs {LEAST_VALUES}"),
        ([], SLOW, "has 0 settled values"),
        ([3.0] * 60, SLOW, "all the same"),
        (noise(60), indicator(words={"open": 0, "shut": 1}), "a state is not smoothed"),
    ],
    ids=["short", "empty", "flat", "states"],
)
def test_where_nothing_can_be_foreseen_it_says_why(values, of, said):
    found = foreseen(values, of=of)
    assert isinstance(found, NoForecast)
    assert said in found.reason


def test_periods_as_they_come_are_not_forecast():
    lengths = np.cumsum(np.random.default_rng(2).integers(1, 90, 60))
    rows = columns(*(month(0, 1.0) | {
        "period_start": int(day) * DAY, "period_end": int(day + 1) * DAY, "known_at": int(day + 1) * DAY,
        "value": float(day % 7),
    } for day in lengths))  # fmt: skip
    assert "evenly" in forecast(SLOW, rows, at=10**9).reason


def test_with_just_enough_values_only_as_far_as_can_be_checked():
    values = noise(LEAST_VALUES)
    assert len(foreseen(values).ahead) == 1
    assert foreseen(values).ahead[0].wide_coverage.of == 10
    assert len(foreseen(noise(LEAST_VALUES + 3)).ahead) < 4


def test_many_gaps_leave_too_little_to_check():
    values = list(noise(LEAST_VALUES + 9))
    for number in (13, 16, 19, 22, 25, 28, 31, 34, 37):
        values[number] = None
    found = foreseen(values)
    assert isinstance(found, NoForecast)
    assert "too few" in found.reason


def test_a_long_daily_history_is_cut_to_its_recent_part():
    rows = columns(*(month(0, 1.0) | {
        "period_start": day * DAY, "period_end": (day + 1) * DAY, "known_at": (day + 1) * DAY, "value": value,
    } for day, value in enumerate(noise(900))))  # fmt: skip
    found = forecast(indicator(), rows, at=900 * DAY)
    assert (found.count, found.season, found.since) == (400, 7, 500 * DAY)
    assert found.ahead[0].wide_coverage.of <= 120


def test_the_indicator_is_forecast_in_its_own_unit():
    growth = indicator(transforms=chain(("percent_change", {"window_days": 31})), decimals=2)
    found = foreseen(100 * 1.1 ** np.arange(60.0) * np.exp(noise(60, level=0, sd=0.01)), of=growth)
    assert found.ahead[0].middle == pytest.approx(10, abs=3)


@pytest.mark.parametrize(
    "errors,share,expected",
    [(range(1, 10), 0.8, (1, 9)), (range(1, 20), 0.8, (2, 18)), (range(1, 9), 0.8, None), ([], 0.5, None)],
)
def test_bounds_are_order_statistics_rounded_outwards(errors, share, expected):
    assert bounds(np.array([*errors, np.nan], dtype=float), share) == expected


def test_a_forecast_is_no_column_and_can_never_score():
    assert not {"value", "known_at", "seq"} & set(Forecast.__dataclass_fields__)
    named = {name for name in Indicator.__annotations__ if "forecast" in name}
    assert named == {"is_forecast"}, "which keeps an indicator out of every score; see test_heat"


def test_a_series_that_only_grew_is_forecast_as_if_read_again_at_every_origin(monkeypatch):
    quick = foreseen(noise(70))
    monkeypatch.setattr("monitor.domain.suggestions.forecast.was_never_revised", lambda columns: False)
    slow = foreseen(noise(70))
    assert quick.ahead == slow.ahead
    assert np.array_equal(quick.paths, slow.paths, equal_nan=True)
