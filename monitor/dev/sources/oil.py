"""eia and fred: Brent by day, real up to 2025: EIA's v2 and FRED's observations, each with its key."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, day, days, real_rows, whole_number

EIA_KEY, FRED_KEY = "eia-rehearsal-key", "fred-rehearsal-key"
_SLICE = "brent_daily_to_2025"
_GALLONS = 42
_MOST = 5_000
_ABOUT = "real: Brent spot price to 2025, U.S. Energy Information Administration (public domain)"


def _prices(name: str, scene: Scene) -> Sequence[tuple[date, str]]:
    """Every price; before, without the last five days and the sixth 10 cents lower (made up)."""
    found = [(date.fromisoformat(row["Date"]), row["Price"]) for row in real_rows(_SLICE)]
    if scene.is_earlier(name):
        on, price = found[-6]
        found = [*found[:-6], (on, f"{float(price) - 0.1:.2f}")]
    return found


def eia(scene: Scene) -> Blueprint:
    """Return EIA's daily spot prices, by facets or by the short series id."""
    api = Blueprint("eia", __name__)

    @api.get("/v2/petroleum/pri/spt/data/")
    @api.get("/v2/seriesid/PET.RBRTE.D")
    def data() -> Response:
        if request.args.get("api_key") != EIA_KEY or scene.has("eia", Fault.EXPIRED):
            error = {"code": "API_KEY_INVALID", "message": "An invalid api_key was supplied."}
            return as_json({"error": error}, 403)
        return as_json({"response": _eia_answer(scene), "request": {}, "apiVersion": "2.1.8"})

    return api


def _eia_answer(scene: Scene) -> Mapping[str, Any]:
    args = request.args
    first, last = day(args.get("start"), date.min), day(args.get("end"), date.max)
    rows = [_eia_row(on, price, scene) for on, price in _prices("eia", scene) if first <= on <= last]
    is_other = args.get("facets[series][]", args.get("facets[series][0]", "RBRTE")) != "RBRTE"
    rows = [] if is_other else rows
    if args.get("sort[0][direction]", "desc") == "desc":
        rows.reverse()
    offset = scene.page("eia", "offset", first=0)
    length = min(whole_number(args.get("length"), _MOST), _MOST)
    return {
        "total": str(len(rows)),
        "dateFormat": "YYYY-MM-DD",
        "frequency": "daily",
        "data": rows[offset : offset + length],
    }


def _eia_row(on: date, price: str, scene: Scene) -> Mapping[str, Any]:
    is_switched = scene.has("eia", Fault.UNIT)
    return {
        "period": on.isoformat(),
        "duoarea": "ZEU",
        "area-name": "NA",
        "product": "EPCBRENT",
        "product-name": "UK Brent Crude Oil",
        "process": "PF4",
        "process-name": "Spot Price FOB",
        "series": "RBRTE",
        "series-description": "Europe Brent Spot Price FOB (Dollars per Barrel)",
        "value": f"{float(price) / _GALLONS:.4f}" if is_switched else price,
        "units": "$/GAL" if is_switched else "$/BBL",
    }


def fred(scene: Scene) -> Blueprint:
    """Return FRED's observations of the same prices; a working day without one has "."."""
    api = Blueprint("fred", __name__)

    @api.get("/fred/series/observations")
    def observations() -> Response:
        args = request.args
        if args.get("api_key") != FRED_KEY or scene.has("fred", Fault.EXPIRED):
            message = "Bad Request.  The value for variable api_key is not registered."
            return as_json({"error_code": 400, "error_message": message}, 400)
        if args.get("series_id") != "DCOILBRENTEU":
            return as_json(
                {"error_code": 400, "error_message": "Bad Request.  The series does not exist."}, 400
            )
        if args.get("file_type") != "json":
            return Response(b'<?xml version="1.0" encoding="utf-8" ?><observations/>', mimetype="text/xml")
        return as_json(_fred_answer(scene))

    return api


def _fred_answer(scene: Scene) -> Mapping[str, Any]:
    prices = dict(_prices("fred", scene))
    first = day(request.args.get("observation_start"), min(prices))
    last = min(day(request.args.get("observation_end"), max(prices)), max(prices))
    vintage = scene.today.isoformat()
    weekday = [on for on in days(max(first, min(prices)), last) if on.weekday() < 5]  # noqa: PLR2004 - Monday to Friday
    offset, limit = scene.page("fred", "offset", first=0), whole_number(request.args.get("limit"), 100_000)
    found = [
        {
            "realtime_start": vintage,
            "realtime_end": vintage,
            "date": on.isoformat(),
            "value": _fred_value(prices.get(on), scene),
        }
        for on in weekday
    ]
    return {
        "realtime_start": vintage,
        "realtime_end": vintage,
        "units": "lin",
        "count": len(found),
        "offset": offset,
        "limit": limit,
        "observations": found[offset : offset + limit],
    }


def _fred_value(price: str | None, scene: Scene) -> str:
    if price is None:
        return "."
    return f"{price} USD" if scene.has("fred", Fault.UNIT) else f"{float(price):.2f}"


EIA = StandIn(
    name="eia",
    about=_ABOUT,
    routes=eia,
    host="https://api.eia.gov",
    renamed=("value", "price"),
    secrets={"eia-key": EIA_KEY},
    knows_expiry=True,
)
FRED = StandIn(
    name="fred",
    about=_ABOUT,
    routes=fred,
    host="https://api.stlouisfed.org",
    renamed=("value", "obs"),
    secrets={"fred-key": FRED_KEY},
    knows_expiry=True,
)
