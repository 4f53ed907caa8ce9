"""Outlines of countries' regions, from the GeoJSON files that packs bring; read once."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from monitor.domain.series import Floats
from monitor.paths import packs_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One region: its country, its name, its p-code and its rings as (longitude, latitude) rows."""

    country: str
    name: str
    code: str
    rings: tuple[Floats, ...]


def outlines(country: str) -> tuple[Outline, ...]:
    """Return the regions of a country (ISO 3166, three letters); none where no pack brings them."""
    return tuple(each for each in all_outlines().values() if each.country == country)


@lru_cache(maxsize=1)
def all_outlines() -> dict[str, Outline]:
    """Return every region by its p-code; of two packs with one region the first by name is taken."""
    found: dict[str, Outline] = {}
    for path in sorted(packs_folder().glob("*/geo/*.geojson")):
        for outline in outlines_in(path):
            found.setdefault(outline.code, outline)
    return found


@lru_cache(maxsize=64)
def outlines_in(path: Path) -> tuple[Outline, ...]:
    """Return the regions of one file."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return tuple(
        Outline(
            country=each["properties"].get("iso3", ""), name=each["properties"]["name"],
            code=each["properties"]["pcode"], rings=_rings(each["geometry"]),
        )
        for each in features
    )  # fmt: skip


def _rings(geometry: dict[str, Any]) -> tuple[Floats, ...]:
    """Return the outer ring of each polygon; holes are other regions and are drawn as such."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return tuple(np.asarray(polygon[0], dtype=np.float64) for polygon in polygons)
