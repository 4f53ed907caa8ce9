"""Incidents that two sources may both have told of: pairs that look alike, with a score and the reasons.

Proposals for a person, never a decision. A pair is of one country, of different sources, of the same day or
of neighbouring ones; what else speaks for it adds to the score, what speaks against it takes away.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.incident import Exactness, Incident, exactness
from monitor.domain.series import Floats, Ints

LEAST_SCORE = 0.55
# Points that say a region or a country only lie at its middle and speak of no place.
_VAGUE = frozenset({Exactness.REGION, Exactness.COUNTRY})
_EARTH_KM = 6371.0088
_NEAR_KM, _FAR_KM = 10.0, 30.0
_MOST_PAIRS_EACH = 3
# Days never reach so far: country and day make one number.
_DAYS, _PAIRS_AT_ONCE = 10_000_000, 1_000_000
_SAME_DAY, _NEXT_DAY = 0.25, 0.12
_NEAR, _FAIRLY_NEAR, _SAME_REGION = 0.35, 0.25, 0.2
_ACTOR, _OTHER_ACTOR, _KIND, _DEATHS, _OTHER_DEATHS = 0.2, -0.15, 0.08, 0.12, -0.12
_MANY_DEATHS, _ALIKE_DEATHS = 5, 0.5
_EMPTY = frozenset({"region", "of", "the", "de", "du", "des", "la", "le", "unidentified", "unknown", "armed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two incidents of different sources that may be one; `reasons` in words, for and against."""

    first: Incident
    second: Incident
    score: float
    reasons: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Source and external id of both, the same whichever was met first."""
        return (self.first.source, self.first.external_id, self.second.source, self.second.external_id)


def pairs_alike(incidents: Sequence[Incident]) -> list[Pair]:
    """Return the pairs that look alike, the best first; of each incident the best few."""
    found = sorted(
        (
            pair
            for first, second in _candidates(incidents)
            if (pair := compare(incidents[first], incidents[second])).score >= LEAST_SCORE
        ),
        key=lambda pair: (-pair.score, pair.key),
    )
    counts: dict[tuple[str, str], int] = {}
    kept = []
    for pair in found:
        both = (pair.key[:2], pair.key[2:])
        if all(counts.get(each, 0) < _MOST_PAIRS_EACH for each in both):
            kept.append(pair)
            for each in both:
                counts[each] = counts.get(each, 0) + 1
    return kept


def compare(one: Incident, other: Incident) -> Pair:
    """Return two incidents as a pair with its score, 0 to 1, and the reasons."""
    first, second = sorted((one, other), key=lambda each: (each.source, each.external_id))
    said = [_days(first, second), _places(first, second), _actors(first, second), _kinds(first, second)]
    said.append(_deaths(first, second))
    score = min(1.0, max(0.0, sum(points for points, _ in said)))
    reasons = tuple(reason for _, reason in said if reason)
    return Pair(first=first, second=second, score=round(score, 2), reasons=reasons)


def distance_km(one: Incident, other: Incident) -> float | None:
    """Return the distance of two points on the sphere; None where either is vague or missing."""
    if not (is_point(one) and is_point(other)):
        return None
    return float(_haversine(*(np.array([each]) for each in (*_point(one), *_point(other))))[0])


def is_point(incident: Incident) -> bool:
    """Whether an incident's coordinates say where it was, not only in which region or country."""
    has_point = incident.latitude is not None and incident.longitude is not None
    return has_point and exactness(incident.precision) not in _VAGUE


def words_of(text: str) -> frozenset[str]:
    """Return the words of a name, without accents, capitals and words that say nothing."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return frozenset(re.findall(r"[a-z0-9]+", plain)) - _EMPTY


def _candidates(incidents: Sequence[Incident]) -> Iterator[tuple[int, int]]:
    """Yield the places of pairs of one country, of days next to each other, not plainly far apart."""
    country = _numbers([each.country for each in incidents])
    day = np.array([each.happened_on.toordinal() for each in incidents], dtype=np.int64)
    source = _numbers([each.source for each in incidents])
    order = np.lexsort((day, country))
    # Sorted so, whatever may be one with an incident follows it, up to the end of the next day.
    slot = country[order] * _DAYS + day[order]
    until = np.searchsorted(slot, slot + 1, side="right")
    latitude, longitude = _coordinates(incidents)
    counts = until - np.arange(len(order)) - 1
    for begun, ended in _stretches(counts):
        first = np.repeat(np.arange(begun, ended), counts[begun:ended])
        starts = np.repeat(np.cumsum(counts[begun:ended]) - counts[begun:ended], counts[begun:ended])
        second = first + 1 + np.arange(len(first)) - starts
        one, other = order[first], order[second]
        apart = source[one] != source[other]
        one, other = one[apart], other[apart]
        far = _haversine(latitude[one], longitude[one], latitude[other], longitude[other]) > _FAR_KM
        yield from zip(one[~far].tolist(), other[~far].tolist(), strict=True)


def _stretches(counts: Ints) -> Iterator[tuple[int, int]]:
    """Yield stretches of incidents with about as many pairs as fit into memory at once."""
    ends = np.cumsum(counts)
    begun = 0
    while begun < len(counts):
        before = ends[begun - 1] if begun else 0
        ended = max(begun + 1, int(np.searchsorted(ends, before + _PAIRS_AT_ONCE, side="right")))
        yield begun, ended
        begun = ended


def _numbers(texts: Sequence[str]) -> Ints:
    known: dict[str, int] = {}
    return np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)


def _coordinates(incidents: Sequence[Incident]) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes, NaN where there is no point."""
    points = [_point(each) if is_point(each) else (np.nan, np.nan) for each in incidents]
    both = np.array(points, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _point(incident: Incident) -> tuple[float, float]:
    return float(incident.latitude or 0.0), float(incident.longitude or 0.0)


def _haversine(latitude: Floats, longitude: Floats, latitudes: Floats, longitudes: Floats) -> Floats:
    """https://en.wikipedia.org/wiki/Haversine_formula, on the mean radius of the earth."""
    north, norths = np.radians(latitude), np.radians(latitudes)
    east = np.radians(longitudes - longitude)
    half = np.sin((norths - north) / 2) ** 2 + np.cos(north) * np.cos(norths) * np.sin(east / 2) ** 2
    found: Floats = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found


def _days(first: Incident, second: Incident) -> tuple[float, str]:
    apart = abs((first.happened_on - second.happened_on).days)
    if not apart:
        return _SAME_DAY, "the same day"
    return (_NEXT_DAY, "one day apart") if apart == 1 else (-1.0, f"{apart} days apart")


def _places(first: Incident, second: Incident) -> tuple[float, str]:
    if first.country != second.country:
        return -1.0, "different countries"
    apart = distance_km(first, second)
    if apart is not None:
        points = _NEAR if apart <= _NEAR_KM else _FAIRLY_NEAR if apart <= _FAR_KM else -1.0
        return points, f"{apart:.0f} km apart"
    regions = words_of(first.admin1), words_of(second.admin1)
    if not all(regions):
        return 0.0, ""
    if regions[0] & regions[1]:
        return _SAME_REGION, f"the same region, {first.admin1}"
    is_code = first.admin1[-1:].isdigit() is not second.admin1[-1:].isdigit()
    return (0.0, "") if is_code else (-1.0, f"different regions, {first.admin1} and {second.admin1}")


def _actors(first: Incident, second: Incident) -> tuple[float, str]:
    one, other = words_of(first.actor), words_of(second.actor)
    if not (one and other):
        return 0.0, ""
    share = len(one & other) / min(len(one), len(other))
    if share >= 0.5:  # noqa: PLR2004 (half of the shorter name)
        return _ACTOR, f"alike actors, {first.actor} and {second.actor}"
    return _OTHER_ACTOR, f"different actors, {first.actor} and {second.actor}"


def _kinds(first: Incident, second: Incident) -> tuple[float, str]:
    return (_KIND, f"both {first.kind}") if words_of(first.kind) & words_of(second.kind) else (0.0, "")


def _deaths(first: Incident, second: Incident) -> tuple[float, str]:
    least, most = sorted((first.killed, second.killed))
    if not most:
        return _DEATHS / 3, "nobody killed in either"
    if least / most >= _ALIKE_DEATHS:
        return _DEATHS * least / most, f"{first.killed} and {second.killed} killed"
    return (_OTHER_DEATHS if most >= _MANY_DEATHS else 0.0), f"{first.killed} and {second.killed} killed"
