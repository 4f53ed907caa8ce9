"""Regions with as few points as a picture shows; lines that two of them share stay shared."""

from functools import lru_cache

import numpy as np
import shapely

from monitor.domain.series import Floats
from monitor.geo.outlines import outlines


@lru_cache(maxsize=64)
def simplified(countries: tuple[str, ...], *, degrees: float) -> dict[str, tuple[Floats, ...]]:
    """Return the rings of all regions of some countries by code, moved by no more than so many degrees."""
    found = [each for country in countries for each in outlines(country)]
    shapes = np.array(
        [shapely.multipolygons([shapely.polygons(ring) for ring in each.rings]) for each in found],
        dtype=object,
    )
    fewer = shapely.coverage_simplify(shapes, degrees) if found else shapes
    return {each.code: _rings(shape) for each, shape in zip(found, fewer, strict=True)}


@lru_cache(maxsize=64)
def borders(countries: tuple[str, ...], *, degrees: float) -> dict[str, tuple[Floats, ...]]:
    """Return the outer rings of each country, made of the same lines, by code."""
    rings = simplified(countries, degrees=degrees)
    found = {}
    for country in countries:
        own = [shapely.polygons(ring) for each in outlines(country) for ring in rings[each.code]]
        whole = shapely.union_all(shapely.buffer(own, degrees / 4, join_style="mitre")) if own else None
        found[country] = () if whole is None else _rings(whole)
    return found


def _rings(shape: shapely.Geometry) -> tuple[Floats, ...]:
    """Return the outer ring of each part, the largest first."""
    parts = [part for part in shapely.get_parts(shape) if shapely.area(part) > 0]
    parts.sort(key=lambda part: -float(shapely.area(part)))
    return tuple(shapely.get_coordinates(shapely.get_exterior_ring(part)) for part in parts)
