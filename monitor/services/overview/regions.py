"""The map of a subject's country: what is said of its regions, and where incidents happened."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from monitor.domain.chart import Dot, MapChart, RegionNote
from monitor.domain.incident import is_dot
from monitor.domain.indicator import Indicator, StepNormalisation
from monitor.domain.observation import Observation
from monitor.domain.scale import FULL
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import short
from monitor.domain.subject import Subject
from monitor.domain.wording import say
from monitor.storage import incidents, series
from monitor.storage.snapshot import Definitions

# A year up to the last incident known, which may lie some way back.
INCIDENT_DAYS, LONGEST_DAYS = 365, 1100
_PCODE = re.compile(r"[A-Z]{2}\d{2,}")
_SHUT_IN = "blockade"
_MAIN_WORDS = 3


def region_map(session: Session, known: Definitions, subject: Subject, *, until: date) -> MapChart | None:
    """Return the map's contents; None for a subject without a country."""
    if not subject.country:
        return None
    found = incidents.between(session, subject.country, until - timedelta(days=LONGEST_DAYS), until)
    last = max((each.happened_on for each in found), default=until)
    since = last - timedelta(days=INCIDENT_DAYS)
    dots = tuple(
        Dot(longitude=each.longitude, latitude=each.latitude, killed=each.killed, label=each.description)
        for each in found
        if each.happened_on > since
        and is_dot(each)
        and each.longitude is not None
        and each.latitude is not None
    )
    wanted = [
        indicator for indicator in known.indicators.values() if indicator.words or _SHUT_IN in indicator.tags
    ]
    notes = () if subject.is_exercise else _notes(session, {item.slug: item for item in wanted})
    return MapChart(country=subject.country, notes=notes, dots=dots, since=since, until=last)


def _notes(session: Session, wanted: Mapping[str, Indicator]) -> tuple[RegionNote, ...]:
    by_region: dict[str, list[tuple[Indicator, Observation]]] = {}
    for key, observation in series.latest_of(session, wanted).items():
        parsed = SeriesKey.parse(key)
        if _PCODE.fullmatch(parsed.unit):
            by_region.setdefault(parsed.unit, []).append((wanted[parsed.indicator], observation))
    return tuple(_note(code, found) for code, found in sorted(by_region.items()))


def _note(code: str, found: list[tuple[Indicator, Observation]]) -> RegionNote:
    """A state of several words shades the region; a state of two is added to its note where it is set."""
    words, mark, pressure = [], "", 0.0
    for indicator, observation in sorted(found, key=lambda pair: -len(pair[0].words)):
        value = observation.reading.value
        if value is None:
            continue
        if not indicator.words:
            mark = say("{people} shut in", people=short(value)) if value else mark
            continue
        if len(indicator.words) >= _MAIN_WORDS:
            pressure = max(pressure, _pressure(indicator, value))
        elif not value:
            continue
        words.append(next((word for word, stated in indicator.words.items() if stated == value), ""))
    is_between = 0 < pressure < FULL
    return RegionNote(
        code=code,
        shade=2 if pressure >= FULL else 1 if is_between else 0,
        note=", ".join(word for word in words if word),
        is_hatched=is_between,
        mark=mark,
    )


def _pressure(indicator: Indicator, value: float) -> float:
    if not isinstance(indicator.normalisation, StepNormalisation):
        return 0.0
    reached = [pressure for edge, pressure in indicator.normalisation.steps if value >= edge]
    return reached[-1] if reached else 0.0
