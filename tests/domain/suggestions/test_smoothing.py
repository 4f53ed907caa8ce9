"""Exponential smoothing: statsmodels' own numbers, seasons, gaps, and many series at once."""

import numpy as np
import pytest

from monitor.domain.suggestions.smoothing import METHODS, Method, smooth

# Air passengers of Australia, millions, 1990 to 2004 (`ausair` in Hyndman and Athanasopoulos, "Forecasting:
# Principles and Practice"); expected values from statsmodels 0.15, begun at the first value, trend 0.
AIR = np.array([
    17.55, 21.86, 23.89, 26.93, 26.89, 28.83, 30.08, 30.95, 30.19, 31.58, 32.58, 33.48, 39.02, 41.39, 41.6,
])  # fmt: skip


def chosen(values, *, only, horizon=3, monkeypatch):
    """Smooth with one candidate."""
    monkeypatch.setattr("monitor.domain.suggestions.smoothing._PLAIN", (only,))
    return smooth(values[None], horizon=horizon).forecast[0]


@pytest.mark.parametrize(
    "alpha,expected",
    [(0.05, 25.223396103214107), (0.3, 37.660794716297744), (0.9, 41.54965867585312)],
)
def test_simple_smoothing_is_that_of_statsmodels(alpha, expected, monkeypatch):
    assert chosen(AIR, only=(alpha, 0.0), monkeypatch=monkeypatch) == pytest.approx([expected] * 3, rel=1e-12)


@pytest.mark.parametrize(
    "alpha,beta,expected",
    [
        (0.2, 0.1, [37.85881367, 38.48815013, 39.05455295]),
        (0.5, 0.4, [43.34192436, 44.92505131, 46.34986556]),
        (0.8, 0.4, [43.43945419, 44.78166091, 45.98964696]),
    ],
)
def test_the_damped_trend_is_that_of_statsmodels(alpha, beta, expected, monkeypatch):
    assert chosen(AIR, only=(alpha, beta), monkeypatch=monkeypatch) == pytest.approx(expected, abs=1e-8)


def test_a_rising_series_takes_the_trend_and_a_level_one_does_not():
    rising, level = np.arange(40.0) * 3, np.tile([1.0, 2.0, 1.5, 1.2], 10)
    found = smooth(np.array([rising, level]), horizon=2)
    assert [METHODS[number] for number in found.method] == [Method.DAMPED_TREND, Method.SIMPLE]
    assert found.forecast[0, 0] > rising[-1]


def test_a_season_is_carried_on_where_there_are_three():
    around = 10 + 3 * np.sin(2 * np.pi * np.arange(72) / 12)
    found = smooth(around[None, :60], horizon=12, season=12)
    assert METHODS[found.method[0]] is Method.SEASONAL
    assert found.forecast[0] == pytest.approx(around[60:], abs=1e-9)


def test_two_seasons_are_too_few():
    around = 10 + 3 * np.sin(2 * np.pi * np.arange(35) / 12)
    assert METHODS[smooth(around[None], horizon=1, season=12).method[0]] is not Method.SEASONAL


def test_a_shorter_row_is_smoothed_as_if_it_were_alone():
    padded = np.array([np.r_[np.full(20, np.nan), AIR], np.r_[np.arange(20.0), AIR]])
    assert np.array_equal(smooth(padded, horizon=3).forecast[0], smooth(AIR[None], horizon=3).forecast[0])


def test_a_gap_is_bridged_by_the_forecast():
    flat = np.full(30, 7.0)
    flat[[5, 6, 20]] = np.nan
    assert smooth(flat[None], horizon=2).forecast[0] == pytest.approx([7, 7])


def test_a_gap_in_a_season_is_bridged_too():
    around = np.tile([1.0, 5.0, 9.0, 5.0], 12)
    broken = around.copy()
    broken[[1, 17, 30]] = np.nan
    assert smooth(broken[None], horizon=4, season=4).forecast[0] == pytest.approx([1, 5, 9, 5], abs=0.3)


def test_each_row_has_the_bits_it_has_alone():
    many = np.random.default_rng(3).normal(size=(50, 60)).cumsum(axis=1)
    together = smooth(many, horizon=4, season=12).forecast
    for number in (0, 17, 49):
        assert np.array_equal(
            smooth(many[number : number + 1], horizon=4, season=12).forecast[0], together[number]
        )
