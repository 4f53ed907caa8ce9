"""hdx_hapi: HAPI v2, offset paging without a total, JSON and CSV. Every row is made up."""

import base64
import binascii
import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_csv, as_json, day, draw, whole_number

MOST_A_PAGE = 10_000
APP_IDENTIFIER = base64.b64encode(b"heatwatch-rehearsal:desk@example.org").decode()
_PLACE = (
    "location_code has_hrp in_gho provider_admin1_name provider_admin2_name admin1_code admin1_name"
    " admin2_code admin2_name admin_level"
)
_TAIL = "reference_period_start reference_period_end dataset_hdx_id resource_hdx_id warning error"
CONFLICT = f"{_PLACE} event_type events fatalities {_TAIL}".split()
PRICES = (
    f"{_PLACE} market_name market_code lat lon commodity_category commodity_name commodity_code unit"
    f" price_flag price_type currency_code price usd_price {_TAIL}"
).split()
PERSONS = f"{_PLACE} assessment_type reporting_round operation population {_TAIL}".split()
# location -> admin 1 (code, name), each with one admin 2 of the same name.
PLACES: Mapping[str, Sequence[tuple[str, str]]] = {
    "MLI": (
        ("ML01", "Kayes"), ("ML03", "Sikasso"), ("ML05", "Mopti"), ("ML07", "Gao"), ("ML09", "Bamako"),
        ("ML10", "Ménaka"),
    ),
    "BFA": (("BF46", "Boucle du Mouhoun"), ("BF56", "Sahel")),
    "SOM": (("SO22", "Banadir"),),
}  # fmt: skip
EVENT_TYPES = ("political_violence", "civilian_targeting", "demonstration")
_MARKETS = (("Bamako", "501", "ML09"), ("Mopti", "502", "ML05"), ("Gao", "503", "ML07"))
_GOODS = (("Fuel (diesel)", "282", "non-food", "L", 725), ("Millet", "70", "cereals and tubers", "KG", 300))
_BEGINS = date(2020, 1, 1)
_MADE_UP_ID = "00000000-0000-0000-0000-00000000000"
Row = Mapping[str, Any]


def routes(scene: Scene) -> Blueprint:
    """Return the paths that the kind may use, and the bulk files of conflict events."""
    api = Blueprint("hdx_hapi", __name__)

    @api.before_request
    def identified() -> Response | None:
        if "/api/v2/" not in request.path:
            return None
        given = request.args.get("app_identifier") or request.headers.get("x-hdx-hapi-app-identifier", "")
        return None if _is_identifier(given) else as_json({"error": "Missing or invalid app identifier"}, 403)

    @api.get("/api/v2/coordination-context/conflict-events")
    def conflict_events() -> Response:
        return _answer(_conflict(scene), CONFLICT, scene)

    @api.get("/api/v2/food-security-nutrition-poverty/food-prices-market-monitor")
    def food_prices() -> Response:
        return _answer(_prices(scene), PRICES, scene)

    @api.get("/api/v2/affected-people/idps")
    def idps() -> Response:
        return _answer(_idps(scene), PERSONS, scene)

    @api.get("/api/v1/<path:path>")
    def old(path: str) -> Response:
        return as_json({"detail": "Not Found", "path": path}, 404)

    return api


def _is_identifier(text: str) -> bool:
    """Whether it is base64 of a name, a colon and a mail address."""
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return re.fullmatch(r"[^:]+:[^:@\s]+@[^:@\s]+", plain) is not None


def _answer(rows: Iterator[Row], columns: Sequence[str], scene: Scene) -> Response:
    limit = max(1, min(whole_number(request.args.get("limit"), MOST_A_PAGE), MOST_A_PAGE))
    offset = scene.page("hdx_hapi", "offset", first=0)
    shown = [row for row in rows if _is_asked_for(row)][offset : offset + limit]
    if request.args.get("output_format") == "csv":
        return as_csv(shown, columns)
    return as_json({"data": shown})


def _is_asked_for(row: Row) -> bool:
    asked = request.args
    for name in (
        "location_code",
        "admin1_code",
        "admin2_code",
        "event_type",
        "commodity_code",
        "market_name",
    ):
        if asked.get(name) and name in row and row[name] != asked[name]:
            return False
    if asked.get("location_name") and asked["location_name"].lower() not in row["location_name"].lower():
        return False
    if asked.get("admin_level") and str(row["admin_level"]) != asked["admin_level"]:
        return False
    begins, ends = (date.fromisoformat(row[f"reference_period_{side}"]) for side in ("start", "end"))
    return day(asked.get("start_date"), date.min) <= ends and begins <= day(asked.get("end_date"), date.max)


def _months(scene: Scene) -> Iterator[tuple[date, date]]:
    """Every month up to the last full one; the earlier edition lacks that one."""
    first = _BEGINS
    while (last := first.replace(day=calendar.monthrange(first.year, first.month)[1])) < scene.today:
        following = last + timedelta(days=1)
        is_newest = following.replace(day=28) >= scene.today.replace(day=1)
        if not (is_newest and scene.is_earlier("hdx_hapi")):
            yield first, last
        first = following


def _place(location: str, code: str, name: str) -> Row:
    names = {"MLI": "Mali", "BFA": "Burkina Faso", "SOM": "Somalia"}
    return {
        "location_ref": sorted(PLACES).index(location),
        "location_code": location,
        "location_name": names[location],
        "has_hrp": "Y",
        "in_gho": "Y",
        "provider_admin1_name": name,
        "provider_admin2_name": name,
        "admin1_code": code,
        "admin1_name": name,
        "admin2_code": f"{code}01",
        "admin2_name": name,
        "admin_level": 2,
    }


def _period(first: date, last: date) -> Row:
    return {
        "reference_period_start": first.isoformat(),
        "reference_period_end": last.isoformat(),
        "dataset_hdx_id": f"{_MADE_UP_ID}1",
        "resource_hdx_id": f"{_MADE_UP_ID}2",
        "warning": "",
        "error": "",
    }


def _conflict(scene: Scene) -> Iterator[Row]:
    """Civilian targeting is a part of political violence; one row a year has an error, not to be used."""
    for first, last in _months(scene):
        for location, regions in PLACES.items():
            for code, name in regions:
                for event_type in EVENT_TYPES:
                    yield {
                        **_place(location, code, name),
                        **_counts(code, event_type, first),
                        **_period(first, last),
                    }
    for year in range(_BEGINS.year, scene.today.year + 1):
        yield {
            **_place("MLI", "ML01", "Kayes"),
            "event_type": "political_violence",
            "events": 9_999,
            "fatalities": 9_999,
            **_period(date(year, 1, 1), date(year, 1, 31)),
            "error": "no adm1 name|no adm2 name",
        }


def _counts(code: str, event_type: str, first: date) -> Row:
    events = draw(4, 30, code, "political_violence", first)
    deaths = draw(0, 60, code, "deaths", first)
    if event_type == "civilian_targeting":
        return {"event_type": event_type, "events": events // 3, "fatalities": deaths // 4}
    if event_type == "demonstration":
        return {"event_type": event_type, "events": draw(0, 5, code, event_type, first), "fatalities": None}
    return {"event_type": event_type, "events": events, "fatalities": deaths}


def _prices(scene: Scene) -> Iterator[Row]:
    for first, last in _months(scene):
        for market, number, code in _MARKETS:
            for good, good_code, category, unit, usual in _GOODS:
                price = float(usual + draw(-30, 60, market, good, first))
                yield {
                    **_place("MLI", code, market),
                    "market_name": market,
                    "market_code": number,
                    "lat": 12.65,
                    "lon": -8.0,
                    "commodity_category": category,
                    "commodity_name": good,
                    "commodity_code": good_code,
                    "unit": _switched(unit, scene),
                    "price_flag": "actual",
                    "price_type": "Retail",
                    "currency_code": "XOF",
                    "price": price * (100 if scene.has("hdx_hapi", Fault.UNIT) else 1),
                    "usd_price": round(price / 560, 2),
                    **_period(first, last),
                }


def _switched(unit: str, scene: Scene) -> str:
    return f"100 {unit}" if scene.has("hdx_hapi", Fault.UNIT) else unit


def _idps(scene: Scene) -> Iterator[Row]:
    for number, (first, last) in enumerate(_months(scene)):
        for code, name in PLACES["MLI"]:
            yield {
                **_place("MLI", code, name),
                "assessment_type": "BA",
                "reporting_round": number,
                "operation": "made up",
                "population": draw(1_000, 90_000, "idps", code, first),
                **_period(first, last),
            }


STAND_IN = StandIn(
    name="hdx_hapi",
    about="made up: conflict events there are ACLED's; the rest follows them",
    routes=routes,
    host="https://hapi.humdata.org",
    renamed=("reference_period_start", "period_start"),
    secrets={"hdx-app-identifier": APP_IDENTIFIER},
)
