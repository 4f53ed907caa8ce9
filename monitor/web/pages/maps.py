"""The map through time: the page, the part of it that changes with the month, and its table for programs."""

from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.errors import NotFound
from monitor.domain.months import parse_month
from monitor.services.overview.desk import desk
from monitor.services.overview.map_asked import INCIDENTS, SPANS, MapAsked
from monitor.services.overview.map_page import MapView, map_page
from monitor.services.overview.map_table import map_csv, map_table
from monitor.web.access import Access, open_to
from monitor.web.context import reading
from monitor.web.packed import packed_json

page = Blueprint("map", __name__)


@page.get("/map")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show the map of a country and its neighbours.

    `of` is a country, `alone` leaves its neighbours out, `m` is what is shown, `month` and `span` when,
    `known` is "then" or a day, `region` is looked at closer.
    """
    with reading() as (session, now):
        view = map_page(session, _asked(), now=now)
        head = view.desk if view else desk(session, now=now)
    return render_template(
        "map.html", view=view, desk=head, here="incidents", link=_linking(view), spans=SPANS
    )


@page.get("/map/part")
@open_to(Access.READER)
def part() -> ResponseReturnValue:
    """Answer with what changes from month to month alone."""
    return render_template("map/part.html", view=(view := _view(is_part=True)), link=_linking(view))


@page.get("/map.json")
@open_to(Access.READER)
def table() -> ResponseReturnValue:
    """Answer with the table behind the map, for the same address."""
    return packed_json(orjson.dumps(map_table(_view())))


@page.get("/map.csv")
@open_to(Access.READER)
def csv() -> ResponseReturnValue:
    """Answer with the same as a file."""
    answer = Response(map_csv(_view()), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=map.csv"
    return answer


def _view(*, is_part: bool = False) -> MapView:
    with reading() as (session, now):
        view = map_page(session, _asked(), now=now, is_part=is_part)
    if view is None:
        raise NotFound("no pack brings outlines")
    return view


def _asked() -> MapAsked:
    """Read the address; what cannot be read asks nothing."""
    asked = request.args
    span = asked.get("span", "")
    return MapAsked(
        of=asked.get("of", ""),
        is_alone=asked.get("alone") == "1",
        measure=asked.get("m", INCIDENTS),
        month=parse_month(asked.get("month", "")),
        months=int(span) if span in {str(each) for each in SPANS} else SPANS[-1],
        known=asked.get("known", "")[:10],
        region=asked.get("region", ""),
    )


def _linking(view: MapView | None) -> Any:
    """Return what makes an address of the page with something changed; what is as ever is left out."""

    def link(endpoint: str = "map.show", **changes: Any) -> str:
        asked = view.asked if view else MapAsked()
        now = {
            "of": asked.of, "alone": "1" if asked.is_alone else None, "m": asked.measure,
            "month": f"{asked.month:%Y-%m}" if asked.month else None,
            "span": asked.months if asked.months != SPANS[-1] else None, "known": asked.known or None,
            "region": asked.region or None,
        }  # fmt: skip
        return url_for(endpoint, **(now | changes))

    return link
