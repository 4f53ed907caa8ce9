"""A pack: definitions, history and citations that are installed, upgraded and exported together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.rule import Rule
from monitor.domain.citation import Citation
from monitor.domain.event import Event
from monitor.domain.incident import Coverage, Incident
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Reading
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import Scale
from monitor.domain.source import Source
from monitor.domain.statement import Statement
from monitor.domain.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class PackEdition:
    """Which edition of a pack is installed; itself a versioned definition."""

    slug: str
    name: str
    version: str
    licence: str
    description: str = ""
    data_until: datetime | None = None


Definition = (
    Citation
    | Source
    | Scale
    | Indicator
    | Subject
    | Placement
    | WeightSet
    | Rule
    | Routing
    | Event
    | Statement
    | PackEdition
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFile:
    """Readings that came from one file and count as given by one source."""

    file: str
    source: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFile:
    """Incidents that came from one file and count as reported by one source, and what it lists in full."""

    file: str
    source: str
    incidents: tuple[Incident, ...]
    covered: tuple[Coverage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Geo:
    """An outline to draw: a GeoJSON file of a country, with the licence it is used under."""

    file: str
    country: str
    licence: str
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Everything one folder defines. Its subjects are installed standing at `data_until`; None: live."""

    slug: str
    name: str
    version: str
    licence: str
    description: str = ""
    data_until: datetime | None = None
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] = ()
    scales: tuple[Scale, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    subjects: tuple[Subject, ...] = ()
    placements: tuple[Placement, ...] = ()
    weight_sets: tuple[WeightSet, ...] = ()
    rules: tuple[Rule, ...] = ()
    routings: tuple[Routing, ...] = ()
    events: tuple[Event, ...] = ()
    statements: tuple[Statement, ...] = ()
    history: tuple[HistoryFile, ...] = ()
    incidents: tuple[IncidentFile, ...] = ()
    geo: tuple[Geo, ...] = ()

    @property
    def edition(self) -> PackEdition:
        """What is remembered of the pack as a whole."""
        return PackEdition(
            slug=self.slug,
            name=self.name,
            version=self.version,
            licence=self.licence,
            description=self.description,
            data_until=self.data_until,
        )

    @property
    def definitions(self) -> Iterator[Definition]:
        """Every definition, each after those it refers to."""
        yield from self.citations
        yield from self.sources
        yield from self.scales
        yield from self.indicators
        yield from self.subjects
        yield from self.placements
        yield from self.weight_sets
        yield from self.rules
        yield from self.routings
        yield from self.events
        yield from self.statements
        yield self.edition

    def series_of(self, subject: str) -> tuple[str, ...]:
        """Return the keys of the series placed under a subject, sorted, each once."""
        return tuple(
            sorted({placement.series for placement in self.placements if placement.subject == subject})
        )
