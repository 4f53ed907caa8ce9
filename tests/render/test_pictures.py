"""Geometry of the pictures: steps, gaps, bands, flags that keep clear of each other, sums that meet."""

from datetime import UTC, date, datetime
from itertools import combinations

import numpy as np
import pytest

from monitor.domain.chart import (
    Entered,
    Flag,
    HeatChart,
    LedgerChart,
    LedgerLine,
    Spark,
    Strip,
    Trace,
    empty_trace,
)  # fmt: skip
from monitor.domain.scale import RISK, STANDING, AlarmingEnd
from monitor.render.flags import place
from monitor.render.heat_chart import PHONE, WIDE, heat_chart
from monitor.render.sparkline import sparkline
from monitor.render.strip import strip
from monitor.render.svg import Frame, area, r, stepped, ticks, wedge
from monitor.render.waterfall import waterfall

DAY = 86_400
END = int(datetime(2025, 11, 30, tzinfo=UTC).timestamp())
START = END - 365 * DAY
FRAME = Frame(left=26, right=806, top=60, bottom=358, start=START, end=END)


def trace(heat, *, start=START, step=10 * DAY):
    heat = np.array(heat, dtype=float)
    at = start + step * np.arange(len(heat), dtype=np.int64)
    return Trace(at=at, heat=heat, low=heat - 4, high=heat + 4)


def chart(**values):
    given = {
        "name": "Goïta", "scale": STANDING, "start": START, "end": END, "published": empty_trace(),
        "reconstructed": trace(np.linspace(50, 16, 36)),
    }  # fmt: skip
    return HeatChart(**given | values)


def numbers(path):
    return [float(part) for part in path.replace("M", " ").replace("H", " ").replace("V", " ").split()]


def test_heat_always_runs_from_zero_at_the_bottom_to_a_hundred_at_the_top():
    assert (FRAME.y1(0), FRAME.y1(100), FRAME.x1(START), FRAME.x1(END)) == (358, 60, 26, 806)


def test_a_stepped_line_holds_each_value_until_the_next_arrives():
    path = stepped(np.array([0.0, 10, 20]), np.array([5.0, 5, 8]), until=30)
    assert path == "M0 5H20V8H30"


def test_silence_is_a_gap_in_the_line_and_never_a_zero():
    path = stepped(np.array([0.0, 10, 20, 30]), np.array([5.0, np.nan, 8, 8]), until=40)
    assert path == "M0 5H10M20 8H40"


def test_a_line_without_points_draws_nothing():
    nothing = np.zeros(0)
    assert (stepped(nothing, nothing, until=9), area(nothing, nothing, nothing, until=9)) == ("", "")


def test_a_band_closes_and_holds_both_ends():
    path = area(np.array([0.0, 10]), np.array([9.0, 9]), np.array([1.0, 2]), until=20)
    assert path == "M0 1L10 1L10 2L20 2L20 9L0 9Z"


@pytest.mark.parametrize("end,thick", [(AlarmingEnd.LOW, 37.0), (AlarmingEnd.HIGH, 1.0)])
def test_the_wedge_is_thick_at_the_alarming_end(end, thick):
    path = wedge(x=217, width=5, top=1, bottom=37, alarming_end=end)
    assert f"V{r(thick)}H222" in path


def test_months_have_their_year_only_with_january_and_the_first():
    labels = [tick.label for tick in ticks(FRAME, label_width=52)]
    assert "Jan 2025" in labels
    assert [label for label in labels if label.endswith("2025")] == ["Jan 2025"]
    assert labels[-1] == "Nov"


def test_a_phone_has_letters_and_ten_years_have_years():
    narrow = Frame(left=30, right=294, top=40, bottom=278, start=START, end=END)
    assert all(len(tick.label) == 1 for tick in ticks(narrow, label_width=52))
    long = Frame(left=26, right=806, top=60, bottom=358, start=END - 3650 * DAY, end=END)
    assert [tick.label for tick in ticks(long, label_width=52)][-2:] == ["2024", "2025"]


def test_a_month_has_days():
    month = Frame(left=26, right=806, top=60, bottom=358, start=END - 30 * DAY, end=END)
    assert [tick.label for tick in ticks(month, label_width=52)][:2] == ["1 Nov", "8 Nov"]


def test_flags_never_cover_each_other_nor_does_a_line_cross_a_label():
    flags = [
        Flag(at=END - days * DAY, label=f"An event of {days} days ago", when="") for days in range(5, 200, 9)
    ]
    placed = place(flags, FRAME, right=924)
    assert 5 < len(placed) < len(flags)
    for one, other in combinations(placed, 2):
        if one.row == other.row:
            assert one.right < other.left or other.right < one.left
        else:
            upper, lower = sorted((one, other), key=lambda flag: flag.row)
            assert not lower.left <= upper.x <= lower.right


def test_a_flag_at_the_right_edge_turns_its_label_inwards():
    (flag,) = place([Flag(at=END, label="A very long name for an event", when="")], FRAME, right=812)
    assert flag.is_leftward


def test_flags_outside_the_span_are_left_out():
    assert place([Flag(at=START - DAY, label="Before", when="")], FRAME, right=924) == []


def test_the_chart_says_in_one_sentence_what_it_shows():
    drawn = heat_chart(chart(entered=(Entered(at=END - 16 * DAY, heat=19.8, level="Cold"),)), WIDE)
    assert drawn.says == (
        "Heat of Goïta from 30 Nov 2024 to 30 Nov 2025: from 50 to 16, lowest 16, highest 50."
        " Entered Cold on 14 Nov 2025."
    )


def test_the_last_point_has_its_hue_and_its_value_beside_it():
    drawn = heat_chart(chart(), WIDE)
    assert (drawn.hue, drawn.value.text, drawn.bands[drawn.here].name) == (1, "16.0", "Cold")
    assert drawn.dot[0] == "806"


def test_each_line_is_named_once_on_the_thing_itself():
    published = trace(np.linspace(40, 30, 15), start=END - 150 * DAY)
    texts = [label.text for label in heat_chart(chart(published=published), WIDE).labels]
    assert texts == ["Published", "Reconstructed", "Band: all inputs at their low or high"]
    assert heat_chart(chart(published=published), PHONE).labels == ()


def test_the_reconstructed_line_ends_where_the_published_one_begins():
    published = trace([30.0], start=END - 100 * DAY)
    drawn = heat_chart(chart(published=published), WIDE)
    begins = numbers(drawn.published)[0]
    assert numbers(drawn.reconstructed)[-1] == pytest.approx(begins, abs=0.1)


def test_a_phone_numbers_its_flags_in_two_rows():
    flags = tuple(Flag(at=END - days * DAY, label="Event", when="May") for days in (40, 30, 20))
    assert [flag.row for flag in heat_chart(chart(flags=flags), PHONE).flags] == [0, 1, 0]


def test_the_span_is_told_above_the_plot():
    drawn = heat_chart(chart(span=(END - 90 * DAY, END), span_delta=-21.5), WIDE)
    assert (drawn.span_label.text, drawn.span[1]) == ("\u221221.5 in the span", "806")
    short = heat_chart(chart(span=(END - DAY, END), span_delta=-0.5), WIDE)
    assert short.span_label.kind == "end"


def test_a_subject_without_values_has_an_axis_and_no_dot():
    drawn = heat_chart(chart(reconstructed=empty_trace()), WIDE)
    assert drawn.dot is None
    assert drawn.says.endswith("no values yet.")


@pytest.mark.parametrize("layout", [WIDE, PHONE])
def test_long_level_names_take_their_room_from_the_plot(layout):
    drawn = heat_chart(chart(scale=RISK), layout).layout
    assert drawn.right < layout.right
    assert drawn.words + len("Simmering") * 7 <= (drawn.concerns or drawn.width)


def test_unknown_stretches_are_hatched_up_to_the_edge():
    drawn = heat_chart(chart(blind=((END - 36 * DAY, END),)), WIDE)
    ((left, width),) = drawn.blind
    assert float(left) + float(width) == pytest.approx(806, abs=0.2)


def test_a_sparkline_ends_in_a_dot_where_the_level_was_last_known():
    line = trace([30.0, 31, np.nan], start=END - 90 * DAY, step=30 * DAY)
    drawn = sparkline(
        Spark(scale=RISK, start=END - 90 * DAY, end=END, line=line, blind=((END - 30 * DAY, END),))
    )
    assert float(drawn.dot[0]) == pytest.approx(209 * 2 / 3, abs=0.2)
    assert drawn.says == "90 days: from 30 to 31, low 30, high 31"
    assert float(drawn.blind[0][0]) == pytest.approx(209 * 2 / 3, abs=0.2)


def test_a_sparkline_without_values_says_so():
    drawn = sparkline(Spark(scale=RISK, start=0, end=90 * DAY, line=empty_trace()))
    assert (drawn.dot, drawn.line, drawn.says) == (None, "", "90 days: no values yet")


def test_the_needle_stands_at_the_pressure_and_stays_on_the_strip():
    assert strip(Strip(pressure=50, joints=("0",) * 5)).needle.startswith("M98 ")
    assert strip(Strip(pressure=100, joints=("0",) * 5)).needle.startswith("M191.8 ")
    assert strip(Strip(pressure=None)).needle == ""


def test_a_strip_of_states_is_lower_and_a_missing_edge_has_no_label():
    assert (
        strip(Strip(pressure=5)).height,
        strip(Strip(pressure=5, joints=("0", "", "", "", "9"))).height,
    ) == (13, 24)
    assert [joint[1] for joint in strip(Strip(pressure=5, joints=("0", "", "", "", "9"))).joints] == [
        "0",
        "9",
    ]


def ledger(**values):
    lines = (
        LedgerLine(name="Supply", delta=-21.3, is_driver=True),
        LedgerLine(name="Fuel", delta=-10.5, is_driver=False, depth=1),
        LedgerLine(name="People", delta=-10.8, is_driver=False, depth=1),
        LedgerLine(name="Politics", delta=2.5, is_driver=True),
    )
    given = {
        "start": date(2025, 8, 31), "end": date(2025, 11, 30), "start_heat": 37.8, "end_heat": 19.0,
        "start_level": "Cool", "end_level": "Cold", "delta": -18.8, "alarming_end": AlarmingEnd.LOW,
        "lines": lines,
    }  # fmt: skip
    return LedgerChart(**given | values)


def test_bars_follow_each_other_from_the_first_dot_to_the_last():
    drawn = waterfall(ledger())
    supply, fuel, people, politics = drawn.bars
    assert (supply.link, fuel.link, supply.is_worse, politics.is_worse) == (
        drawn.start[0],
        drawn.start[0],
        True,
        False,
    )
    assert float(people.x) == pytest.approx(float(supply.x), abs=0.2)
    ends = float(politics.x) + float(politics.width)
    assert ends == pytest.approx(float(drawn.end[0]), abs=0.2)


def test_a_ledger_from_nothing_begins_where_its_bars_must():
    drawn = waterfall(ledger(start_heat=None))
    assert drawn.start is None
    assert drawn.bars[0].link != ""
