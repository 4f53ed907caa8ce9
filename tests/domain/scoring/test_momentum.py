"""Momentum over a week and a month, and how unusual it is (heat.md 6)."""

import numpy as np
import pytest

from monitor.domain.scoring.momentum import momenta, momentum, momentum_line, unusual_at
from tests.domain.vectors import DAY


def test_the_change_is_against_the_heat_that_held_then():
    at, heat = np.array([0, 10, 40]) * DAY, np.array([20.0, 30.0, 70.0])
    week, month = momenta(at, heat, now=40 * DAY)
    assert (week.days, week.change) == (7, 40)
    assert (month.days, month.change) == (30, 40)


def test_a_line_that_is_too_short_has_no_change():
    found = momentum(np.array([0]), np.array([20.0]), now=6 * DAY, days=7)
    assert (found.change, found.unusual_sd) == (None, None)
    assert momentum(np.array([], dtype=np.int64), np.array([]), now=0, days=7).change is None


def test_a_change_is_measured_in_its_own_past_spread():
    at = np.arange(41) * DAY
    heat = np.append(np.tile([50.0, 52.0], 20), 60.0)
    found = momentum(at, heat, now=40 * DAY, days=1)
    assert found.change == 8
    assert found.unusual_sd == pytest.approx(8 / np.std([2.0, -2.0] * 19 + [2.0]))


@pytest.mark.parametrize("days,heat", [(20, np.arange(21.0)), (60, np.full(61, 50.0))])
def test_too_few_or_unvarying_changes_say_nothing_of_unusual(days, heat):
    found = momentum(np.arange(days + 1) * DAY, heat, now=days * DAY, days=1)
    assert found.change is not None
    assert found.unusual_sd is None


def test_heat_that_was_unknown_then_gives_no_change():
    at, heat = np.array([0, 8]) * DAY, np.array([np.nan, 30.0])
    assert momentum(at, heat, now=9 * DAY, days=7).change is None


def test_the_line_has_what_each_day_would_have_been_told_alone():
    generator = np.random.default_rng(3)
    at = np.arange(0, 200 * DAY, DAY // 2)
    heat = 50 + np.cumsum(generator.normal(size=len(at)))
    now = int(at[-1])
    for days in (7, 30):
        line = momentum_line(at, heat, now=now, days=days)
        for place in (0, 10, 50, 80, 198, -1):
            alone = momentum(at, heat, now=int(line.at[place]), days=days)
            expected = (alone.change, alone.unusual_sd)
            found = (line.change[place], line.unusual_sd[place])
            assert [None if np.isnan(each) else each for each in found] == pytest.approx(list(expected))


def test_a_line_without_points_has_no_momentum():
    line = momentum_line(np.zeros(0, dtype=np.int64), np.zeros(0), now=DAY, days=7)
    assert np.isnan(line.change).all()
    assert np.isnan(line.unusual_sd).all()


def test_the_unusual_of_many_moments_is_that_of_each():
    rng = np.random.default_rng(7)
    at = np.sort(rng.choice(np.arange(0, 60 * DAY, 3600), size=90, replace=False))
    heat = rng.normal(50, 10, size=90)
    moments = np.concatenate([at[::9], at[::9] + DAY, [at[0] - 5]])
    found = unusual_at(at, heat, moments=moments, days=7)
    for moment, each in zip(moments.tolist(), found.tolist(), strict=True):
        seen = at <= moment
        one = momentum(at[seen], heat[seen], now=moment, days=7).unusual_sd if seen.any() else None
        assert (None if np.isnan(each) else each) == pytest.approx(one)
