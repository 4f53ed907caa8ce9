"""prometheus: instant and range queries of its HTTP API. Every figure is made up."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, draw

TOKEN = "prometheus-rehearsal-token"  # noqa: S105 - opens nothing but this stand-in
METRICS: Mapping[str, Sequence[str]] = {"up": ("desk",), "fuel_queue_length": ("Bamako", "Ségou")}
_MOST_POINTS = 11_000


def routes(scene: Scene) -> Blueprint:
    """Return query and query_range, by GET or POST."""
    api = Blueprint("prometheus", __name__)

    @api.route("/api/v1/query", methods=["GET", "POST"])
    def query() -> Response:
        at = _seconds(request.values.get("time"), scene.now().timestamp())
        name = _metric(request.values.get("query", ""))
        if refusal := _refusal(request.values.get("query", ""), scene):
            return refusal
        result = [
            {"metric": _labels(name, place), "value": [at, _value(name, place, at, scene)]}
            for place in METRICS.get(name, ())
        ]
        return as_json({"status": "success", "data": {"resultType": "vector", "result": result}})

    @api.route("/api/v1/query_range", methods=["GET", "POST"])
    def query_range() -> Response:
        name = _metric(request.values.get("query", ""))
        if refusal := _refusal(request.values.get("query", ""), scene):
            return refusal
        first, last = (_seconds(request.values.get(side), 0.0) for side in ("start", "end"))
        step = _step(request.values.get("step", "60"))
        if last < first or (last - first) / step > _MOST_POINTS:
            return _bad("exceeded maximum resolution of 11,000 points per timeseries")
        result = [_series(name, place, (first, last, step), scene) for place in METRICS.get(name, ())]
        return as_json({"status": "success", "data": {"resultType": "matrix", "result": result}})

    return api


def _metric(query: str) -> str:
    """The metric that a query is about; functions around it change nothing here."""
    return next((name for name in METRICS if re.search(rf"\b{name}\b", query)), "")


def _refusal(query: str, scene: Scene) -> Response | None:
    """Whoever sends a token has to send the right one; a query has to be one."""
    given = request.headers.get("authorization")
    if scene.has("prometheus", Fault.EXPIRED) or (given and given != f"Bearer {TOKEN}"):
        return Response(b"Unauthorized", 401, mimetype="text/plain")
    if not query or query.count("(") != query.count(")"):
        return _bad('invalid parameter "query": 1:1: parse error: unexpected end of input')
    return None


def _bad(error: str) -> Response:
    return as_json({"status": "error", "errorType": "bad_data", "error": error}, 400)


def _labels(name: str, place: str) -> Mapping[str, str]:
    return {"__name__": name, "place": place, "job": "made up"}


def _series(name: str, place: str, span: tuple[float, float, float], scene: Scene) -> Mapping[str, Any]:
    first, last, step = span
    moments = [first + number * step for number in range(math.floor((last - first) / step) + 1)]
    return {
        "metric": _labels(name, place),
        "values": [[at, _value(name, place, at, scene)] for at in moments],
    }


def _value(name: str, place: str, at: float, scene: Scene) -> str:
    """Texts, as Prometheus gives them; one in 24 hours is not a number."""
    hour = int(at) // 3_600
    if name == "up":
        return "1"
    if hour % 24 == 3:  # noqa: PLR2004 - at three
        return "NaN"
    value = draw(0, 120, name, place, hour)
    return f"{value}k" if scene.has("prometheus", Fault.UNIT) else str(value)


def _seconds(text: str | None, default: float) -> float:
    try:
        return float(text or default)
    except ValueError:
        return datetime.fromisoformat(text or "").timestamp()


def _step(text: str) -> float:
    lengths = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
    return float(text[:-1]) * lengths[text[-1]] if text[-1:] in lengths else float(text)


STAND_IN = StandIn(
    name="prometheus",
    about="made up",
    routes=routes,
    renamed=("result", "results"),
    secrets={"prometheus-token": TOKEN},
    knows_expiry=True,
)
