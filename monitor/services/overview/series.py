"""A series' page: history against thresholds, forecast, change points, suggestions, users, source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.chart import Strip
from monitor.domain.indicator import Indicator, Transform
from monitor.domain.marking import Handling
from monitor.domain.normalisations.normalise import concern_of
from monitor.domain.quarantine import State
from monitor.domain.scale import Concern
from monitor.domain.source import Source
from monitor.domain.suggestions.series_chart import SeriesChart
from monitor.services.forecast_series import SeriesForecast, series_forecast
from monitor.services.markings import markings
from monitor.services.one_series import OneSeries, one_series
from monitor.services.overview.citations import Citations, Cited
from monitor.services.overview.desk import desk
from monitor.services.overview.drivers import strip_of
from monitor.services.overview.published_forecast import PublishedForecast, published_forecast
from monitor.services.overview.series_history import SeriesRow, series_rows
from monitor.services.overview.series_picture import DEFAULT_RANGE, RANGES, picture
from monitor.services.overview.standings import model_from
from monitor.services.overview.values import DeskView
from monitor.services.overview.words import series_name, value_words
from monitor.services.revisions import Revisions, revisions_of
from monitor.services.suggest_events import EventSuggestions, event_suggestions
from monitor.services.suggest_thresholds import USUAL_RATE, ThresholdSuggestions, threshold_suggestions
from monitor.storage import quarantine, runs
from monitor.storage.quarantine import Which
from monitor.storage.runs import Run

MOST_RUNS = 5
_LEAST_RATE, _MOST_RATE = 0.05, 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesUse:
    """A subject that uses the series, under which driver, with what share of the whole."""

    subject: str
    name: str
    driver: str
    weight: float
    has_own_thresholds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesNow:
    """The value that scores: in words, its period, pressure and concern; `strip` draws it."""

    value: str
    pressure: float | None
    concern: Concern | None
    strip: Strip
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """Everything on a series' page."""

    desk: DeskView
    key: str
    name: str
    indicator: Indicator
    transforms: tuple[Transform, ...]
    as_of: datetime
    is_archive: bool
    now: SeriesNow
    chart: SeriesChart
    chart_range: str
    rows: tuple[SeriesRow, ...]
    period_count: int
    revisions: Revisions
    forecast: SeriesForecast
    published: tuple[PublishedForecast, ...]
    events: EventSuggestions
    thresholds: ThresholdSuggestions
    uses: tuple[SeriesUse, ...]
    source: Source | None
    runs: tuple[Run, ...]
    quarantined: int
    handling: Handling
    cited: tuple[Cited, ...]

    @property
    def revised(self) -> int:
        """How many of the periods shown were revised."""
        return sum(row.revisions > 0 for row in self.rows)

    def words(self, value: float | None) -> str:
        """A value in the indicator's own words."""
        return value_words(self.indicator, value)


def series_page(
    session: Session, key: str, *, now: datetime, chart_range: str = DEFAULT_RANGE, per_year: str = ""
) -> SeriesView:
    """Return a series' page in a fixed number of queries; NotFound, InvalidInput."""
    one = one_series(session, key, now=now)
    citations = Citations(one.known.citations)
    forecast = series_forecast(one)
    events = event_suggestions(session, one)
    rows = series_rows(session, one, citations)
    chosen = chart_range if chart_range in RANGES else DEFAULT_RANGE
    source = one.known.sources.get(one.indicator.source)
    return SeriesView(
        desk=desk(session, now=now),
        key=key,
        name=series_name(one.indicator, key),
        indicator=one.indicator,
        transforms=one.indicator.transforms,
        as_of=one.as_of,
        is_archive=one.is_archive,
        now=_now(one),
        chart=picture(one, forecast, events, chosen=chosen),
        chart_range=chosen,
        rows=rows.shown,
        period_count=rows.total,
        revisions=revisions_of(one.indicator, one.own, key=key, at=one.at),
        forecast=forecast,
        published=published_forecast(one),
        events=events,
        thresholds=threshold_suggestions(one, per_year=_rate(per_year)),
        uses=_uses(one),
        source=source,
        runs=() if source is None else tuple(runs.recent(session, source.slug, limit=MOST_RUNS)),
        quarantined=quarantine.count(session, Which(state=State.OPEN, series=key)),
        handling=markings(session).of_series(key),
        cited=citations.listed,
    )


def _rate(text: str) -> float:
    """Return the rate asked for in an address; what is no number within a year's days is the usual one."""
    try:
        rate = float(text.replace(",", "."))
    except ValueError:
        return USUAL_RATE
    return rate if _LEAST_RATE <= rate <= _MOST_RATE else USUAL_RATE


def _now(one: OneSeries) -> SeriesNow:
    found = one.scored(np.array([one.at])).placements
    is_there = bool(found.observed[0, 0])
    has_fit = one.model.placements[0].indicator is one.indicator
    pressure = float(found.pressure[0, 0]) if is_there and has_fit else None
    return SeriesNow(
        value=value_words(one.indicator, float(found.value[0, 0]) if is_there else None),
        pressure=pressure,
        concern=None if pressure is None else concern_of(pressure),
        strip=strip_of(one.indicator.normalisation, pressure, is_saturated=bool(found.saturated[0, 0])),
        is_held=bool(found.held[0, 0]),
    )


def _uses(one: OneSeries) -> tuple[SeriesUse, ...]:
    found = []
    for placement in one.placements:
        subject = one.known.subjects.get(placement.subject)
        if subject is not None:
            weights = _weights(one, placement.subject)
            found.append(
                SeriesUse(
                    subject=subject.slug,
                    name=subject.name,
                    driver=subject.driver_named(placement.driver).name,
                    weight=weights[placement.slug],
                    has_own_thresholds=placement.normalisation is not None,
                )
            )
    return tuple(sorted(found, key=lambda use: use.name))


def _weights(one: OneSeries, slug: str) -> Mapping[str, float]:
    model = model_from(one.known, one.known.subjects[slug])
    names = [placed.placement.slug for placed in model.placements]
    return dict(zip(names, model.effective_weights.tolist(), strict=True))
