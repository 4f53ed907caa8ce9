"""Streams that tell an open page to look again: one address for each kind of page."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from monitor.domain.live import ALERTS, BOARD, DESK, LOG, subject_topic
from monitor.services.resume_session import hashed
from monitor.web.access import Access, open_to
from monitor.web.live import SESSION, stream
from monitor.web.streams import Owner
from monitor.web.visitors import cookie_name

page = Blueprint("live", __name__)

KINDS = frozenset({DESK, BOARD, ALERTS, LOG})


@page.get("/live/<kind>")
@open_to(Access.READER)
def of_kind(kind: str) -> ResponseReturnValue:
    """Tell when the board, the inbox, the log or the head of all pages changed."""
    if kind not in KINDS:
        abort(404)
    return stream({DESK, kind}, _owner())


@page.get("/live/subjects/<slug>")
@open_to(Access.READER)
def of_subject(slug: str) -> ResponseReturnValue:
    """Tell when one subject changed."""
    return stream({DESK, subject_topic(slug)}, _owner())


def _owner() -> Owner:
    return SESSION, hashed(request.cookies.get(cookie_name(), ""))
