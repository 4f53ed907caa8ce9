"""gdacs: events as GeoJSON and RSS. Every event is made up: a flood or a drought about once a week."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import MADE_UP, Scene, StandIn, as_json, day, days, draw

_PLACES = (("Mali", "MLI", 14.5, -4.2), ("Niger", "NER", 13.5, 2.1), ("Côte d'Ivoire", "CIV", 5.3, -4.0))
_LEVELS = ("Green", "Green", "Orange", "Red")
_KINDS = {"FL": "flood", "DR": "drought"}
_SPACES = 'xmlns:gdacs="http://www.gdacs.org" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#"'


def routes(scene: Scene) -> Blueprint:
    """Return the search and the feeds."""
    api = Blueprint("gdacs", __name__)

    @api.get("/gdacsapi/api/events/geteventlist/SEARCH")
    def search() -> Response:
        first = day(request.args.get("fromDate"), scene.today - timedelta(days=30))
        last = day(request.args.get("toDate"), scene.today)
        wanted = request.args.get("eventlist", "FL;DR").replace(",", ";").split(";")
        found = [event for event in events(first, last, scene) if event["eventtype"] in wanted]
        return as_json({"type": "FeatureCollection", "features": [_feature(event) for event in found]})

    @api.get("/xml/rss.xml")
    @api.get("/xml/rss_7d.xml")
    def rss() -> Response:
        first = scene.today - timedelta(days=30)
        items = "".join(map(_item, events(first, scene.today, scene)))
        text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {_SPACES}><channel>'
        text += f"<title>GDACS</title><description>{MADE_UP}</description>{items}</channel></rss>"
        return Response(text.encode(), mimetype="text/xml")

    return api


def events(first: date, last: date, scene: Scene) -> Sequence[Mapping[str, Any]]:
    """Return the made-up events that begin in a span of days; before, one that is rated lower."""
    return [
        event
        for on in days(first, min(last, scene.today))
        if draw(0, 6, "gdacs", on) == 0
        for event in [_event(on, scene)]
    ]


def _event(on: date, scene: Scene) -> Mapping[str, Any]:
    country, iso3, latitude, longitude = _PLACES[draw(0, 2, "place", on)]
    kind = "FL" if draw(0, 3, "kind", on) else "DR"
    level = "Green" if scene.is_earlier("gdacs") else _LEVELS[draw(0, 3, "level", on)]
    return {
        "eventtype": kind,
        "eventid": 1_000_000 + on.toordinal(),
        "episodeid": 1,
        "name": f"{_KINDS[kind].capitalize()} in {country} ({MADE_UP})",
        "alertlevel": str(_LEVELS.index(level)) if scene.has("gdacs", Fault.UNIT) else level,
        "alertscore": {"Green": 0.5, "Orange": 1.5, "Red": 2.5}[level],
        "episodealertlevel": "Green",
        "iscurrent": "true" if on > scene.today - timedelta(days=7) else "false",
        "country": country,
        "iso3": iso3,
        "fromdate": f"{on.isoformat()}T00:00:00",
        "todate": f"{(on + timedelta(days=2)).isoformat()}T00:00:00",
        "at": (latitude, longitude),
    }


def _feature(event: Mapping[str, Any]) -> Mapping[str, Any]:
    latitude, longitude = event["at"]
    number = event["eventid"]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {
            **{name: value for name, value in event.items() if name != "at"},
            "severitydata": {"severity": 0.0, "severitytext": "Magnitude 0 ", "severityunit": ""},
            "affectedcountries": [{"iso3": event["iso3"], "countryname": event["country"]}],
            "url": {"report": f"https://example.org/report/{number}", "geometry": ""},
        },
    }


def _item(event: Mapping[str, Any]) -> str:
    latitude, longitude = event["at"]
    begins, ends = (_rfc822(event[name]) for name in ("fromdate", "todate"))
    kind, number = event["eventtype"], event["eventid"]
    level, country = escape(event["alertlevel"]), escape(event["country"])
    return (
        f"<item><title>{level} {_KINDS[kind]} alert in {country}</title>"
        f"<description>{MADE_UP}</description>"
        f"<link>https://example.org/report.aspx?eventtype={kind}&amp;eventid={number}</link>"
        f'<pubDate>{begins}</pubDate><guid isPermaLink="false">{kind}{number}</guid>'
        f"<geo:Point><geo:lat>{latitude}</geo:lat><geo:long>{longitude}</geo:long></geo:Point>"
        f"<gdacs:eventtype>{kind}</gdacs:eventtype><gdacs:eventid>{number}</gdacs:eventid>"
        f"<gdacs:alertlevel>{level}</gdacs:alertlevel><gdacs:iso3>{event['iso3']}</gdacs:iso3>"
        f"<gdacs:fromdate>{begins}</gdacs:fromdate><gdacs:todate>{ends}</gdacs:todate>"
        '<gdacs:severity unit="" value="0">Magnitude 0 </gdacs:severity></item>'
    )


def _rfc822(text: str) -> str:
    return format_datetime(datetime.combine(date.fromisoformat(text[:10]), time(), UTC), usegmt=True)


STAND_IN = StandIn(
    name="gdacs",
    about="made up",
    routes=routes,
    host="https://www.gdacs.org",
    renamed=("alertlevel", "alert_level"),
)
