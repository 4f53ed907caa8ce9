"""unhcr: population figures, numbers as texts, "-" and "*" among them. Every figure is made up."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, draw, whole_number

# UNHCR's own code -> (ISO 3166, name): they differ.
COUNTRIES: Mapping[str, tuple[str, str]] = {
    "MLI": ("MLI", "Mali"),
    "MAU": ("MRT", "Mauritania"),
    "BKF": ("BFA", "Burkina Faso"),
    "NGR": ("NER", "Niger"),
    "ICO": ("CIV", "Côte d'Ivoire"),
}
_FIRST_YEAR = 2000


def routes(scene: Scene) -> Blueprint:
    """Return population and asylum applications."""
    api = Blueprint("unhcr", __name__)

    @api.get("/population/v1/population/")
    @api.get("/population/v1/asylum-applications/")
    def population() -> Response:
        rows = _rows(scene)
        limit = max(1, whole_number(request.args.get("limit"), 100))
        page = scene.page("unhcr", "page", first=1)
        return as_json(
            {
                "page": page,
                "short-url": "",
                "maxPages": -(-len(rows) // limit),
                "total": [],
                "items": rows[(page - 1) * limit : page * limit],
            }
        )

    return api


def _rows(scene: Scene) -> Sequence[Mapping[str, Any]]:
    args = request.args
    newest = scene.today.year - 1 - scene.is_earlier("unhcr")
    first = max(whole_number(args.get("yearFrom"), newest), _FIRST_YEAR)
    years = range(first, min(whole_number(args.get("yearTo"), newest), newest) + 1)
    origins = _codes(args.get("coo", ""), is_all=args.get("coo_all") == "true")
    hosts = _codes(args.get("coa", ""), is_all=args.get("coa_all") == "true")
    return [
        _row(year, origin, host, scene)
        for year in years
        for origin in origins
        for host in hosts
        if origin != host
    ]


def _codes(given: str, *, is_all: bool) -> Sequence[str]:
    """Codes are UNHCR's; an ISO code is taken too."""
    if is_all or not given:
        return list(COUNTRIES)
    return [code for code, (iso, _) in COUNTRIES.items() if {code, iso} & set(given.split(","))]


def _row(year: int, origin: str, host: str, scene: Scene) -> Mapping[str, Any]:
    numbers = {
        name: str(draw(0, most, name, year, origin, host))
        for name, most in (("refugees", 150_000), ("asylum_seekers", 2_000), ("returned_refugees", 900))
    }
    if draw(0, 5, "suppressed", year, origin, host) == 0:
        numbers["asylum_seekers"] = "*"
    if scene.has("unhcr", Fault.UNIT):
        numbers["refugees"] = f"{int(numbers['refugees']) / 1000:g} k"
    return {
        "year": year,
        **_place("coo", origin),
        **_place("coa", host),
        **numbers,
        "idps": "0",
        "returned_idps": "0",
        "stateless": "0",
        "ooc": "0",
        "oip": "-",
        "hst": "0",
    }


def _place(side: str, code: str) -> Mapping[str, Any]:
    iso, name = COUNTRIES[code]
    return {
        f"{side}_id": 1 + list(COUNTRIES).index(code),
        side: code,
        f"{side}_iso": iso,
        f"{side}_name": name,
    }


STAND_IN = StandIn(
    name="unhcr",
    about="made up",
    routes=routes,
    host="https://api.unhcr.org",
    renamed=("refugees", "refugees_under_mandate"),
)
