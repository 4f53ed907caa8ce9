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
    """One region: its name, its p-code and its rings as (longitude, latitude) rows."""

    name: str
    code: str
    rings: tuple[Floats, ...]


@lru_cache(maxsize=64)
def outlines(country: str) -> tuple[Outline, ...]:
    """Return the regions of a country (ISO 3166, three letters); none where no pack brings them."""
    found: dict[str, Outline] = {}
    for path in sorted(packs_folder().glob("*/geo/*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            properties = feature["properties"]
            if properties.get("iso3") == country and properties["pcode"] not in found:
                found[properties["pcode"]] = Outline(
                    name=properties["name"], code=properties["pcode"], rings=_rings(feature["geometry"])
                )
    return tuple(found.values())


@lru_cache(maxsize=1)
def _region_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for path in sorted(packs_folder().glob("*/geo/*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            names.setdefault(feature["properties"]["pcode"], feature["properties"]["name"])
    return names


def region_name(code: str) -> str:
    """Kayes of ML01; empty where no pack brings such a region."""
    return _region_names().get(code, "")


def _rings(geometry: dict[str, Any]) -> tuple[Floats, ...]:
    """Return the outer ring of each polygon; holes are other regions and are drawn as such."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return tuple(np.asarray(polygon[0], dtype=np.float64) for polygon in polygons)
