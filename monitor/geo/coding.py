"""Incidents coded to a country and a region: by what the source told, else by where the point lies."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from monitor.domain.incident import UNCODED, CodedBy, Coding, Incident, exactness, is_dot
from monitor.domain.iso3166 import is_country
from monitor.geo.outlines import Outline, all_outlines
from monitor.geo.points import regions_at
from monitor.geo.region_names import code_told, region_code


def code_places(
    countries: Sequence[str],
    regions: Sequence[str],
    latitudes: Sequence[float | None],
    longitudes: Sequence[float | None],
    precisions: Sequence[str],
) -> list[Coding]:
    """Return the coding of many incidents at once, given as columns of one length.

    What the source told comes first: its country, its p-code, its name of the region. Only exact and near
    points are looked up, and only a point in the country that was told.
    """
    pairs = list(zip(countries, regions, strict=True))
    by_words = {pair: _by_words(*pair) for pair in set(pairs)}
    found = [by_words[pair] for pair in pairs]
    points = {text for text in set(precisions) if exactness(text).is_point}
    asked = [
        place
        for place, coding in enumerate(found)
        if not coding.admin1 and precisions[place] in points
        and latitudes[place] is not None and longitudes[place] is not None
    ]  # fmt: skip
    if asked:
        around = regions_at(
            np.array([longitudes[place] for place in asked], dtype=np.float64),
            np.array([latitudes[place] for place in asked], dtype=np.float64),
        )
        for place, region in zip(asked, around, strict=True):
            if region is not None and found[place].country in {"", region.country}:
                found[place] = _by_point(region.country, region.code)
    return found


def coding_of(incident: Incident) -> Coding:
    """Return the coding of one incident."""
    (found,) = code_places(
        [incident.country], [incident.admin1], [incident.latitude], [incident.longitude], [incident.precision]
    )
    return found


def region_around(incident: Incident) -> Outline | None:
    """Return the region an exact or near point lies in, whatever the source calls it."""
    if not is_dot(incident):
        return None
    return regions_at(
        np.array([incident.longitude], dtype=np.float64), np.array([incident.latitude], dtype=np.float64)
    )[0]


@lru_cache(maxsize=65_536)
def _by_words(country: str, region: str) -> Coding:
    if not is_country(country):
        return UNCODED
    if code := code_told(country, region):
        return Coding(country=country, admin1=code, by=CodedBy.CODE)
    if code := region_code(country, region):
        return Coding(country=country, admin1=code, by=CodedBy.NAME)
    return Coding(country=country)


@lru_cache(maxsize=4096)
def _by_point(country: str, code: str) -> Coding:
    return Coding(country=country, admin1=code, by=CodedBy.POINT)


def contradicted(incident: Incident, coding: Coding) -> Outline | None:
    """Return the region a point lies in where the source tells another region or country; else None."""
    around = region_around(incident)
    if around is None or coding.by is CodedBy.POINT:
        return None
    if coding.country not in {"", around.country}:
        return around
    # Regions younger than the outlines have none: what lies in them contradicts nothing.
    is_known = coding.admin1 in all_outlines()
    return around if is_known and around.code != coding.admin1 else None
