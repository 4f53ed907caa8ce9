"""wikimedia: page views by day or month, for those who say who they are. Every figure is made up."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import Scene, StandIn, as_json, days, draw

ARTICLES = {"fr.wikipedia": {"Assimi_Goïta", "Mali", "JNIM"}, "en.wikipedia": {"Assimi_Goïta", "Mali"}}
# What programs send that do not say whose they are.
_ANONYMOUS = ("python-", "curl/", "Go-http-client", "Mozilla/")


def routes(scene: Scene) -> Blueprint:
    """Return the views of one article."""
    api = Blueprint("wikimedia", __name__)

    @api.get(
        "/api/rest_v1/metrics/pageviews/per-article/<project>/<access>/<agent>/<article>/<step>/<first>/<last>"
    )
    def views(
        project: str, access: str, agent: str, article: str, step: str, first: str, last: str
    ) -> Response:
        sender = request.headers.get("user-agent", "")
        if not sender or sender.startswith(_ANONYMOUS):
            return Response(b"Please set a user-agent and respect our policy", 403, mimetype="text/plain")
        begins, ends = _day(first), _day(last)
        if not begins or not ends or step not in {"daily", "monthly"}:
            return _problem("Invalid timestamp", 400)
        known = article in ARTICLES.get(project, set())
        common = {
            "project": project,
            "article": article,
            "granularity": step,
            "access": access,
            "agent": agent,
        }
        counted = (
            _daily(article, begins, ends, scene)
            if step == "daily"
            else _monthly(article, begins, ends, scene)
        )
        items = [{**common, **each} for each in counted] if known else []
        return (
            as_json({"items": items})
            if items
            else _problem("The date(s) you used are valid, but we have no data", 404)
        )

    return api


def _problem(detail: str, status: int) -> Response:
    return as_json(
        {"type": "about:blank", "title": "Not found.", "detail": detail}, status, "application/problem+json"
    )


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _daily(article: str, first: date, last: date, scene: Scene) -> Sequence[Mapping[str, Any]]:
    """About a day late; days without views are left out."""
    newest = scene.today - timedelta(days=1 + scene.is_earlier("wikimedia"))
    return [
        {"timestamp": f"{on:%Y%m%d}00", "views": _unit(draw(50, 900, article, on), scene)}
        for on in days(first, min(last, newest))
        if draw(0, 29, "no views", article, on)
    ]


def _monthly(article: str, first: date, last: date, scene: Scene) -> Sequence[Mapping[str, Any]]:
    """Whole months only: the end has to be the last day of one."""
    whole = [
        on
        for on in days(first, min(last, scene.today - timedelta(days=1)))
        if (on + timedelta(days=1)).day == 1 and on.replace(day=1) >= first
    ]
    return [
        {"timestamp": f"{on:%Y%m}0100", "views": _unit(draw(3_000, 20_000, article, on), scene)}
        for on in whole
    ]


def _unit(views: int, scene: Scene) -> int | str:
    return f"{views / 1000:g}K" if scene.has("wikimedia", Fault.UNIT) else views


STAND_IN = StandIn(
    name="wikimedia",
    about="made up",
    routes=routes,
    host="https://wikimedia.org",
    renamed=("views", "view_count"),
)
