"""The page of incidents: the list under its filters, counts by period, the map; few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.incident import Exactness, Incident, exactness
from monitor.domain.incident_filter import Wanted
from monitor.domain.incident_picture import IncidentMap, PeriodStrip, period_strip
from monitor.domain.marking import Handling, strictest
from monitor.domain.wording import msgid, say
from monitor.geo.outlines import all_outlines
from monitor.geo.region_names import region_name
from monitor.services.markings import Markings
from monitor.services.overview.desk import desk
from monitor.services.overview.incident_words import PlaceWords, people_words, place_words
from monitor.services.overview.values import DeskView
from monitor.storage import incident_search, snapshot
from monitor.storage.incident_search import Found, Mark
from monitor.storage.incident_survey import Group, Survey, survey

ON_A_PAGE = 50
MOST_DOTS = 1500
_MOST_DIGITS = 18
_SUMMED = ("incidents", "killed", "injured", "kidnapped")
LONGEST_DAYS = 36_525
SPANS = {"1y": (msgid("1 y"), 365), "3y": (msgid("3 y"), 3 * 365), "all": (msgid("All time"), 0)}
"""Stretches up to the newest incident: key, name and days; 0 is everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many incidents there are, and people in them.

    `is_more`: there are more than were added up. `back_to`: those before that day were not looked at.
    """

    incidents: int = 0
    killed: int = 0
    injured: int = 0
    kidnapped: int = 0
    is_more: bool = False
    back_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for; `span` holds where it names no days, the list begins after `after`."""

    wanted: Wanted
    span: str = "1y"
    after: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentListed:
    """One incident in the table."""

    incident: Incident
    place: PlaceWords
    people: str
    source_name: str
    marking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a filter may be set to, in words."""

    value: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """The map's contents, and what is said of what it cannot show: (place, how many) each.

    `regions` have no outline, `countries` are known to the country alone; `unsaid` have coordinates of which
    the source does not say how exact they are, `undrawn` lie at points beyond the most that are drawn.
    """

    chart: IncidentMap
    dots: int
    regions: tuple[tuple[str, int], ...]
    countries: tuple[tuple[str, int], ...]
    unsaid: int
    undrawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsView:
    """A page of incidents under its filters; `wanted` has the days that were taken.

    The list begins after `after` (None: with the newest) and goes on after `older` (None: it ends here).
    """

    desk: DeskView
    wanted: Wanted
    span: str
    after: Mark | None
    older: Mark | None
    rows: tuple[IncidentListed, ...]
    sums: Sums
    strip: PeriodStrip | None
    map: MapView
    countries: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    handling: Handling
    last_day: date | None


def incidents_page(session: Session, asked: Asked, *, now: datetime) -> IncidentsView:
    """Return the page in a fixed number of queries."""
    known = snapshot.current(session)
    last = incident_search.last_day(session)
    wanted, span = _with_days(asked, last)
    marked = Markings(session, known)
    names = {slug: source.name for slug, source in known.sources.items()}
    told = incident_search.search(session, wanted, limit=ON_A_PAGE, after=asked.after)
    found = survey(session, wanted, spots=MOST_DOTS)
    return IncidentsView(
        desk=desk(session, now=now),
        wanted=wanted,
        span=span,
        after=asked.after,
        older=told.older,
        rows=tuple(
            IncidentListed(
                incident=each.incident,
                place=place_words(each.incident, each.coding),
                people=people_words(each.incident),
                source_name=names.get(each.incident.source, each.incident.source),
                marking=marked.of_source(each.incident.source).words,
            )
            for each in told.incidents
        ),
        sums=_sums(found),
        strip=_strip(found, wanted),
        map=_map(found),
        countries=_choices(incident_search.countries(session), wanted.countries, {}),
        sources=_choices(incident_search.sources(session), wanted.sources, names),
        kinds=_choices(incident_search.kinds(session), wanted.kinds, {}),
        handling=strictest(marked.of_source(slug) for slug in sorted(_sources(found, told))),
        last_day=last,
    )


def after_place(text: str) -> Mark | None:
    """Return the place 2025-10-03.1234 in the list, as `str` of a mark gives it; None if it is none."""
    day, _, number = text.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        return None
    try:
        return Mark(day=date.fromisoformat(day), seq=int(number))
    except ValueError:
        return None


def _with_days(asked: Asked, last: date | None) -> tuple[Wanted, str]:
    """Take a stretch up to the newest incident where the address names no days."""
    wanted = asked.wanted
    if wanted.since is not None or wanted.until is not None or last is None:
        return wanted, ""
    span = asked.span if asked.span in SPANS else "1y"
    days = SPANS[span][1]
    return (replace(wanted, since=last - timedelta(days=days - 1), until=last) if days else wanted), span


def _sums(found: Survey) -> Sums:
    people = {name: sum(getattr(each, name) for each in found.days) for name in _SUMMED}
    return Sums(**people, is_more=found.is_full, back_to=found.back_to)


def _sources(found: Survey, told: Found) -> set[str]:
    """Return the sources of what is shown."""
    return {each.source for each in found.groups} | {each.incident.source for each in told.incidents}


def _strip(found: Survey, wanted: Wanted) -> PeriodStrip | None:
    """Return counts over the days asked for and looked at; centuries are cut to where there are any."""
    days = found.days
    if not days:
        return None
    first = found.back_to or wanted.since or days[0].day
    since, until = max(first, wanted.since or first), wanted.until or days[-1].day
    if (until - since).days > LONGEST_DAYS:
        since, until = days[0].day, days[-1].day
    return period_strip([(each.day, each.incidents, each.killed) for each in days], since, until)


def _choices(found: Iterable[str], chosen: Iterable[str], names: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return what there is and what is chosen, by name; what is empty cannot be asked for."""
    choices = [Choice(value=each, name=names.get(each, each)) for each in {*found, *chosen} - {""}]
    return tuple(sorted(choices, key=lambda each: each.name))


def _map(found: Survey) -> MapView:
    groups, spots = found.groups, found.spots
    dots = sum(each.incidents for each in groups if _is_dot(each))
    drawn = all_outlines()
    shaded: dict[str, int] = {}
    regions: dict[str, int] = {}
    countries: dict[str, int] = {}
    for each in groups:
        if _is_dot(each):
            continue
        code, country = each.coding.admin1, each.coding.country or say("no country")
        if code in drawn:
            shaded[code] = shaded.get(code, 0) + each.incidents
        elif code or each.admin1:
            name = f"{region_name(code) or each.admin1 or code}, {country}"
            regions[name] = regions.get(name, 0) + each.incidents
        else:
            countries[country] = countries.get(country, 0) + each.incidents
    shown = {each.coding.country for each in groups} & {region.country for region in drawn.values()}
    return MapView(
        chart=IncidentMap(
            countries=tuple(sorted(shown)), spots=spots,
            in_region=shaded,
        ),
        dots=dots,
        regions=_by_number(regions),
        countries=_by_number(countries),
        unsaid=sum(
            each.incidents
            for each in groups
            if each.has_point and exactness(each.precision) is Exactness.UNSAID
        ),
        undrawn=dots - sum(each.incidents for each in spots),
    )  # fmt: skip


def _is_dot(group: Group) -> bool:
    return group.has_point and exactness(group.precision).is_point


def _by_number(found: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
