"""What a source forecasts of periods to come, for the page of an indicator of forecasts."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from monitor.domain.clock import moment
from monitor.domain.scoring.view import observed, visible
from monitor.domain.spoken import period
from monitor.domain.wording import say
from monitor.services.one_series import OneSeries
from monitor.services.overview.words import value_words


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedForecast:
    """One period that has not ended, and what its source says of it."""

    when: str
    value: str
    span: str
    known_at: datetime


def published_forecast(one: OneSeries) -> tuple[PublishedForecast, ...]:
    """Return the newest forecast of each period that has not ended, soonest first."""
    own = one.own
    if not one.indicator.is_forecast or not len(own):
        return ()
    rows = observed(visible(own, at=int(own.period_start.max()), known_at=one.at))
    rows = rows.rows(rows.period_end > one.at)
    rows = rows.rows(np.argsort(rows.period_start, kind="stable"))
    return tuple(
        PublishedForecast(
            when=period(moment(int(start)), moment(int(end))),
            value=value_words(one.indicator, float(value)),
            span=_span(one, float(low), float(high)),
            known_at=moment(int(known_at)),
        )
        for start, end, value, low, high, known_at in zip(
            rows.period_start, rows.period_end, rows.value, rows.low, rows.high, rows.known_at, strict=True
        )
    )


def _span(one: OneSeries, low: float, high: float) -> str:
    if np.isnan(low) or np.isnan(high):
        return ""
    return say("{low} to {high}", low=value_words(one.indicator, low), high=value_words(one.indicator, high))
