"""The receiver's page: what arrived, newest first, and each message as its reader would see it."""

from pathlib import Path

import orjson
from flask import Blueprint, Response, abort, render_template, request

from monitor.dev.arrivals import Arrival, Arrivals, duplicates
from monitor.dev.mail_sink import parse

_STYLES = Path(__file__).parent / "static"
SHOWN = 200
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
# A mail brings its own styles and nothing else: no script, no form, nothing from elsewhere.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"


def receiver_page(arrivals: Arrivals) -> Blueprint:
    """Return the routes of the page."""
    page = Blueprint("page", __name__, static_folder=str(_STYLES), static_url_path="/static")

    @page.get("/")
    def index() -> str:
        everything = arrivals.all()
        return render_template(
            "arrivals.html",
            arrivals=everything[: -SHOWN - 1 : -1],
            count=len(everything),
            duplicates=duplicates(everything),
            is_live="live" in request.args,
        )

    @page.get("/arrivals.json")
    def listing() -> Response:
        return Response(orjson.dumps(arrivals.all()), mimetype="application/json")

    @page.get("/arrivals/<int:number>")
    def arrival(number: int) -> str:
        found = _arrival(arrivals, number)
        headers, text, has_html = _readable(found, arrivals.body(found))
        return render_template(
            "arrival.html",
            arrival=found,
            headers=headers,
            text=text,
            has_html=has_html,
            is_duplicate=number in duplicates(arrivals.all()),
        )

    @page.get("/arrivals/<int:number>/mail")
    def mail(number: int) -> Response:
        found = _arrival(arrivals, number)
        part = parse(arrivals.body(found)).get_body(("html",)) if found.kind == "mail" else None
        if part is None:
            abort(404)
        return Response(part.get_content(), headers={"content-security-policy": MAIL_POLICY})

    @page.get("/arrivals/<int:number>/raw")
    def raw(number: int) -> Response:
        return Response(arrivals.body(_arrival(arrivals, number)), mimetype="text/plain")

    @page.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("content-security-policy", PAGE_POLICY)
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["cache-control"] = "no-store"
        return response

    return page


def _arrival(arrivals: Arrivals, number: int) -> Arrival:
    everything = arrivals.all()
    if not 1 <= number <= len(everything):
        abort(404)
    return everything[number - 1]


def _readable(arrival: Arrival, body: bytes) -> tuple[list[tuple[str, str]], str, bool]:
    """The headers of a mail, the text of either kind, and whether there is a laid out view."""
    if arrival.kind == "mail":
        mail = parse(body)
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        headers = [(name, str(value)) for name, value in mail.items()]
        return headers, plain.get_content() if plain else "", html is not None
    try:
        text = orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        text = body.decode(errors="replace")
    return [], text, False
