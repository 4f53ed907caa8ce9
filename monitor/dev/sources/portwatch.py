"""portwatch: an ArcGIS feature service, pages while exceededTransferLimit. Every figure is made up.

The layer's own page names its fields; under the fault "column" the date is called date_ there and in rows,
under "unit" it is a text where it was milliseconds.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, days, draw, whole_number

PORTS: Mapping[str, Sequence[tuple[str, str]]] = {
    "SEN": (("port271", "Dakar"),),
    "CIV": (("port1", "Abidjan"), ("port1134", "San-Pédro")),
    "GIN": (("port227", "Conakry"),),
    "TGO": (("port662", "Lomé"),),
}
MOST_A_PAGE = 1_000
_LAYER = "/weJ1QsnbMYJlCHdG/arcgis/rest/services/Daily_Ports_Data/FeatureServer/0"
_BEGINS, _LAG_DAYS = date(2019, 1, 1), 7
_NUMBERS = ("portcalls_tanker", "import_tanker", "export_tanker")


def routes(scene: Scene) -> Blueprint:
    """Return the layer's description and its query."""
    api = Blueprint("portwatch", __name__)

    @api.get(_LAYER)
    def layer() -> Response:
        names = ["portid", "portname", "ISO3", _date_name(scene), *_NUMBERS]
        kinds = ["esriFieldTypeString"] * 3 + ["esriFieldTypeDate"] + ["esriFieldTypeInteger"] * 3
        fields = [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)]
        return as_json({"id": 0, "name": "Daily_Ports_Data", "maxRecordCount": MOST_A_PAGE, "fields": fields})

    @api.route(f"{_LAYER}/query", methods=["GET", "POST"])
    def query() -> Response:
        asked = request.values
        name = _date_name(scene)
        fields = asked.get("outFields", "*").split(",")
        if fields != ["*"] and {"date", "date_"} & set(fields) - {name}:
            return _refusal("'Invalid field: date' parameter is invalid")
        if re.search(rf"\b{'date' if name == 'date_' else 'date_'}\b", asked.get("where", "")):
            return _refusal("Cannot perform query. Invalid query parameters.")
        return as_json(_answer(scene, fields))

    return api


def _refusal(detail: str) -> Response:
    return as_json({"error": {"code": 400, "message": "Unable to complete operation.", "details": [detail]}})


def _date_name(scene: Scene) -> str:
    return "date_" if scene.has("portwatch", Fault.COLUMN) else "date"


def _answer(scene: Scene, fields: Sequence[str]) -> Mapping[str, Any]:
    rows = _rows(request.values.get("where", "1=1"), scene)
    if "DESC" in request.values.get("orderByFields", "").upper():
        rows = rows[::-1]
    offset = scene.page("portwatch", "resultOffset", first=0)
    size = min(whole_number(request.values.get("resultRecordCount"), MOST_A_PAGE), MOST_A_PAGE)
    shown = rows[offset : offset + size]
    features = [
        {"attributes": row if fields == ["*"] else {name: row[name] for name in fields if name in row}}
        for row in shown
    ]
    answer: dict[str, Any] = {"objectIdFieldName": "ObjectId", "features": features}
    if offset + size < len(rows):
        answer["exceededTransferLimit"] = True
    return answer


def _rows(where: str, scene: Scene) -> list[Mapping[str, Any]]:
    isos = re.findall(r"'([A-Z]{3})'", where) or list(PORTS)
    bounds = [
        date.fromisoformat(text) for text in re.findall(r"(?:timestamp|DATE)\s+'(\d{4}-\d\d-\d\d)", where)
    ]
    newest = scene.today - timedelta(days=_LAG_DAYS + scene.is_earlier("portwatch"))
    first = max(bounds[0] if bounds else _BEGINS, _BEGINS)
    last = min(bounds[1] if len(bounds) > 1 else newest, newest)
    return [
        _row(on, iso, *port, scene) for on in days(first, last) for iso in isos for port in PORTS.get(iso, ())
    ]


def _row(on: date, iso: str, number: str, name: str, scene: Scene) -> Mapping[str, Any]:
    milliseconds = int(datetime.combine(on, time(), UTC).timestamp()) * 1_000
    calls = draw(0, 6, "calls", number, on)
    return {
        "portid": number,
        "portname": name,
        "ISO3": iso,
        _date_name(scene): f"{on:%d/%m/%Y}" if scene.has("portwatch", Fault.UNIT) else milliseconds,
        "portcalls_tanker": calls,
        "import_tanker": calls * draw(4_000, 30_000, "import", number, on),
        "export_tanker": draw(0, 2_000, "export", number, on) if calls else 0,
    }


STAND_IN = StandIn(
    name="portwatch",
    about="made up",
    routes=routes,
    host="https://services9.arcgis.com",
)
