"""The picture of a rule on history: bands where it fired, edges with clear words, gaps in the line."""

from dataclasses import replace

import numpy as np

from monitor.domain.backtests.rule_chart import FiringSpan, RuleChart, RuleEdge
from monitor.domain.chart import Flag
from monitor.domain.scale import Concern
from monitor.render.rule_chart import rule_chart
from monitor.render.series_chart import SERIES_PHONE, SERIES_WIDE

DAY = 86_400
CHART = RuleChart(
    name="fuel-price:bamako", at=np.arange(100) * DAY,
    value=np.where(np.arange(100) // 10 % 2, 400.0, 100.0), start=0, end=100 * DAY,
    edges=(
        RuleEdge(concern=Concern.HIGH, value=350.0, words="350"),
        RuleEdge(concern=Concern.CRITICAL, value=352.0, words="352"),
    ),
    firings=(
        FiringSpan(start=10 * DAY, end=20 * DAY, peak=Concern.HIGH),
        FiringSpan(start=90 * DAY, end=None, peak=Concern.CRITICAL),
        FiringSpan(start=50 * DAY, end=50 * DAY, peak=Concern.HIGH),
    ),
    flags=(Flag(at=30 * DAY, label="Blockade", when="1 February 1970"),),
)  # fmt: skip


def test_bands_lie_where_it_fired_and_an_open_one_reaches_the_end():
    first, last, brief = rule_chart(CHART, SERIES_WIDE).bands
    width = (SERIES_WIDE.right - SERIES_WIDE.left) / 10
    assert (float(first.x), float(first.width)) == (round(SERIES_WIDE.left + width, 1), round(width, 1))
    assert float(last.x) + float(last.width) == SERIES_WIDE.right
    assert (float(brief.width), first.concern, last.concern) == (1.5, 3, 4)


def test_the_words_of_edges_keep_clear_of_each_other():
    above, below = rule_chart(CHART, SERIES_WIDE).edges
    assert (above.name, below.name) == ("critical", "high")
    assert float(below.label_y) - float(above.label_y) >= 13


def test_a_gap_is_a_gap_and_a_phone_has_no_flags():
    gap = replace(CHART, value=np.where(np.arange(100) // 20 % 2, np.nan, CHART.value))
    assert rule_chart(gap, SERIES_WIDE).line.count("M") == 3
    assert [each.label for each in rule_chart(CHART, SERIES_WIDE).flags] == ["Blockade"]
    assert rule_chart(CHART, SERIES_PHONE).flags == ()


def test_it_says_what_it_shows():
    said = rule_chart(CHART, SERIES_WIDE).says
    assert said == "fuel-price:bamako: 3 alerts in the span; edges: high 350, critical 352"


def test_without_a_value_there_is_no_line():
    nothing = replace(CHART, value=np.full(100, np.nan), edges=(), firings=())
    drawn = rule_chart(nothing, SERIES_WIDE)
    assert (drawn.line, drawn.edges, drawn.says.endswith("edges: none")) == ("", (), True)


def test_large_values_are_written_short_and_a_low_range_does_not_start_at_zero():
    large = rule_chart(replace(CHART, value=CHART.value * 100, edges=()), SERIES_WIDE)
    assert "20k" in [label for label, _ in large.grid]
    near = rule_chart(replace(CHART, value=900.0 + CHART.value / 10, edges=()), SERIES_WIDE)
    assert "0" not in [label for label, _ in near.grid]
