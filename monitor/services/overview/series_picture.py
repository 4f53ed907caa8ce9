"""The picture of a series: history, thresholds, forecast, change points and events, as plain values."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from monitor.domain.chart import Flag
from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.spoken import number
from monitor.domain.suggestions.series_chart import Edge, Fan, SeriesChart
from monitor.domain.wording import say
from monitor.services.forecast_series import SeriesForecast
from monitor.services.one_series import OneSeries
from monitor.services.overview.words import series_name, value_words
from monitor.services.suggest_events import EventSuggestions

RANGES: Mapping[str, int | None] = {"30d": 30, "90d": 90, "1y": 366, "3y": 1096, "5y": 1827, "all": None}
DEFAULT_RANGE = "5y"
# An empty picture still spans a year.
_BLANK = 365 * DAY_SECONDS


def picture(
    one: OneSeries, forecast: SeriesForecast, events: EventSuggestions, *, chosen: str
) -> SeriesChart:
    """Return what is drawn of a series over a range that ends with its forecast."""
    last = one.track()
    there = np.isfinite(last.value)
    start, end = last.start[there], last.end[there]
    value, low, high = last.value[there], last.low[there], last.high[there]
    is_exact = (low == value) & (high == value)
    settles = end + one.indicator.settles_after_days * DAY_SECONDS <= one.at
    return SeriesChart(
        name=series_name(one.indicator, one.key),
        unit=one.indicator.unit,
        start=_begin(one, int(start[0]) if len(start) else one.at - _BLANK, RANGES[chosen]),
        end=max(one.at, forecast.forecast.ahead[-1].end if forecast.forecast else 0),
        period_start=start,
        period_end=end,
        value=value,
        low=np.where(is_exact, np.nan, low),
        high=np.where(is_exact, np.nan, high),
        settled=int(np.count_nonzero(np.logical_and.accumulate(settles))),
        edges=_edges(one),
        fan=_fan(forecast),
        steps=_steps(one, events),
        flags=_flags(one),
        words={value: word for word, value in one.indicator.words.items()},
        as_of=one.at,
        decimals=one.indicator.decimals,
    )


def _begin(one: OneSeries, first: int, days: int | None) -> int:
    return first if days is None else max(first, one.at - days * DAY_SECONDS)


def _edges(one: OneSeries) -> tuple[Edge, ...]:
    normalisation = one.indicator.normalisation
    if not isinstance(normalisation, ThresholdNormalisation):
        return ()
    return tuple(
        Edge(name=say(name), value=value, words=value_words(one.indicator, value))
        for name, value in normalisation.thresholds.knots
    )


def _fan(found: SeriesForecast) -> tuple[Fan, ...]:
    if found.forecast is None:
        return ()
    return tuple(
        Fan(start=each.start, end=each.end, middle=each.middle, narrow=each.narrow, wide=each.wide)
        for each in found.forecast.ahead
    )


def _steps(one: OneSeries, events: EventSuggestions) -> tuple[Flag, ...]:
    """Return where the mean stepped, by change points nobody has decided on."""
    decimals = max(one.indicator.decimals, 0)
    return tuple(
        Flag(
            at=epoch(each.period_start),
            label=say(
                "{low} to {high}", low=number(each.before, decimals), high=number(each.after, decimals)
            ),
            when=each.when,
        )
        for each in events.proposed
    )


def _flags(one: OneSeries) -> tuple[Flag, ...]:
    """Return the events of its subjects that fly a flag, and those confirmed from its own change points."""
    users = {each.subject.partition("@")[0] for each in one.placements}
    own = f"change-{one.indicator.slug}-"
    found = []
    for event in one.known.events.values():
        if users & set(event.subjects) and (event.is_flag or event.slug.startswith(own)):
            day = datetime(event.starts_on.year, event.starts_on.month, event.starts_on.day, tzinfo=UTC)
            found.append(Flag(at=epoch(day), label=event.title, when=event.when))
    return tuple(sorted(found, key=lambda flag: flag.at))
