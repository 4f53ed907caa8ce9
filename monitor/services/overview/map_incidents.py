"""Incidents of some days by region, as known at a moment: numbers, dots, and what no region can show."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch, moment
from monitor.domain.derivations.incident_count import Covered
from monitor.domain.incident import exactness
from monitor.domain.incident_picture import Spot
from monitor.domain.map_picture import INCIDENT_STEPS, KILLED_STEPS, MapCell, Told, shade_of_count
from monitor.domain.months import month_of
from monitor.domain.spoken import capital, day, number
from monitor.domain.wording import say, say_many
from monitor.geo.countries import drawn_countries
from monitor.geo.outlines import Outline, outlines
from monitor.geo.region_names import region_name
from monitor.services.overview.map_asked import KILLED, MapAsked, Window, midnight, window_of
from monitor.services.overview.map_rows import CloserLine, MapData, MapRow
from monitor.storage.known_incidents import (
    KnownIncident,
    count_known,
    counts_of_days,
    covered,
    known_incidents,
)

MOST, MOST_DOTS, _MOST_LINES = 20_000, 1500, 12


def incident_data(
    session: Session, countries: Sequence[str], asked: MapAsked, *, now: datetime, is_part: bool
) -> MapData:
    """Return what incidents tell of the regions of some countries; the newest month if none is asked for."""
    strip = {} if is_part else _strip(counts_of_days(session, countries))
    window = window_of(asked, asked.month or max(strip, default=month_of(now.date())), now=now)
    at = epoch(window.at)
    found = known_incidents(session, countries, window.since, window.until, at=at, most=MOST)
    zero = _countries_with_zero(covered(session, countries), countries, window)
    by_region: dict[str, list[KnownIncident]] = {}
    for each in found.incidents:
        by_region.setdefault(each.region, []).append(each)
    rows = {
        each.code: _row(each, by_region.get(each.code, []), asked, is_zero=country in zero)
        for country in countries
        for each in outlines(country)
    }
    spots = _spots(found.incidents)
    own = by_region.get(asked.region, [])
    return MapData(
        window=window,
        rows=rows,
        spots=tuple(spots[:MOST_DOTS]),
        sources=frozenset(each.source for each in found.incidents),
        elsewhere=_elsewhere(by_region, rows),
        country_alone=_country_alone(by_region.get("", [])),
        undrawn=sum(each.incidents for each in spots[MOST_DOTS:]),
        known_now=None if window.is_now else count_known(
            session, countries, window.since, window.until, at=epoch(now)
        ),
        is_more=found.is_more,
        lines=tuple(_line(each) for each in own[:_MOST_LINES]),
        lines_total=len(own),
        strip=strip,
        incidents=len(found.incidents),
        killed=sum(each.killed for each in found.incidents),
    )  # fmt: skip


def _strip(days: Mapping[date, int]) -> dict[date, int]:
    """Return how many incidents each month has; by rising month."""
    found: Counter[date] = Counter()
    for on, count in days.items():
        found[month_of(on)] += count
    return dict(found)


def _row(outline: Outline, found: Sequence[KnownIncident], asked: MapAsked, *, is_zero: bool) -> MapRow:
    killed = sum(each.killed for each in found)
    is_killed = asked.measure == KILLED
    count = killed if is_killed else len(found)
    is_told = bool(found) or is_zero
    steps = KILLED_STEPS if is_killed else INCIDENT_STEPS
    points = sum(1 for each in found if _is_point(each))
    return MapRow(
        code=outline.code,
        name=outline.name,
        country=drawn_countries()[outline.country].name,
        cell=MapCell(
            code=outline.code, told=Told.VALUE if is_told else Told.NOTHING,
            words=number(count) if is_told else "", shade=shade_of_count(count, steps),
        ),
        number=float(count) if is_told else None,
        known_at=moment(max(each.known_at for each in found)) if found else None,
        incidents=len(found),
        killed=killed,
        at_points=points,
        unplaced=len(found) - points,
    )  # fmt: skip


def _is_point(each: KnownIncident) -> bool:
    has_point = each.latitude is not None and each.longitude is not None
    return has_point and exactness(each.precision).is_point


def _spots(found: Iterable[KnownIncident]) -> list[Spot]:
    """Return the points with what happened there, the busiest first."""
    points: dict[tuple[float, float], list[int]] = {}
    for each in found:
        if _is_point(each):
            spot = points.setdefault((each.latitude or 0.0, each.longitude or 0.0), [0, 0])
            spot[0] += 1
            spot[1] += each.killed
    busiest = sorted(points.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return [
        Spot(latitude=latitude, longitude=longitude, incidents=count, killed=killed)
        for (latitude, longitude), (count, killed) in busiest
    ]


def _elsewhere(
    by_region: dict[str, list[KnownIncident]], rows: dict[str, MapRow]
) -> tuple[tuple[str, int], ...]:
    named = {region_name(code) or code: len(found) for code, found in by_region.items() if code not in rows}
    named.pop("", None)
    for each in by_region.get("", []):
        if each.admin1:
            named[each.admin1] = named.get(each.admin1, 0) + 1
    return tuple(sorted(named.items(), key=lambda pair: (-pair[1], pair[0])))


def _country_alone(found: Iterable[KnownIncident]) -> tuple[tuple[str, int], ...]:
    counted = Counter(drawn_countries()[each.country].name for each in found if not each.admin1)
    return tuple(counted.most_common())


def _countries_with_zero(
    told: dict[str, list[Covered]], countries: Collection[str], window: Window
) -> set[str]:
    """Return the countries of which one source was known to list all incidents of these days."""
    return {
        country
        for country in countries
        if any(_is_covered([e for e in each if e.country in {"", country}], window) for each in told.values())
    }


def _is_covered(told: Iterable[Covered], window: Window) -> bool:
    """Whether stretches known by then leave out no day, taken together."""
    reached = window.since
    for each in sorted(told, key=lambda one: one.covers_from):
        if each.covers_from <= reached <= each.covers_until and _known_at(each) <= epoch(window.at):
            reached = each.covers_until + timedelta(days=1)
    return reached > window.until


def _known_at(each: Covered) -> int:
    if each.lag_seconds is None:
        return each.known_at
    return min(each.known_at, epoch(midnight(each.covers_until)) + each.lag_seconds)


def _line(each: KnownIncident) -> CloserLine:
    killed = say_many("{n} killed", "{n} killed", each.killed) if each.killed else ""
    place = "" if _is_point(each) else say("region alone")
    return CloserLine(
        when=day(each.day), what=capital(each.kind) + (f", {each.actor}" if each.actor else ""),
        words=", ".join(part for part in (killed, place) if part), known_at=moment(each.known_at),
        source=each.source, external_id=each.external_id,
    )  # fmt: skip
