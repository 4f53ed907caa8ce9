"""Forecast a series as it was known at its subjects' time; nothing is stored, and nothing scores it."""

from dataclasses import dataclass
from typing import Any

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.clock import moment
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.suggestions.forecast import Ahead, Forecast, NoForecast, forecast
from monitor.domain.suggestions.time_to_threshold import TimeToThreshold, time_to_threshold
from monitor.services.one_series import OneSeries


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeAhead:
    """A threshold that may be reached (`is_worse`), or left for the better."""

    name: str
    is_worse: bool
    time: TimeToThreshold


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesForecast:
    """A forecast with the thresholds ahead of it, or why there is none (`forecast` None)."""

    forecast: Forecast | None
    edges: tuple[EdgeAhead, ...]
    reason: str = ""


def series_forecast(one: OneSeries) -> SeriesForecast:
    """Return the forecast of a series, with the times to the thresholds beyond its last value."""
    if one.indicator.is_forecast:
        return SeriesForecast(forecast=None, edges=(), reason="it is itself a forecast of its source")
    found = forecast(one.indicator, one.own, at=one.at, others=one.others)
    if isinstance(found, NoForecast):
        return SeriesForecast(forecast=None, edges=(), reason=found.reason)
    return SeriesForecast(forecast=found, edges=_edges(one, found))


def as_data(one: OneSeries, found: SeriesForecast) -> dict[str, Any]:
    """Return a forecast as plain values, for programs."""
    shared = {"series": one.key, "as_of": rfc3339(one.as_of), "reason": found.reason}
    if found.forecast is None:
        return {**shared, "forecast": None}
    own = found.forecast
    coverage = own.wide_coverage
    return {
        **shared,
        "forecast": {
            "method": own.method.value,
            "values": own.count,
            "since": rfc3339(moment(own.since)),
            "origin": rfc3339(moment(own.origin)),
            "held_80": coverage.held,
            "checked": coverage.of,
            "ahead": [_ahead(each) for each in own.ahead],
            "thresholds": [_edge(each) for each in found.edges],
        },
    }


def _edges(one: OneSeries, found: Forecast) -> tuple[EdgeAhead, ...]:
    """Return the thresholds worse than the last value, and the last one reached, which may be left."""
    normalisation = one.indicator.normalisation
    if not isinstance(normalisation, ThresholdNormalisation):
        return ()
    thresholds, last = normalisation.thresholds, float(one.past.value[-1])
    sign = 1.0 if thresholds.is_higher_worse else -1.0
    ahead = [(name, value, True) for name, value in thresholds.knots if sign * value > sign * last]
    behind = [(name, value, False) for name, value in thresholds.knots if sign * value <= sign * last]
    edges = []
    for name, value, is_worse in (*ahead, *behind[-1:]):
        time = time_to_threshold(found, value, is_rising=is_worse is thresholds.is_higher_worse)
        if time is not None:
            edges.append(EdgeAhead(name=name, is_worse=is_worse, time=time))
    return tuple(edges)


def _ahead(each: Ahead) -> dict[str, Any]:
    return {
        "period_start": rfc3339(moment(each.start)),
        "period_end": rfc3339(moment(each.end)),
        "middle": each.middle,
        "low_50": each.narrow[0],
        "high_50": each.narrow[1],
        "low_80": each.wide[0],
        "high_80": each.wide[1],
        "held_50": each.narrow_coverage.held,
        "held_80": each.wide_coverage.held,
        "checked": each.wide_coverage.of,
    }


def _edge(each: EdgeAhead) -> dict[str, Any]:
    return {
        "name": each.name,
        "value": each.time.edge,
        "towards": "alarm" if each.is_worse else "calm",
        "paths": each.time.paths,
        "reached": list(each.time.reached),
        "share": each.time.share,
        "median_periods": each.time.median,
        "early_periods": each.time.early,
        "late_periods": each.time.late,
    }
