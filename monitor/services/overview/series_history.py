"""The history of a series as a table: each period's value, when it was known, how often it was revised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, moment
from monitor.domain.grade import grade_factor
from monitor.domain.observation import Observation
from monitor.domain.series import Columns
from monitor.domain.spoken import period
from monitor.domain.wording import say
from monitor.services.one_series import OneSeries
from monitor.services.overview.citations import NOTHING, Citations, Cited
from monitor.services.overview.incident_links import address_of, wanted_by
from monitor.services.overview.words import value_words
from monitor.storage import observations

MOST_ROWS = 36
# Vintages of the periods shown: more of them than this leave the oldest rows without a citation.
_MOST_VINTAGES = 400
_LOW_GRADE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRow:
    """One period: `value` in the indicator's unit, `raw` as observed where a transform stands between.

    `behind` are the filters of the list of incidents under which the count's incidents stand; `address`
    names the observation's own page, where there is one.
    """

    when: str
    period_end: datetime
    value: str
    raw: str
    span: str
    known_at: datetime
    revisions: int
    is_provisional: bool
    is_reconstructed: bool
    grade: str
    is_low_grade: bool
    cited: Cited
    note: str
    behind: Mapping[str, object] | None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRows:
    """The newest periods, newest first, of `total`."""

    shown: tuple[SeriesRow, ...]
    total: int


def series_rows(session: Session, one: OneSeries, citations: Citations) -> SeriesRows:
    """Return the newest periods as they are known at the series' time."""
    rows, values = one.rows(), one.track().value
    told = _observations(session, one)
    shown = range(len(rows) - 1, max(-1, len(rows) - 1 - MOST_ROWS), -1)
    return SeriesRows(
        shown=tuple(_row(one, rows, place, float(values[place]), told, citations) for place in shown),
        total=len(rows),
    )


def _observations(session: Session, one: OneSeries) -> dict[tuple[int, int], Observation]:
    """Return the observation in force of each period by its ends; the newest vintage of each comes first."""
    found: dict[tuple[int, int], Observation] = {}
    history = observations.history(session, one.key, until=one.as_of, limit=_MOST_VINTAGES)
    for each in sorted(history, key=lambda each: (-each.reading.source_revision, -each.seq)):
        ends = int(each.reading.period_start.timestamp()), int(each.reading.period_end.timestamp())
        if each.reading.known_at <= one.as_of:
            found.setdefault(ends, each)
    return found


def _row(
    one: OneSeries,
    rows: Columns,
    place: int,
    value: float,
    told: dict[tuple[int, int], Observation],
    citations: Citations,
) -> SeriesRow:
    start, end = int(rows.period_start[place]), int(rows.period_end[place])
    counted = wanted_by(one.indicator, one.key)
    observation = told.get((start, end))
    reading = None if observation is None else observation.reading
    raw = float(rows.value[place])
    settles = end + one.indicator.settles_after_days * DAY_SECONDS
    return SeriesRow(
        when=period(moment(start), moment(end)),
        period_end=moment(end),
        value=value_words(one.indicator, None if np.isnan(value) else value),
        raw="" if not one.indicator.transforms else value_words(one.indicator, raw),
        span=_span(one, float(rows.low[place]), float(rows.high[place])),
        known_at=moment(int(rows.known_at[place])),
        revisions=_revisions(one, start, end),
        is_provisional=settles > one.at,
        is_reconstructed=reading is not None and reading.is_reconstructed,
        grade="" if reading is None else reading.grade,
        is_low_grade=reading is not None and grade_factor(reading.grade) <= _LOW_GRADE,
        cited=NOTHING if reading is None else citations.number(reading.citation),
        note="" if reading is None else reading.note,
        behind=None if counted is None else address_of(counted, moment(start), moment(end)),
        address="" if observation is None else f"{start}.{observation.seq}",
    )


def _revisions(one: OneSeries, start: int, end: int) -> int:
    """Count the rows of a period beyond its first, as known at the series' time."""
    own = one.own
    same = (own.period_start == start) & (own.period_end == end) & (own.known_at <= one.at)
    return int(np.count_nonzero(same)) - 1


def _span(one: OneSeries, low: float, high: float) -> str:
    if np.isnan(low) or np.isnan(high):
        return ""
    return say("{low} to {high}", low=value_words(one.indicator, low), high=value_words(one.indicator, high))
