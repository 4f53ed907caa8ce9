"""The whole history of a series with the origin of each value, for a chart that a reader zooms."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.plot import Provenances, SeriesPlot
from monitor.domain.series import Ints
from monitor.services.forecast_series import series_forecast
from monitor.services.one_series import OneSeries, one_series
from monitor.services.overview.series_picture import picture
from monitor.services.suggest_events import event_suggestions
from monitor.storage import observations
from monitor.storage.observations import Provenance
from monitor.storage.snapshot import Definitions

_NOWHERE = Provenance(grade="", citation="", source="", is_reconstructed=False)


def series_plot(session: Session, key: str, *, now: datetime) -> SeriesPlot:
    """Return a series' history with thresholds, forecast and change points; NotFound, InvalidInput."""
    one = one_series(session, key, now=now)
    chart = picture(one, series_forecast(one), event_suggestions(session, one), chosen="all")
    return SeriesPlot(chart=chart, provenances=_provenances(one, observations.provenances(session, key)))


def _provenances(one: OneSeries, told: Mapping[int, Provenance]) -> Provenances:
    rows = one.rows()
    rows = rows.rows(np.isfinite(one.track().value))
    found = [told.get(seq, _NOWHERE) for seq in rows.seq.tolist()]
    return Provenances(
        known_at=rows.known_at,
        revisions=_revisions(one, rows.period_start, rows.period_end),
        is_reconstructed=np.array([each.is_reconstructed for each in found], dtype=np.bool_),
        grade=tuple(each.grade for each in found),
        source=tuple(_source(one.known, each) for each in found),
    )


def _revisions(one: OneSeries, start: Ints, end: Ints) -> Ints:
    """Count the rows of each period beyond its first, as known at the series' time."""
    own = one.own.rows(one.own.known_at <= one.at)
    pairs = np.stack([own.period_start, own.period_end], axis=1)
    periods, counts = np.unique(pairs, axis=0, return_counts=True)
    seen = dict(zip(map(tuple, periods.tolist()), counts.tolist(), strict=True))
    return np.array(
        [seen[pair] - 1 for pair in zip(start.tolist(), end.tolist(), strict=True)], dtype=np.int64
    )


def _source(known: Definitions, found: Provenance) -> str:
    """Return what a value rests on in words: its citation, else the source that brought it."""
    citation = known.citations.get(found.citation)
    if citation is not None:
        return citation.title
    source = known.sources.get(found.source)
    return found.source if source is None else source.name
