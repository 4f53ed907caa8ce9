"""ioda: signals as a list in a list, outages as events. Every figure is made up: one outage a week."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, draw, whole_number

# data source -> (step in seconds, usual value)
SIGNALS: Mapping[str, tuple[int, int]] = {
    "bgp": (300, 412),
    "ping-slash24": (600, 350),
    "merit-nt": (300, 40),
}
NAMES = {"ML": "Mali", "CI": "Côte d'Ivoire"}
NOT_YET_SECONDS = 1_800
_WEEK, _OUTAGE = 7 * 86_400, 5_400
_LONGEST = 90 * 86_400


def routes(scene: Scene) -> Blueprint:
    """Return raw signals, outage events and alerts."""
    api = Blueprint("ioda", __name__)

    @api.get("/v2/signals/raw/<kind>/<code>")
    def signals(kind: str, code: str) -> Response:
        first, last = _span(scene)
        if last - first > _LONGEST:
            return as_json({"type": "signals", "error": "time range too long", "data": []}, 400)
        wanted = request.args.get("datasource", ",".join(SIGNALS)).split(",")
        found = [_signal(kind, code, name, (first, last), scene) for name in SIGNALS if name in wanted]
        return as_json(
            {"type": "signals", "error": None, "data": [[*found, _objects(kind, code, first, last)]]}
        )

    @api.get("/v2/outages/events")
    def events() -> Response:
        code = request.args.get("entityCode", "")
        found = [_event(code, start) for start in _outages(*_span(scene))]
        limit = max(0, whole_number(request.args.get("limit"), 100))
        return as_json({"type": "outages.events", "error": None, "data": found[:limit]})

    return api


def _span(scene: Scene) -> tuple[int, int]:
    now = int(scene.now().timestamp())
    return whole_number(request.args.get("from"), now - 86_400), whole_number(request.args.get("until"), now)


def _outages(first: int, last: int) -> Sequence[int]:
    """When outages begin: Thursdays at midnight, as the epoch did."""
    return range(-(-first // _WEEK) * _WEEK, last, _WEEK)


def _event(code: str, start: int) -> Mapping[str, Any]:
    return {
        "location": f"country/{code}",
        "location_name": NAMES.get(code, code),
        "start": start,
        "duration": _OUTAGE,
        "datasource": "bgp",
        "method": "median",
        "score": draw(100, 9_000, code, start) / 10,
        "overlaps_window": False,
    }


def _signal(kind: str, code: str, name: str, span: tuple[int, int], scene: Scene) -> Mapping[str, Any]:
    step, usual = SIGNALS[name]
    first, last = (side // step * step for side in span)
    not_yet = scene.now().timestamp() - NOT_YET_SECONDS
    values: list[Any] = [_value(code, name, at, usual, not_yet) for at in range(first, last, step)]
    if scene.has("ioda", Fault.UNIT):
        values = [None if value is None else f"{value / usual:.0%}" for value in values]
    return {
        "entityType": kind,
        "entityCode": code,
        "entityName": NAMES.get(code, code),
        "entityFqid": f"geo.netacuity.AF.{code}",
        "datasource": name,
        "subtype": "",
        "from": first,
        "until": last,
        "step": step,
        "nativeStep": step,
        "values": values,
    }


def _value(code: str, name: str, at: int, usual: int, not_yet: float) -> int | None:
    if at > not_yet:
        return None
    is_out = at % _WEEK < _OUTAGE
    return usual // 10 if is_out else usual + draw(-3, 3, code, name, at)


def _objects(kind: str, code: str, first: int, last: int) -> Mapping[str, Any]:
    """The series that holds objects where others hold numbers."""
    return {
        "entityType": kind,
        "entityCode": code,
        "entityName": NAMES.get(code, code),
        "datasource": "ping-slash24-loss",
        "from": first,
        "until": last,
        "step": 86_400,
        "nativeStep": 86_400,
        "values": [[{"agg_values": {"loss_pct": 1.0}}] for _ in range(first, last, 86_400)],
    }


STAND_IN = StandIn(
    name="ioda",
    about="made up",
    routes=routes,
    host="https://api.ioda.inetintel.cc.gatech.edu",
    renamed=("step", "interval"),
)
