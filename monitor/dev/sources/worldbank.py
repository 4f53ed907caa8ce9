"""worldbank: Indicators v2, XML unless asked for JSON, errors with status 200. Every figure is made up."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, draw, whole_number

COUNTRIES = {
    "MLI": ("ML", "Mali"),
    "BFA": ("BF", "Burkina Faso"),
    "NER": ("NE", "Niger"),
    "CIV": ("CI", "Côte d'Ivoire"),
}
# code -> (name, lowest, highest, decimals)
INDICATORS: Mapping[str, tuple[str, int, int, int]] = {
    "MS.MIL.XPND.GD.ZS": ("Military expenditure (% of GDP)", 10, 50, 1),
    "FP.CPI.TOTL.ZG": ("Inflation, consumer prices (annual %)", -20, 120, 1),
    "NY.GDP.PCAP.KD": ("GDP per capita (constant 2015 US$)", 5_000, 9_000, 1),
    "SP.POP.TOTL": ("Population, total", 18_000_000, 25_000_000, 0),
}
_REFUSED = [
    {"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}
]
_FIRST_YEAR, _NONE_BEFORE = 1960, 1988


def routes(scene: Scene) -> Blueprint:
    """Return the one resource that is used."""
    api = Blueprint("worldbank", __name__)

    @api.get("/v2/country/<countries>/indicator/<indicator>")
    def values(countries: str, indicator: str) -> Response:
        asked = [_iso3(code) for code in countries.split(";")]
        if request.args.get("format") != "json":
            return Response(b'<?xml version="1.0" encoding="utf-8"?><wb:data/>', mimetype="text/xml")
        if indicator not in INDICATORS or not all(asked):
            return as_json(_REFUSED)
        return as_json(_page(_rows(indicator, asked, scene), scene))

    return api


def _iso3(code: str) -> str:
    """Either code of a country, in either case."""
    by_two = {two: three for three, (two, _) in COUNTRIES.items()}
    upper = code.upper()
    return upper if upper in COUNTRIES else by_two.get(upper, "")


def _page(rows: Sequence[Mapping[str, Any]], scene: Scene) -> Sequence[Any]:
    size = max(1, min(whole_number(request.args.get("per_page"), 50), 32_500))
    number = scene.page("worldbank", "page", first=1)
    header = {
        "page": number,
        "pages": -(-len(rows) // size),
        "per_page": size,
        "total": len(rows),
        "sourceid": "2",
        "lastupdated": scene.today.replace(day=1).isoformat(),
    }
    return [header, rows[(number - 1) * size : number * size]]


def _rows(indicator: str, countries: Sequence[str], scene: Scene) -> Sequence[Mapping[str, Any]]:
    """Newest first; the last year is missing yet, and so are the early ones."""
    first, _, last = request.args.get("date", "").partition(":")
    begins = whole_number(first, _FIRST_YEAR)
    ends = min(whole_number(last or first, scene.today.year - 1), scene.today.year - 1)
    name, *_ = INDICATORS[indicator]
    return [
        {
            "indicator": {"id": indicator, "value": name},
            "country": {"id": COUNTRIES[iso][0], "value": COUNTRIES[iso][1]},
            "countryiso3code": iso,
            "date": str(year),
            "value": _value(indicator, iso, year, scene),
            "unit": "",
            "obs_status": "",
            "decimal": INDICATORS[indicator][3],
        }
        for iso in countries
        for year in range(ends, begins - 1, -1)
    ]


def _value(indicator: str, iso: str, year: int, scene: Scene) -> float | str | None:
    is_missing = year == scene.today.year - 1 and (iso != "MLI" or scene.is_earlier("worldbank"))
    if is_missing or year < _NONE_BEFORE:
        return None
    _, lowest, highest, decimals = INDICATORS[indicator]
    value = draw(lowest, highest, indicator, iso, year) / 10**decimals
    return f"{value / 1000:g} thousand" if scene.has("worldbank", Fault.UNIT) else value


STAND_IN = StandIn(
    name="worldbank",
    about="made up",
    routes=routes,
    host="https://api.worldbank.org",
    renamed=("value", "val"),
)
