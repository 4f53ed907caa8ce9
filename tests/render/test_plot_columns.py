"""Plots as JSON: what a browser adds up again is what was drawn, and ten years weigh little."""

import gzip
from dataclasses import replace

import numpy as np
import orjson

from monitor.domain.chart import Flag, HeatChart, MomentumChart, Trace
from monitor.domain.plot import HeatPlot, Provenances, SeriesPlot
from monitor.domain.scale import STANDING
from monitor.domain.suggestions.series_chart import Edge, Fan, SeriesChart
from monitor.domain.wording import Tongue, speaking
from monitor.render.plot_columns import heat_columns, series_columns

DAY = 86_400
START = 1_700_000_000


def summed(steps, fine=1):
    """What the browser does."""
    total, found = 0, []
    for step in steps:
        total += step or 0
        found.append(None if step is None else total / fine)
    return found


def trace(heat):
    heat = np.array(heat, dtype=np.float64)
    return Trace(at=START + np.arange(len(heat)) * DAY, heat=heat, low=heat - 2, high=heat + 2)


def heat_plot(heat, **parts):
    line = trace(heat)
    chart = HeatChart(
        name="Goïta", scale=STANDING, start=START, end=START + 9 * DAY, published=line,
        reconstructed=trace([]), flags=(Flag(at=START, label="Coup", when="May"),), **parts,
    )  # fmt: skip
    return HeatPlot(
        chart=chart,
        momentum=MomentumChart(start=START, end=START, at=line.at, week=line.heat, month=line.heat),
        at=line.at,
        level=("Cold",) + ("Unknown",) * (len(line) - 1),
        coverage=np.full(len(line), 0.875),
        confidence=np.full(len(line), 0.5),
    )


def test_a_line_is_added_up_again_and_a_gap_stays_one():
    told = orjson.loads(heat_columns(heat_plot([50.123, np.nan, 48.5])))
    at, heat, low, _ = told["lines"]["published"]
    assert summed(at) == [START, START + DAY, START + 2 * DAY]
    assert summed(heat, 100) == [50.12, None, 48.5]
    assert summed(low, 100) == [48.12, None, 46.5]
    assert told["lines"]["restated"] is None
    assert told["flags"] == [[START, "Coup", "May"]]


def test_levels_are_those_of_the_scale_and_each_point_says_which_it_had():
    told = orjson.loads(heat_columns(heat_plot([15.0, 16.0])))
    assert [level["name"] for level in told["levels"]] == [level.name for level in STANDING.levels]
    places = told["judged"][3]
    assert told["levels"][places[0]]["name"] == "Cold"
    assert places[1] == -1
    assert told["alarming"] == "low"


def test_ten_years_of_days_weigh_well_under_a_hundred_kilobytes():
    generator = np.random.default_rng(7)
    heat = np.clip(50 + np.cumsum(generator.normal(0, 1.5, 3_653)), 1, 99)
    assert len(gzip.compress(heat_columns(heat_plot(heat)), 5)) < 60_000


def series_plot(value, *, decimals=0):
    value = np.array(value, dtype=np.float64)
    start = START + np.arange(len(value)) * DAY
    nothing = np.full(len(value), np.nan)
    chart = SeriesChart(
        name="Deaths", unit="deaths", start=START, end=START + 9 * DAY, period_start=start,
        period_end=start + DAY, value=value, low=nothing, high=nothing, settled=len(value),
        edges=(Edge(name="high", value=0.25, words="0.25"),),
        fan=(Fan(start=0, end=1, middle=2.0, narrow=(1.0, 3.0), wide=(0.0, 4.0)),), words={1.0: "held"},
        as_of=START + 5 * DAY, decimals=decimals,
    )  # fmt: skip
    return SeriesPlot(
        chart=chart,
        provenances=Provenances(
            known_at=start + 3600,
            revisions=np.zeros(len(value), dtype=np.int64),
            is_reconstructed=np.zeros(len(value), dtype=np.bool_),
            grade=(("B2",) * len(value) + ("A1",))[1:],
            source=("UCDP",) * len(value),
        ),
    )


def test_a_value_keeps_the_decimals_it_has_and_names_its_source_once():
    told = orjson.loads(series_columns(series_plot([0.125, 7, 3.5])))
    assert summed(told["periods"][2], told["fine"]) == [0.125, 7, 3.5]
    assert (told["grades"], told["grade"]) == (["B2", "A1"], [0, 0, 1])
    assert told["sources"] == ["UCDP"]
    assert told["states"] == [[1.0, "held"]]
    assert told["fan"] == [[0, 1, 2.0, 1.0, 3.0, 0.0, 4.0]]


def test_a_series_without_a_value_has_empty_columns():
    plot = series_plot([])
    plot = replace(plot, provenances=replace(plot.provenances, grade=(), source=()))
    told = orjson.loads(series_columns(plot))
    assert (told["periods"], told["known"], told["grades"]) == ([[]] * 5, [], [])


def test_words_are_those_of_the_language_that_is_spoken():
    french = Tongue(code="fr", decimal=",", translate=lambda text: text.replace("published", "publié"))
    with speaking(french):
        words = orjson.loads(heat_columns(heat_plot([50.0])))["words"]
    assert (words["decimal"], words["published"]) == (",", "publié")
