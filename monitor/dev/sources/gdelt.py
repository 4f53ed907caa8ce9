"""gdelt: DOC 2.0 timelines and article lists, one call per five seconds. Every figure is made up."""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import MADE_UP, Scene, StandIn, draw, whole_number

TOO_FAST = b"Please limit requests to one every 5 seconds or contact the maintainer for larger queries.\n"
_SERIES = {
    "timelinevol": "Volume Intensity",
    "timelinevolraw": "Article Count",
    "timelinetone": "Average Tone",
}
_SHORTEST = 3
_STAMP = "%Y%m%dT%H%M%SZ"
_BEGINS = datetime(2017, 1, 1, tzinfo=UTC)


def routes(scene: Scene) -> Blueprint:
    """Return the one address there is."""
    api = Blueprint("gdelt", __name__)
    lock, last = threading.Lock(), [0.0]

    @api.get("/api/v2/doc/doc")
    def doc() -> Response:
        with lock:
            waited = time.monotonic() - last[0]
            last[0] = time.monotonic()
        if waited < scene.gdelt_seconds:
            return Response(TOO_FAST, 429, mimetype="text/plain")
        return _refusal() or _answer(scene)

    return api


def _refusal() -> Response | None:
    """Errors are pages with status 200."""
    query, mode = request.args.get("query", ""), request.args.get("mode", "artlist").lower()
    if len(query.strip()) < _SHORTEST:
        return Response(b"The specified phrase is too short.\n", mimetype="text/html")
    if " OR " in query and "(" not in query:
        return Response(b"Queries containing OR'd terms must be surrounded by ().\n", mimetype="text/html")
    if mode not in {*_SERIES, "artlist"}:
        return Response(b"Invalid mode.\n", mimetype="text/html")
    return None


def _answer(scene: Scene) -> Response:
    query, mode = request.args["query"], request.args.get("mode", "artlist").lower()
    first, last = _span(scene.now())
    if mode == "artlist":
        return _json({"articles": _articles(query, first, last)})
    step = _step(last - first)
    data = [_point(mode, query, moment, scene) for moment in _moments(first, last, step)]
    if request.args.get("format", "json").lower() == "csv":
        lines = [f"{point['date']},{_SERIES[mode]},{point['value']}" for point in data]
        return Response(("\ufeffDate,Series,Value\r\n" + "\r\n".join(lines)).encode(), mimetype="text/csv")
    resolution = "day" if step >= timedelta(days=1) else "hour"
    return _json(
        {
            "query_details": {"title": query, "date_resolution": resolution},
            "timeline": [{"series": _SERIES[mode], "data": data}],
        }
    )


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


def _span(now: datetime) -> tuple[datetime, datetime]:
    args = request.args
    if args.get("startdatetime"):
        first = _moment(args["startdatetime"], now)
        return first, min(_moment(args.get("enddatetime", ""), now), now)
    text = args.get("timespan", "90d").lower()
    number = whole_number("".join(filter(str.isdecimal, text)), 90)
    unit = text.lstrip("0123456789")[:1]
    length = {"h": timedelta(hours=1), "w": timedelta(days=7), "m": timedelta(days=30)}
    return now - number * length.get(unit, timedelta(days=1)), now


def _moment(text: str, default: datetime) -> datetime:
    try:
        return max(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC), _BEGINS)
    except ValueError:
        return default


def _step(length: timedelta) -> timedelta:
    """Under three days 15 minutes, to a week hours, then days."""
    if length < timedelta(days=3):
        return timedelta(minutes=15)
    return timedelta(hours=1) if length <= timedelta(days=7) else timedelta(days=1)


def _moments(first: datetime, last: datetime, step: timedelta) -> Sequence[datetime]:
    begins = datetime.fromtimestamp(first.timestamp() // step.total_seconds() * step.total_seconds(), UTC)
    return [begins + number * step for number in range(int((last - begins) / step) + 1)]


def _point(mode: str, query: str, moment: datetime, scene: Scene) -> Mapping[str, Any]:
    seed = (mode, query, moment.isoformat())
    point: dict[str, Any] = {"date": moment.strftime(_STAMP)}
    if mode == "timelinetone":
        point["value"] = draw(-600, 100, *seed) / 100
    elif mode == "timelinevolraw":
        point |= {"value": draw(5, 90, *seed), "norm": draw(700_000, 900_000, "norm", moment.isoformat())}
    else:
        point["value"] = draw(5, 400, *seed) / 10_000
    if scene.has("gdelt", Fault.UNIT):
        point["value"] = f"{point['value'] * 100:g}%"
    return point


def _articles(query: str, first: datetime, last: datetime) -> Sequence[Mapping[str, str]]:
    most = min(max(whole_number(request.args.get("maxrecords"), 75), 1), 250)
    hours = _moments(first, last, timedelta(hours=1))[::-1]
    return [
        {
            "url": f"https://example.org/{number}",
            "url_mobile": "",
            "title": f"Bamako : carburant, épisode {draw(1, 999, query, hour)} ({MADE_UP})",
            "seendate": hour.strftime(_STAMP),
            "socialimage": "",
            "domain": "example.org",
            "language": "French",
            "sourcecountry": "Mali",
        }
        for number, hour in enumerate(hours[:most])
    ]


STAND_IN = StandIn(
    name="gdelt",
    about="made up",
    routes=routes,
    host="https://api.gdeltproject.org",
    renamed=("timeline", "time_line"),
)
