"""What pictures are drawn from: hue, lines that hold their value, gaps, which way is worse."""

import numpy as np
import pytest

from monitor.domain.chart import Trace, empty_trace, hue, joined, worsens
from monitor.domain.scale import AlarmingEnd


def trace(at, heat):
    heat = np.array(heat, dtype=float)
    return Trace(at=np.array(at, dtype=np.int64), heat=heat, low=heat - 1, high=heat + 1)


@pytest.mark.parametrize("heat,step", [(0, 1), (19.9, 1), (20, 2), (59, 3), (80, 5), (100, 5)])
def test_hue_is_five_steps_of_twenty_points_on_every_scale(heat, step):
    assert hue(heat) == step


def test_a_span_begins_with_the_value_in_force_at_its_start():
    part = trace([0, 10, 20], [5, 6, 7]).within(15, 30)
    assert part.at.tolist() == [15, 20]
    assert part.heat.tolist() == [6, 7]


def test_a_span_before_the_line_has_nothing_in_it():
    assert len(trace([10], [5]).within(0, 5)) == 0


def test_the_second_line_takes_over_where_it_begins():
    whole = joined(trace([0, 10, 20], [1, 2, 3]), trace([15], [9]))
    assert whole.at.tolist() == [0, 10, 15]
    assert joined(whole, empty_trace()) is whole


def test_a_gap_has_no_value():
    line = trace([0, 10], [5, np.nan])
    assert (line.value_at(-1), line.value_at(5), line.value_at(11)) == (None, 5.0, None)


@pytest.mark.parametrize(
    "delta,end,is_worse",
    [
        (-1, AlarmingEnd.LOW, True),
        (1, AlarmingEnd.LOW, False),
        (1, AlarmingEnd.HIGH, True),
        (0, AlarmingEnd.HIGH, False),
    ],
)
def test_worse_is_towards_the_alarming_end(delta, end, is_worse):
    assert worsens(delta, end) is is_worse
