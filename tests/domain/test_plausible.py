"""What a series' own past makes plausible."""

import numpy as np
import pytest

from monitor.domain.plausible import plausible_range


@pytest.mark.parametrize(
    "past,usual",
    [
        ([100.0, 200.0, 150.0, 120.0, 180.0], (-100.0, 400.0)),
        ([100.0] * 5, (0.0, 200.0)),
        ([100.0, np.nan, 200.0, 150.0, 120.0, 180.0], (-100.0, 400.0)),
        ([-10.0, 10.0, 0.0, 5.0, -5.0], (-50.0, 50.0)),
    ],
)
def test_it_is_what_was_seen_and_twice_its_width_on_both_sides(past, usual):
    assert plausible_range(np.array(past)) == usual


@pytest.mark.parametrize("past", [[], [100.0] * 4, [0.0] * 5, [100.0, np.nan, 1.0, 2.0, np.nan]])
def test_a_short_or_empty_past_tells_nothing(past):
    assert plausible_range(np.array(past)) is None
