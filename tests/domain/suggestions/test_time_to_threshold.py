"""Time to a threshold: past error paths laid on the forecast, counted as they cross."""

import numpy as np
import pytest

from monitor.domain.suggestions.forecast import Forecast
from monitor.domain.suggestions.smoothing import Method
from monitor.domain.suggestions.time_to_threshold import time_to_threshold


def foreseen(*paths):
    return Forecast(
        since=0,
        origin=0,
        count=60,
        method=Method.SIMPLE,
        season=0,
        ahead=(),
        paths=np.array(paths, dtype=float),
    )


STEADY = [[1, 2, 3, 4]] * 5 + [[0, 0, 0, 0]] * 4 + [[9, 0, 0, 0]]


def test_a_path_that_comes_and_goes_counts_as_having_come():
    found = time_to_threshold(foreseen(*STEADY), 3, is_rising=True)
    assert (found.paths, found.reached) == (10, (1, 1, 6, 6))
    assert found.share == 0.6
    assert (found.early, found.median, found.late) == (1, 3, None)


def test_a_threshold_below_is_reached_by_falling():
    found = time_to_threshold(foreseen(*([[5, 4, 1]] * 9), [5, 1, 1]), 1, is_rising=False)
    assert (found.reached, found.median) == ((0, 1, 10), 3)
    assert (found.early, found.late) == (2, 3)


def test_what_is_never_reached_has_no_time():
    found = time_to_threshold(foreseen(*STEADY), 50, is_rising=True)
    assert (found.share, found.early, found.median, found.late) == (0, None, None, None)


def test_paths_not_known_to_the_end_are_left_out():
    assert time_to_threshold(foreseen(*STEADY[:-1], [9, np.nan, 0, 0]), 3, is_rising=True) is None


@pytest.mark.parametrize("edge", [0, 3, 9])
def test_the_counts_never_fall(edge):
    reached = time_to_threshold(foreseen(*STEADY), edge, is_rising=True).reached
    assert list(reached) == sorted(reached)
