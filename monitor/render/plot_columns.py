"""Plots as compact JSON: columns of whole steps from one entry to the next, which compress to little."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import orjson

from monitor.domain.chart import Flag, MomentumChart, Trace, hue
from monitor.domain.plot import HeatPlot, Provenances, SeriesPlot
from monitor.domain.scale import Scale
from monitor.domain.series import Floats, Ints
from monitor.domain.suggestions.series_chart import Edge, Fan, SeriesChart
from monitor.domain.wording import say
from monitor.render.plot_words import heat_words, series_words

# Heat to a hundredth, shares to a percent: finer than anything that is shown.
_HUNDREDTHS = 100


def heat_columns(plot: HeatPlot) -> bytes:
    """Return a heat line as JSON; what was not asked for is null."""
    chart = plot.chart
    return _dumped(
        name=chart.name, start=chart.start, end=chart.end, words=heat_words(), low=0, high=100,
        alarming=chart.scale.alarming_end.value, levels=_levels(chart.scale),
        lines={
            "published": _trace(chart.published),
            "reconstructed": _trace(chart.reconstructed),
            "restated": None if chart.restated is None else _trace(chart.restated),
        },
        judged=[
            _whole(plot.at), _steps(plot.coverage, _HUNDREDTHS), _steps(plot.confidence, _HUNDREDTHS),
            _level_places(plot),
        ],
        momentum=_momentum(plot.momentum), flags=_flags(chart.flags), blind=chart.blind,
        entered=[(each.at, each.heat) for each in chart.entered],
    )  # fmt: skip


def series_columns(plot: SeriesPlot) -> bytes:
    """Return the history of a series as JSON."""
    chart = plot.chart
    fine = 10 ** _decimals(chart)
    return _dumped(
        name=chart.name, unit=chart.unit, start=chart.start, end=chart.end, as_of=chart.as_of,
        words=series_words(), fine=fine, decimals=chart.decimals, settled=chart.settled,
        periods=[
            _whole(chart.period_start), _whole(chart.period_end),
            *(_steps(each, fine) for each in (chart.value, chart.low, chart.high)),
        ],
        edges=[_edge(each) for each in chart.edges], states=list(chart.words.items()),
        fan=[_fan(each) for each in chart.fan], steps=_flags(chart.steps), flags=_flags(chart.flags),
        **_provenances(plot.provenances),
    )  # fmt: skip


def _dumped(**parts: Any) -> bytes:
    return orjson.dumps(parts, option=orjson.OPT_SERIALIZE_NUMPY)


def _levels(scale: Scale) -> list[dict[str, Any]]:
    return [
        {
            "name": say(level.name), "low": level.low, "high": level.high, "concern": level.concern.said,
            "hue": hue((level.low + level.high) / 2),
        }
        for level in scale.levels
    ]  # fmt: skip


def _level_places(plot: HeatPlot) -> list[int]:
    """Which level each point had; -1 where it was Unknown."""
    places = {level.name: place for place, level in enumerate(plot.chart.scale.levels)}
    return [places.get(name, -1) for name in plot.level]


def _trace(line: Trace) -> list[Any]:
    return [_whole(line.at), *(_steps(each, _HUNDREDTHS) for each in (line.heat, line.low, line.high))]


def _momentum(chart: MomentumChart | None) -> list[Any] | None:
    if chart is None:
        return None
    return [_whole(chart.at), *(_steps(each, _HUNDREDTHS) for each in (chart.week, chart.month))]


def _whole(column: Ints) -> list[int]:
    """The first, and how much each is above the one before."""
    steps: list[int] = np.diff(column.astype(np.int64), prepend=0).tolist()
    return steps


def _steps(column: Floats, fine: int) -> list[int | None]:
    """The same of numbers in parts of one; NaN is null, and the next known one starts from the last."""
    known = ~np.isnan(column)
    found: list[int | None] = [None] * len(column)
    steps = _whole(np.rint(column[known] * fine))
    for place, step in zip(np.flatnonzero(known).tolist(), steps, strict=True):
        found[place] = step
    return found


def _decimals(chart: SeriesChart) -> int:
    """As many decimals as the values have, up to six: a value is shown as it is."""
    known = chart.value[~np.isnan(chart.value)]
    for decimals in range(max(chart.decimals, 0), 6):
        if np.allclose(known, np.round(known, decimals), rtol=1e-9, atol=0):
            return decimals
    return 6


def _flags(flags: Iterable[Flag]) -> list[tuple[int, str, str]]:
    return [(flag.at, flag.label, flag.when) for flag in flags]


def _edge(edge: Edge) -> tuple[str, float, str]:
    return edge.name, edge.value, edge.words


def _fan(fan: Fan) -> tuple[float, ...]:
    return fan.start, fan.end, fan.middle, *fan.narrow, *fan.wide


def _provenances(found: Provenances) -> dict[str, Any]:
    grades, grade = _listed(found.grade)
    sources, source = _listed(found.source)
    return {
        "known": _whole(found.known_at),
        "revisions": found.revisions.tolist(),
        "reconstructed": found.is_reconstructed.astype(np.int64).tolist(),
        "grades": grades,
        "grade": grade,
        "sources": sources,
        "source": source,
    }


def _listed(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """Each word once, and which of them each entry is."""
    names = list(dict.fromkeys(words))
    places = {name: place for place, name in enumerate(names)}
    return names, [places[word] for word in words]
