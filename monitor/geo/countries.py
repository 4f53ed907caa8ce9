"""Countries that packs bring outlines of: their names, whose lines they are, and which lie beside which."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import shapely

from monitor.domain.iso3166 import alpha2
from monitor.domain.spoken import place_name
from monitor.geo.outlines import Outline, all_outlines, outlines_in
from monitor.paths import packs_folder

# Borders of two files meet only roughly: so many degrees apart is beside each other.
_BESIDE_DEGREES = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCountry:
    """A country with outlines: its code (ISO 3166, three letters), its name, whom its lines are owed to.

    `unit` is how series name it: `burkina-faso`, as its file is named.
    """

    code: str
    name: str
    unit: str
    attribution: str


@lru_cache(maxsize=1)
def drawn_countries() -> Mapping[str, DrawnCountry]:
    """Return the countries by code; of two packs with one country the first by name is taken."""
    found: dict[str, DrawnCountry] = {}
    for path in sorted(packs_folder().glob("*/geo/*.geojson")):
        owed = _attributions(path.parent.parent.name)
        for code in sorted({each.country for each in outlines_in(path)} - {""}):
            found.setdefault(
                code,
                DrawnCountry(
                    code=code, name=place_name(path.stem), unit=path.stem,
                    attribution=owed.get(f"geo/{path.name}", ""),
                ),
            )  # fmt: skip
    return found


def country_of(unit: str) -> str:
    """Return the country a series' unit stands for: its file's name or its code; empty if it is none."""
    for code, country in drawn_countries().items():
        if unit in {country.unit, code, alpha2(code)}:
            return code
    return ""


@lru_cache(maxsize=64)
def neighbours(country: str) -> tuple[str, ...]:
    """Return the countries with outlines that lie beside one, by code."""
    shapes = _shapes()
    if country not in shapes:
        return ()
    near = shapely.buffer(shapes[country], _BESIDE_DEGREES)
    others = [code for code in sorted(shapes) if code != country]
    return tuple(code for code in others if shapely.intersects(near, shapes[code]))


@lru_cache(maxsize=1)
def _shapes() -> dict[str, shapely.Geometry]:
    return {
        code: shapely.multipolygons([shapely.polygons(ring) for each in regions for ring in each.rings])
        for code, regions in _by_country().items()
    }


def _by_country() -> dict[str, list[Outline]]:
    found: dict[str, list[Outline]] = {}
    for each in all_outlines().values():
        if each.country:
            found.setdefault(each.country, []).append(each)
    return found


def _attributions(pack: str) -> dict[str, str]:
    """Return by file what a pack says must be shown with its outlines; nothing without a table."""
    path = packs_folder() / pack / "pack.toml"
    if not path.exists():
        return {}
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("geo", [])
    return {each.get("file", ""): each.get("attribution", "") for each in tables}
