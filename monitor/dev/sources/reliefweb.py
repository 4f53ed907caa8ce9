"""reliefweb: reports of v2, for approved appnames only; v1 is gone. Every report is made up."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import MADE_UP, Scene, StandIn, as_json, day, days, draw, whole_number

APPNAME = "heatwatch-rehearsal"
MOST_AT_ONCE, USUAL = 1_000, 10
_FORMATS = ("Situation Report", "News and Press Release", "Map", "Infographic")
_BEGINS = date(2024, 1, 1)


def routes(scene: Scene) -> Blueprint:
    """Return v2's reports, and what is left of v1."""
    api = Blueprint("reliefweb", __name__)

    @api.route("/v2/reports", methods=["GET", "POST"])
    def reports() -> Response:
        if request.args.get("appname") != APPNAME or scene.has("reliefweb", Fault.EXPIRED):
            error = {"type": "AccessDenied", "message": "You are not using an approved appname."}
            return as_json({"status": 403, "error": error}, 403)
        asked = (request.get_json(silent=True) or {}) if request.method == "POST" else request.args.to_dict()
        return as_json(_answer(asked, scene))

    @api.route("/v1/<path:path>", methods=["GET", "POST"])
    def gone(path: str) -> Response:
        del path
        return as_json({"status": 410, "error": {"type": "Gone", "message": "API v1 was retired."}}, 410)

    return api


def _answer(asked: Mapping[str, Any], scene: Scene) -> Mapping[str, Any]:
    limit = min(max(whole_number(str(asked.get("limit", USUAL)), USUAL), 0), MOST_AT_ONCE)
    is_stuck = scene.has("reliefweb", Fault.REPEAT)
    offset = 0 if is_stuck else max(0, whole_number(str(asked.get("offset", 0)), 0))
    found = _reports(*_span(asked, scene), scene)
    shown = found[offset : offset + limit]
    links = (
        {"next": {"href": f"{request.base_url}?offset={offset + limit}"}}
        if offset + limit < len(found)
        else {}
    )
    return {
        "time": 12,
        "href": request.base_url,
        "links": links,
        "totalCount": len(found),
        "count": len(shown),
        "data": shown,
    }


def _span(asked: Mapping[str, Any], scene: Scene) -> tuple[date, date]:
    """The days of date.created in a filter, alone or among conditions."""
    given = asked.get("filter") or {}
    for condition in [given, *given.get("conditions", [])]:
        value = condition.get("value")
        if condition.get("field") == "date.created" and isinstance(value, dict):
            return day(value.get("from"), _BEGINS), day(value.get("to"), scene.today)
    return _BEGINS, scene.today


def _reports(first: date, last: date, scene: Scene) -> Sequence[Mapping[str, Any]]:
    """Newest first; the earlier edition ends yesterday."""
    ends = min(last, scene.today - timedelta(days=scene.is_earlier("reliefweb")))
    return [
        _report(on, number, scene)
        for on in reversed(list(days(max(first, _BEGINS), ends)))
        for number in range(draw(0, 3, "reports", on))
    ]


def _report(on: date, number: int, scene: Scene) -> Mapping[str, Any]:
    made = f"{on.isoformat()}T{9 + number:02d}:00:00+00:00"
    return {
        "id": str(4_000_000 + on.toordinal() % 100_000 * 10 + number),
        "score": 1,
        "href": f"https://example.org/reports/{on.toordinal()}{number}",
        "fields": {
            "title": f"Mali : mise à jour nº {number + 1}, {on.isoformat()} ({MADE_UP})",
            "date": {"created": made.replace("-", "/") if scene.has("reliefweb", Fault.UNIT) else made},
            "source": [{"shortname": "OCHA"}],
            "format": [{"name": _FORMATS[draw(0, 3, "format", on, number)]}],
            "theme": [{"name": "Protection and Human Rights"}],
            "primary_country": {"iso3": "mli", "name": "Mali"},
            "url": f"https://example.org/report/mali/{on.isoformat()}-{number}",
        },
    }


STAND_IN = StandIn(
    name="reliefweb",
    about="made up",
    routes=routes,
    host="https://api.reliefweb.int",
    renamed=("created", "created_at"),
    knows_expiry=True,
)
