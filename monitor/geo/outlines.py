"""Outlines of countries' regions, from the GeoJSON files that packs bring; read once."""

import json
from dataclasses import dataclass
from functools import lru_cache
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
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            told = feature["properties"]
            if told["pcode"] not in found:
                found[told["pcode"]] = Outline(
                    country=told.get("iso3", ""), name=told["name"], code=told["pcode"],
                    rings=_rings(feature["geometry"]),
                )  # fmt: skip
    return found


def _rings(geometry: dict[str, Any]) -> tuple[Floats, ...]:
    """Return the outer ring of each polygon; holes are other regions and are drawn as such."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return tuple(np.asarray(polygon[0], dtype=np.float64) for polygon in polygons)
