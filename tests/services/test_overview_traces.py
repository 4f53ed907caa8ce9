"""Lines to draw: silence between two published points is a gap, never a calm line."""

from datetime import UTC, datetime

import numpy as np
import pytest

from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.scale import Concern
from monitor.services.overview.traces import blind_stretches, traces, with_silences
from monitor.storage.heat_points import HeatLine, Origin

START = epoch(datetime(2025, 11, 30, tzinfo=UTC))


def a_line(days, *, levels=None, origin=Origin.PUBLISHED):
    count = len(days)
    whole = np.array([START + day * DAY_SECONDS for day in days], dtype=np.int64)
    return HeatLine(
        at=whole,
        seq=np.arange(count, dtype=np.int64),
        **{name: np.full(count, 14.0) for name in ("heat", "heat_low", "heat_high", "raw_pressure")},
        **{name: np.ones(count) for name in ("coverage", "confidence", "carried")},
        levels=tuple(levels or ["Cold"] * count),
        concerns=(Concern.CRITICAL,) * count,
        origins=(origin,) * count,
    )


def test_a_point_a_day_has_no_gap():
    line = a_line([0, 1, 2, 3])
    assert with_silences(line) is line


def test_a_year_without_a_point_is_blind_from_the_day_after():
    line = a_line([0, 358], levels=["Cold", "Unknown"])
    until = START + 359 * DAY_SECONDS
    assert blind_stretches(line, until=until) == ((START + DAY_SECONDS, until),)


def test_heat_is_not_drawn_through_the_silence():
    published, _ = traces(a_line([0, 358, 359]))
    assert np.isnan(published.heat).tolist() == [False, True, False, False]


@pytest.mark.parametrize("days", [[], [0]])
def test_too_few_points_have_no_gap(days):
    assert blind_stretches(a_line(days), until=START + 10 * DAY_SECONDS) == ()


def test_reconstructed_points_may_lie_far_apart():
    line = a_line([0, 40, 90], origin=Origin.RECONSTRUCTED)
    assert with_silences(line) is line
