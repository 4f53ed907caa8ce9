"""The picture of a series: thresholds, gaps, fans and steps where they belong, and all in a sentence."""

import re
from itertools import pairwise

import numpy as np
import pytest

from monitor.domain.chart import Flag
from monitor.domain.suggestions.series_chart import Edge, Fan, SeriesChart
from monitor.render.series_chart import SERIES_PHONE, SERIES_WIDE, series_chart
from tests.domain.months import month_start

EDGES = tuple(
    Edge(name=name, value=value, words=str(value))
    for name, value in (("calm", 10), ("watch", 12), ("elevated", 14), ("high", 20), ("critical", 500))
)


def a_chart(values=(5.0, 9.0, 15.0, 12.0), **given):
    count = len(values)
    values = np.array(values, dtype=float)
    return SeriesChart(**{
        "name": "Deaths", "unit": "deaths a month", "start": month_start(0), "end": month_start(count + 2),
        "period_start": np.array([month_start(number) for number in range(count)], dtype=np.int64),
        "period_end": np.array([month_start(number + 1) for number in range(count)], dtype=np.int64),
        "value": values, "low": np.full(count, np.nan), "high": np.full(count, np.nan), "settled": count,
        **given,
    })  # fmt: skip


def numbers(path):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]


def test_a_step_a_period_joined_where_they_meet():
    drawn = series_chart(a_chart(), SERIES_WIDE)
    assert drawn.settled.count("M") == 1
    assert drawn.settled.count("H") == 4
    assert drawn.provisional == ""


def test_a_gap_is_a_gap():
    chart = a_chart()
    gap = a_chart(
        period_start=np.delete(a_chart((1, 2, 3, 4, 5)).period_start, 2),
        period_end=np.delete(a_chart((1, 2, 3, 4, 5)).period_end, 2),
    )
    assert (
        series_chart(gap, SERIES_WIDE).settled.count("M")
        == series_chart(chart, SERIES_WIDE).settled.count("M") + 1
    )


def test_what_may_still_move_is_drawn_apart():
    drawn = series_chart(a_chart(settled=3), SERIES_WIDE)
    assert (drawn.settled.count("H"), drawn.provisional.count("H")) == (3, 2)


def test_thresholds_far_away_are_named_below():
    drawn = series_chart(a_chart(edges=EDGES), SERIES_WIDE)
    assert [edge.name for edge in drawn.edges] == ["calm", "watch", "elevated", "high"]
    assert [edge.name for edge in drawn.beyond] == ["critical"]


def test_the_names_of_near_thresholds_do_not_touch():
    near = tuple(Edge(name=str(value), value=value, words=str(value)) for value in (10.0, 10.1, 10.2))
    drawn = series_chart(a_chart(edges=near), SERIES_WIDE)
    heights = [float(edge.label_y) for edge in drawn.edges]
    assert all(lower - upper >= 12.9 for lower, upper in pairwise(heights))


def test_the_fan_holds_its_middle_and_begins_where_values_end():
    fan = tuple(
        Fan(
            start=month_start(number),
            end=month_start(number + 1),
            middle=12.0,
            narrow=(10.0, 14.0),
            wide=(6.0, 25.0),
        )
        for number in (4, 5)
    )
    drawn = series_chart(a_chart(fan=fan), SERIES_WIDE)
    assert drawn.wide.count("Z") == drawn.narrow.count("Z") == 2
    heights = numbers(drawn.middle)[1]
    tops = numbers(drawn.wide)[1]
    assert tops < heights
    assert float(drawn.now) == pytest.approx(numbers(drawn.wide)[0])
    assert drawn.says.endswith("Forecast to 30 Jun 2015: 12, 80 % between 6 and 25.")


def test_bounds_of_values_make_a_band():
    drawn = series_chart(
        a_chart(low=np.array([4, np.nan, 14, 11.0]), high=np.array([6, np.nan, 17, 13.0])), SERIES_WIDE
    )
    assert drawn.band.count("Z") == 3


def test_steps_and_flags_inside_the_span_are_drawn():
    flags = (
        Flag(at=month_start(2), label="Blockade", when="Mar 2015"),
        Flag(at=month_start(40), label="Later", when=""),
    )
    wide = series_chart(a_chart(flags=flags, steps=flags), SERIES_WIDE)
    assert ([flag.label for flag in wide.flags], [label for _, label in wide.steps]) == (
        ["Blockade"],
        ["Blockade"],
    )
    assert series_chart(a_chart(flags=flags), SERIES_PHONE).flags == ()


def test_the_last_value_is_carried_on_to_the_time_of_the_picture():
    assert series_chart(a_chart(as_of=month_start(5)), SERIES_WIDE).carried.startswith("M")
    assert series_chart(a_chart(as_of=month_start(4)), SERIES_WIDE).carried == ""


def test_states_are_named_on_the_axis_and_beside_the_last_value():
    drawn = series_chart(a_chart((0.0, 1.0, 1.0), words={0.0: "open", 1.0: "shut", 7.0: "gone"}), SERIES_WIDE)
    assert [label for label, _ in drawn.grid] == ["open", "shut"]
    assert drawn.value[2] == "shut"
    assert "from open to shut" in drawn.says


@pytest.mark.parametrize("layout", [SERIES_WIDE, SERIES_PHONE])
@pytest.mark.parametrize(
    "values",
    [(), (7.0,), (5.0, 5.0, 5.0), (-3.0, 4.0), (1e6, 4e6, 2e6), (0.001, 0.004), (0.0, 0.0)],
    ids=["none", "one", "flat", "negative", "large", "small", "zero"],
)
def test_every_mark_lies_inside_the_picture(values, layout):
    drawn = series_chart(a_chart(values, edges=EDGES[:1]), layout)
    for path in (drawn.settled, drawn.carried, drawn.band):
        assert all(-1 <= number <= max(layout.width, layout.height) for number in numbers(path))
    assert all(layout.top - 1 <= float(y) <= layout.bottom + 1 for _, y in drawn.grid)
    assert (drawn.dot is None) is (values == ())


def test_a_span_before_any_value_says_so():
    late = a_chart(start=month_start(20), end=month_start(30))
    drawn = series_chart(late, SERIES_WIDE)
    assert (drawn.dot, drawn.value, drawn.settled) == (None, None, "")
    assert drawn.says == "Deaths: no values yet."


def test_the_picture_is_told_in_a_sentence():
    assert series_chart(a_chart(), SERIES_WIDE).says == (
        "Deaths from 1 Jan 2015 to 30 Apr 2015, deaths a month: from 5 to 12, lowest 5, highest 15."
    )
