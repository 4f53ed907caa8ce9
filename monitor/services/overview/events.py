"""The page on which events are entered, and what a person told beside an incident."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.source import Source
from monitor.geo.outlines import all_outlines
from monitor.services.attach import Target, attached_to
from monitor.services.overview.desk import desk
from monitor.services.overview.entry_effects import Effects, entry_effects
from monitor.services.overview.values import DeskView
from monitor.services.overview.words import country_name
from monitor.services.record_event import RecordedEvent, event_sources
from monitor.storage import entries, incidents
from monitor.storage.entries import Attachment, EnteredIncident
from monitor.storage.incidents import Version

_KINDS = ("attack", "battle", "blockade", "coup attempt", "explosion", "kidnapping", "protest", "statement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country that can be chosen, with its regions as (code, name)."""

    code: str
    name: str
    regions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """What stands beside the form; `just` is the event that was saved, `effects` what it did."""

    desk: DeskView
    sources: tuple[Source, ...]
    countries: tuple[Country, ...]
    kinds: tuple[str, ...]
    just: Version | None = None
    effects: Effects | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIncident:
    """What was told by hand beside an incident, if it was, and what belongs to it."""

    entered: EnteredIncident | None
    attached: tuple[Attachment, ...]


def event_page(session: Session, *, just: tuple[str, str] | None = None, now: datetime) -> EventView:
    """Return what can be chosen, and what was saved a moment ago."""
    told = incidents.versions(session, *just) if just else []
    return EventView(
        desk=desk(session, now=now),
        sources=tuple(event_sources(session)),
        countries=_countries(),
        kinds=_KINDS,
        just=told[0] if told else None,
        effects=_effects(session, told[0]) if told else None,
    )


def effects_of_event(session: Session, source: str, external_id: str) -> Effects:
    """Return what an incident's latest version did to the heat; NotFound."""
    told = incidents.versions(session, source, external_id)
    if not told:
        raise NotFound(f"there is no incident {source}/{external_id}")
    return _effects(session, told[0])


def _effects(session: Session, version: Version) -> Effects:
    one = version.incident
    row = RecordedEvent(source=one.source, external_id=one.external_id, seq=version.seq)
    return entry_effects(session, [row.counted_as], row.seq)


def told_incident(session: Session, source: str, external_id: str) -> ToldIncident:
    """Return what a person told beside an incident."""
    return ToldIncident(
        entered=entries.told_of(session, source, external_id),
        attached=attached_to(session, Target(source=source, external_id=external_id)),
    )


def _countries() -> tuple[Country, ...]:
    found: dict[str, list[tuple[str, str]]] = {}
    for each in all_outlines().values():
        found.setdefault(each.country, []).append((each.code, each.name))
    named = [
        Country(code=code, name=country_name(code), regions=tuple(sorted(regions, key=itemgetter(1))))
        for code, regions in found.items()
        if code
    ]
    return tuple(sorted(named, key=attrgetter("name")))
