"""One source as people see it: its definition, where it stands, its last runs, the series it feeds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.indicator import Indicator
from monitor.domain.observation import Observation
from monitor.domain.source import Source
from monitor.storage import definitions, raw_answers, runs, series, snapshot, sources
from monitor.storage.sources import SourceState

MOST_RUNS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FedSeries:
    """A series that a source feeds, with its newest value; None where there is none."""

    key: str
    name: str
    unit: str
    value: float | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSource:
    """All there is to say of a source. `kept` are the bytes kept of each run's answers."""

    source: Source
    state: SourceState | None
    runs: Sequence[runs.Run]
    kept: Mapping[int, int]
    series: Sequence[FedSeries]
    is_asked: bool


def source_of(session: Session, slug: str) -> Source:
    """Return the definition of a source; NotFound if there is none."""
    return definitions.get(session, Source, slug)


def one_source(session: Session, slug: str, *, kinds: Collection[str]) -> OneSource:
    """Return a source with its last runs, newest first; NotFound if there is none."""
    source = source_of(session, slug)
    recent = runs.recent(session, slug, limit=MOST_RUNS)
    return OneSource(
        source=source,
        state=sources.states(session, [slug]).get(slug),
        runs=recent,
        kept=raw_answers.sizes(session, [run.id for run in recent]),
        series=_fed(session, slug),
        is_asked=source.kind in kinds,
    )


def _fed(session: Session, slug: str) -> list[FedSeries]:
    known = snapshot.current(session)
    indicators = {each.slug: each for each in known.indicators.values() if each.source == slug}
    keys = [key for key in map(str, series.find_all(session)) if key.partition(":")[0] in indicators]
    newest = series.latest(session, keys)
    return [_line(key, indicators[key.partition(":")[0]], newest.get(key)) for key in sorted(keys)]


def _line(key: str, indicator: Indicator, newest: Observation | None) -> FedSeries:
    unit = indicator.source_unit or indicator.unit
    if newest is None:
        return FedSeries(key=key, name=indicator.name, unit=unit)
    told = newest.reading
    return FedSeries(
        key=key, name=indicator.name, unit=unit, value=told.value, period_start=told.period_start,
        period_end=told.period_end,
    )  # fmt: skip
