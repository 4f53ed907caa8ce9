"""Store an event that a person told of: an incident of a source that people write, graded and cited."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.domain.derivations.derived import INCIDENTS
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.grade import is_grade
from monitor.domain.incident import Incident
from monitor.domain.indicator import Indicator
from monitor.domain.iso3166 import is_country
from monitor.domain.series import SeriesKey
from monitor.domain.source import Source
from monitor.domain.wording import msgid, say, say_many
from monitor.geo.outlines import all_outlines
from monitor.services.record_observation import LONGEST_CITATION, LONGEST_NOTE, parse_bound
from monitor.storage import audit, definitions, entries, incidents
from monitor.storage.entries import EnteredIncident

BY_HAND = "manual"
LONGEST_WHAT = 2000
LONGEST_WORDS = 200
MOST_PEOPLE = 10_000_000
# How exact the day is: the event happened on it, in its week, in its month.
DAY_IS = {"day": msgid("on that day"), "week": msgid("in that week"), "month": msgid("in that month")}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry:
    """What a person fills in; `place` is a country (MLI) or a region of one (ML01)."""

    source: str
    happened_on: date
    place: str
    kind: str
    what: str
    citation: str
    grade: str = ""
    day_is: str = "day"
    actors: str = ""
    killed: str = ""
    injured: str = ""
    kidnapped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """Which incident an event became, and its number in the order of commits."""

    source: str
    external_id: str
    seq: int

    @property
    def counted_as(self) -> str:
        """The series of incidents that indicators count."""
        return str(SeriesKey(INCIDENTS, self.source))


def event_sources(session: Session) -> list[Source]:
    """Return the sources that people write, those first whose incidents an indicator counts."""
    counted = {
        source
        for indicator in definitions.find_all(session, Indicator)
        if (source := getattr(indicator.derived, "source", ""))
    }
    found = [each for each in definitions.find_all(session, Source) if each.kind == BY_HAND]
    return sorted(found, key=lambda each: (each.slug not in counted, each.name))


def record_event(session: Session, entry: EventEntry, *, author: str, now: datetime) -> RecordedEvent:
    """Store what was told; InvalidInput names the field that cannot be used."""
    incident = read_event(session, entry, now=now)
    incidents.keep(session, [incident], now=now)
    told = EnteredIncident(
        source=incident.source, external_id=incident.external_id, grade=entry.grade,
        citation=entry.citation.strip(), day_is=entry.day_is, author=author, at=now,
    )  # fmt: skip
    entries.tell(session, told)
    seq = incidents.versions(session, incident.source, incident.external_id)[0].seq
    audit.record(
        session, actor=author, action="incident.record", target=f"{incident.source}/{incident.external_id}",
        reason="", before=None,
        after={
            "happened_on": incident.happened_on.isoformat(), "kind": incident.kind, "place": entry.place,
            "killed": incident.killed, "grade": entry.grade, "seq": seq,
        },
        now=now,
    )  # fmt: skip
    return RecordedEvent(source=incident.source, external_id=incident.external_id, seq=seq)


def read_event(session: Session, entry: EventEntry, *, now: datetime) -> Incident:
    """Return what an entry says, without storing it; InvalidInput names the field."""
    if entry.source not in {each.slug for each in event_sources(session)}:
        raise InvalidInput(say("choose a source that people write"), field="source")
    if entry.happened_on > now.date():
        raise InvalidInput(say("the day lies in the future"), field="happened_on")
    if entry.grade and not is_grade(entry.grade):
        raise InvalidInput(say("a grade is a letter A to F and a digit 1 to 6, such as B2"), field="grade")
    if entry.day_is not in DAY_IS:
        raise InvalidInput(say("say how exact the day is"), field="day_is")
    country, region = _place(entry.place)
    for field, missing in (
        ("kind", say("say what kind of event it is")),
        ("what", say("say what happened")),
        ("citation", say("say where it comes from")),
    ):
        if not getattr(entry, field).strip():
            raise InvalidInput(missing, field=field)
    _check_lengths(entry)
    return Incident(
        source=entry.source,
        external_id=f"{entry.happened_on:%Y%m%d}-{secrets.token_hex(4)}",
        happened_on=entry.happened_on,
        country=country,
        kind=entry.kind.strip().casefold(),
        admin1=region,
        precision="region" if region else "country",
        actor=entry.actors.strip(),
        killed=_people(entry, "killed"),
        injured=_people(entry, "injured"),
        kidnapped=_people(entry, "kidnapped"),
        description=entry.what.strip(),
    )


def withdraw_event(
    session: Session, source: str, external_id: str, *, reason: str, by: str, now: datetime
) -> RecordedEvent:
    """Take an event back that was entered by hand; NotFound, Conflict, InvalidInput for too long a reason."""
    if len(reason) > LONGEST_NOTE:
        raise InvalidInput(say("the reason is too long"), field="reason")
    if entries.told_of(session, source, external_id) is None:
        raise NotFound(f"no event {source}/{external_id} was entered by hand")
    if not incidents.withdraw(session, source, [external_id], now=now):
        raise Conflict(say("it is withdrawn already"))
    latest = incidents.versions(session, source, external_id)[0]
    audit.record(
        session, actor=by, action="incident.withdraw", target=f"{source}/{external_id}", reason=reason,
        before={"killed": latest.incident.killed}, after=None, now=now,
    )  # fmt: skip
    return RecordedEvent(source=source, external_id=external_id, seq=latest.seq)


def _place(text: str) -> tuple[str, str]:
    """Return country and region of a place; the region is told by its code."""
    region = all_outlines().get(text)
    if region is not None:
        return region.country, region.code
    if not is_country(text):
        raise InvalidInput(say("choose a country or a region"), field="place")
    return text, ""


def _people(entry: EventEntry, field: str) -> int:
    number = parse_bound(getattr(entry, field), field=field)
    if number is not None and (number < 0 or number > MOST_PEOPLE or number != int(number)):
        raise InvalidInput(say("write a whole number of people"), field=field)
    return int(number or 0)


def _check_lengths(entry: EventEntry) -> None:
    most = {
        "what": LONGEST_WHAT,
        "citation": LONGEST_CITATION,
        "kind": LONGEST_WORDS,
        "actors": LONGEST_WORDS,
    }
    for field, longest in most.items():
        if len(getattr(entry, field)) > longest:
            said = say_many("at most {n} character", "at most {n} characters", longest)
            raise InvalidInput(said, field=field)
