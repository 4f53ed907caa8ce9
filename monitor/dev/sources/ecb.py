"""ecb: euro reference rates as SDMX-JSON and CSV, on working days only. Every rate is made up."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_csv, as_json, day, days, draw

COLUMNS = [
    "KEY",
    "FREQ",
    "CURRENCY",
    "CURRENCY_DENOM",
    "EXR_TYPE",
    "EXR_SUFFIX",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_STATUS",
    "OBS_CONF",
    "OBS_PRE_BREAK",
    "OBS_COM",
    "TIME_FORMAT",
    "BREAKS",
    "COLLECTION",
    "COMPILING_ORG",
    "DISS_ORG",
    "DOM_SER_IDS",
    "PUBL_ECB",
    "PUBL_MU",
    "PUBL_PUBLIC",
    "UNIT_INDEX_BASE",
    "COMPILATION",
    "COVERAGE",
    "DECIMALS",
    "NAT_TITLE",
    "SOURCE_AGENCY",
    "SOURCE_PUB",
    "TITLE",
    "TITLE_COMPL",
    "UNIT",
    "UNIT_MULT",
]
_SATURDAY = 5
_BEGINS = date(1999, 1, 4)
_TITLE = "US dollar/Euro – made up for rehearsals"


def routes(scene: Scene) -> Blueprint:
    """Return the exchange rates of one key."""
    api = Blueprint("ecb", __name__)

    @api.get("/service/data/EXR/<key>")
    def rates(key: str) -> Response:
        parts = key.split(".")
        if len(parts) != 5 or parts[1] != "USD":  # noqa: PLR2004 - D.USD.EUR.SP00.A
            return Response(b"No results found.", 404, mimetype="text/plain")
        found = _rates(scene)
        if request.args.get("format") == "csvdata":
            return as_csv([_line(parts, on, rate, scene) for on, rate in found], COLUMNS)
        return as_json(_sdmx(parts, found), mimetype="application/vnd.sdmx.data+json")

    return api


def _rates(scene: Scene) -> Sequence[tuple[date, float]]:
    first = max(day(request.args.get("startPeriod"), scene.today - timedelta(days=90)), _BEGINS)
    newest = scene.today - timedelta(days=3 * scene.is_earlier("ecb"))
    last = min(day(request.args.get("endPeriod"), newest), newest)
    factor = 100 if scene.has("ecb", Fault.UNIT) else 1
    return [
        (on, draw(10_400, 11_900, "usd", on) / 10_000 * factor)
        for on in days(first, last)
        if on.weekday() < _SATURDAY
    ]


def _line(parts: Sequence[str], on: date, rate: float, scene: Scene) -> Mapping[str, Any]:
    names = ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX")
    return {
        "KEY": "EXR." + ".".join(parts),
        **dict(zip(names, parts, strict=True)),
        "TIME_PERIOD": on.isoformat(),
        "OBS_VALUE": rate,
        "OBS_STATUS": "A",
        "OBS_CONF": "F",
        "TIME_FORMAT": "P1D",
        "COLLECTION": "A",
        "DECIMALS": 4,
        "TITLE": _TITLE,
        "UNIT": "US cent" if scene.has("ecb", Fault.UNIT) else "USD",
        "UNIT_MULT": 0,
    }


def _sdmx(parts: Sequence[str], rates: Sequence[tuple[date, float]]) -> Mapping[str, Any]:
    names = ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX")
    dimensions = {
        "series": [{"id": name, "values": [{"id": part}]} for name, part in zip(names, parts, strict=True)],
        "observation": [
            {"id": "TIME_PERIOD", "role": "time", "values": [{"id": on.isoformat()} for on, _ in rates]}
        ],
    }
    observations = {str(number): [rate, 0, 0, None, None] for number, (_, rate) in enumerate(rates)}
    return {
        "header": {"id": "made-up", "test": True},
        "dataSets": [
            {"action": "Replace", "series": {"0:0:0:0:0": {"attributes": [], "observations": observations}}}
        ],
        "structure": {"name": _TITLE, "dimensions": dimensions, "attributes": {}},
    }


STAND_IN = StandIn(
    name="ecb",
    about="made up",
    routes=routes,
    host="https://data-api.ecb.europa.eu",
    renamed=("OBS_VALUE", "VALUE"),
)
