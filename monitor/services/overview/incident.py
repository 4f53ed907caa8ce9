"""One incident: what is told of it now and was before, where it was, its twins, who counts it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.errors import NotFound
from monitor.domain.incident import Incident, is_dot
from monitor.domain.incident_matching import distance_km
from monitor.domain.incident_pair import IncidentPair, Key
from monitor.domain.incident_picture import IncidentMap, Spot
from monitor.domain.marking import Handling, handling_of
from monitor.domain.phrases import phrase
from monitor.domain.source import Source
from monitor.domain.wording import msgid, say
from monitor.services.overview.desk import desk
from monitor.services.overview.incident_links import counting
from monitor.services.overview.incident_words import PlaceWords, people_words, place_words
from monitor.services.overview.values import DeskView
from monitor.services.overview.words import series_name
from monitor.storage import incident_pairs, incidents, snapshot
from monitor.storage.incidents import Version

_FIELDS = {
    "happened_on": msgid("day"), "country": msgid("Country"), "kind": msgid("kind"),
    "admin1": msgid("Region"), "latitude": msgid("latitude"), "longitude": msgid("longitude"),
    "precision": msgid("precision"),
    "actor": msgid("actor"), "killed": msgid("killed"), "injured": msgid("injured"),
    "kidnapped": msgid("kidnapped"), "description": msgid("description"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a version says otherwise than the one before; empty texts where nothing was said."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version: known from when on, taken back or not, and what changed."""

    incident: Incident
    place: PlaceWords
    people: str
    known_at: datetime
    is_withdrawn: bool
    is_first: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """A pair seen from this incident; `other` None: its source has taken it back."""

    pair: IncidentPair
    key: Key
    other: Incident | None
    people: str
    apart_km: float | None
    source_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A series that counts the incident."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """Everything on an incident's page."""

    desk: DeskView
    incident: Incident
    place: PlaceWords
    people: str
    is_withdrawn: bool
    known_at: datetime
    versions: tuple[VersionView, ...]
    pairs: tuple[PairView, ...]
    counted: tuple[Counting, ...]
    source: Source | None
    handling: Handling
    chart: IncidentMap | None


def incident_page(session: Session, source: str, external_id: str, *, now: datetime) -> IncidentView:
    """Return an incident's page in a fixed number of queries; NotFound."""
    told = incidents.versions(session, source, external_id)
    if not told:
        raise NotFound(
            phrase("there is no incident {source}/{external_id}", source=source, external_id=external_id)
        )
    known = snapshot.current(session)
    latest, defined = told[0], known.sources.get(source)
    place = place_words(latest.incident, latest.coding)
    return IncidentView(
        desk=desk(session, now=now),
        incident=latest.incident,
        place=place,
        people=people_words(latest.incident),
        is_withdrawn=latest.is_withdrawn,
        known_at=moment(latest.known_at),
        versions=tuple(
            _version(each, before)
            for each, before in zip(told, [*told[1:], None], strict=True)
        ),
        pairs=_pairs(session, latest.incident, {slug: each.name for slug, each in known.sources.items()}),
        counted=() if latest.is_withdrawn else tuple(
            Counting(key=key, name=series_name(indicator, key))
            for indicator, key in counting(known, latest.incident, latest.coding)
        ),
        source=defined,
        handling=Handling() if defined is None else handling_of(defined),
        chart=None if latest.is_withdrawn else _chart(latest),
    )  # fmt: skip


def _version(version: Version, before: Version | None) -> VersionView:
    return VersionView(
        incident=version.incident,
        place=place_words(version.incident, version.coding),
        people=people_words(version.incident),
        known_at=moment(version.known_at),
        is_withdrawn=version.is_withdrawn,
        is_first=before is None,
        changes=() if before is None else _changes(version, before),
    )


def _changes(version: Version, before: Version) -> tuple[Change, ...]:
    now, then = version.incident, before.incident
    found = [
        Change(field=say(word), before=_text(getattr(then, name)), after=_text(getattr(now, name)))
        for name, word in _FIELDS.items()
        if getattr(now, name) != getattr(then, name)
    ]
    if version.coding != before.coding and not found:
        after, earlier = version.coding, before.coding
        found.append(Change(field=say("coded region"), before=earlier.admin1, after=after.admin1))
    return tuple(found)


def _text(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _pairs(session: Session, incident: Incident, names: dict[str, str]) -> tuple[PairView, ...]:
    own = (incident.source, incident.external_id)
    pairs = incident_pairs.of_incidents(session, [own])
    keys = [pair.second if pair.first == own else pair.first for pair in pairs]
    others = incidents.of_keys(session, keys) if keys else {}
    found = []
    for pair, key in zip(pairs, keys, strict=True):
        other = others.get(key)
        found.append(
            PairView(
                pair=pair, key=key, other=other, people="" if other is None else people_words(other),
                apart_km=None if other is None else distance_km(incident, other),
                source_name=names.get(key[0], key[0]),
            )
        )  # fmt: skip
    return tuple(found)


def _chart(version: Version) -> IncidentMap | None:
    """Return a map with one dot or one region; None where neither is known."""
    incident, coding = version.incident, version.coding
    if is_dot(incident) and incident.latitude is not None and incident.longitude is not None:
        spot = Spot(
            latitude=incident.latitude, longitude=incident.longitude, incidents=1, killed=incident.killed
        )
        return IncidentMap(countries=(coding.country,), spots=(spot,))
    return IncidentMap(countries=(coding.country,), in_region={coding.admin1: 1}) if coding.admin1 else None
