"""feeds: the same made-up stories as RSS 2.0, Atom 1.0 and RDF, with the oddities of real feeds.

Among them: a story told twice in almost the same words, one dated in the future, one without guid, markup.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from flask import Blueprint, Response

from monitor.dev.sources.faults import Fault
from monitor.dev.sources.stand_in import MADE_UP, Scene, StandIn, days, draw

_TITLES = (
    "Bamako : pénurie de carburant dans la capitale",
    "Mali : un convoi de carburant attaqué près de Kadiolo",
    "Sénégal : récolte du mil en hausse",
    "Assimi Goïta reçoit les gouverneurs",
)
Story = Mapping[str, str]


def routes(scene: Scene) -> Blueprint:
    """Return one feed in three forms."""
    host = Blueprint("feeds", __name__)

    @host.get("/rss.xml")
    def rss() -> Response:
        items = "".join(map(_rss_item, stories(scene)))
        ttl = "<ttl>30</ttl>"
        channel = f"<channel><title>Example Wire ({MADE_UP})</title><link>https://example.org/</link>{ttl}{items}</channel>"
        return _xml(f'<rss version="2.0">{channel}</rss>', "application/rss+xml")

    @host.get("/atom.xml")
    def atom() -> Response:
        items = "".join(map(_atom_entry, stories(scene)))
        head = f"<title>Example Wire ({MADE_UP})</title><id>urn:example:wire</id>"
        head += f"<updated>{scene.today}T00:00:00Z</updated>"
        return _xml(f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{items}</feed>', "application/atom+xml")

    @host.get("/rdf.xml")
    def rdf() -> Response:
        items = "".join(map(_rdf_item, stories(scene)))
        spaces = (
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        )
        head = '<channel rdf:about="https://example.org/"><title>Example Wire</title></channel>'
        return _xml(f"<rdf:RDF {spaces}>{head}{items}</rdf:RDF>", "application/rdf+xml")

    return host


def _xml(text: str, mimetype: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode(), mimetype=mimetype)


def stories(scene: Scene) -> Sequence[Story]:
    """Return the stories of the last ten days, newest first; the earlier edition ends yesterday."""
    last = scene.today - timedelta(days=scene.is_earlier("feeds"))
    found = [story for on in days(last - timedelta(days=9), last) for story in _of_day(on, scene)]
    ahead = {**_story(last, 8, _TITLES[3]), "at": _stamp(last + timedelta(days=400), 9, scene)}
    return [ahead, *reversed(found)]


def _of_day(on: date, scene: Scene) -> Sequence[Story]:
    fuel = [
        _story(on, number, _TITLES[draw(0, 1, "title", on, number)])
        for number in range(draw(1, 3, "fuel", on))
    ]
    again = {**_story(on, 6, fuel[0]["title"] + " !"), "id": f"urn:example:again-{on}"}
    bare = {**_story(on, 7, _TITLES[2]), "id": ""}
    return [{**each, "at": _stamp(on, place, scene)} for place, each in enumerate([*fuel, again, bare], 1)]


def _story(on: date, number: int, title: str) -> Story:
    return {
        "title": f"{title}, {on.isoformat()}, nº {number}",
        "id": f"urn:example:{on}-{number}",
        "link": f"https://example.org/{on}/{number}?a=1&b=2",
        "text": f"<p>{MADE_UP}</p><script>alert(1)</script>",
    }


def _stamp(on: date, hour: int, scene: Scene) -> str:
    moment = datetime.combine(on, time(hour), UTC)
    return f"{moment:%d/%m/%y}" if scene.has("feeds", Fault.UNIT) else moment.isoformat()


def _rfc822(text: str) -> str:
    return format_datetime(datetime.fromisoformat(text)) if "T" in text else text


def _rss_item(story: Story) -> str:
    guid = f'<guid isPermaLink="false">{story["id"]}</guid>' if story["id"] else ""
    return (
        f"<item><title>{escape(story['title'])}</title><link>{escape(story['link'])}</link>"
        f"<description>{escape(story['text'])}</description><pubDate>{_rfc822(story['at'])}</pubDate>{guid}</item>"
    )


def _atom_entry(story: Story) -> str:
    return (
        f"<entry><title>{escape(story['title'])}</title><id>{story['id'] or escape(story['link'])}</id>"
        f'<link href="{escape(story["link"])}"/><updated>{story["at"]}</updated>'
        f'<summary type="html">{escape(story["text"])}</summary></entry>'
    )


def _rdf_item(story: Story) -> str:
    return (
        f'<item rdf:about="{escape(story["link"])}"><title>{escape(story["title"])}</title>'
        f"<link>{escape(story['link'])}</link><dc:date>{story['at']}</dc:date></item>"
    )


STAND_IN = StandIn(
    name="feeds",
    about="made up",
    routes=routes,
    renamed=("title", "headline"),
)
