"""The hub of a web process: what it looks at, and who may go on watching."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import cast

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue

from monitor.bootstrap import Application
from monitor.domain.live import Pulse
from monitor.domain.wording import tongue
from monitor.services.feel_pulse import Felt, feel_pulse
from monitor.services.resume_session import keep_open, still_open
from monitor.services.walls import still_up
from monitor.web.event_stream import EventStream
from monitor.web.streams import Hub, Owner, slots_of

SESSION, WALL = "session", "wall"
RETRY_SECONDS = 30
LONGEST_TAB = 40
_HUB = "heatwatch-streams"


def install(app: Flask, application: Application) -> None:
    """Give the application a hub; it looks only while a page is open."""

    def look(before: Pulse | None, is_head_due: bool) -> tuple[Felt, datetime]:  # noqa: FBT001
        with application.reading() as (session, now):
            return feel_pulse(session, before, now=now, is_head_due=is_head_due), now

    def check(owners: Collection[Owner]) -> set[Owner]:
        return _allowed(application, owners)

    app.extensions[_HUB] = Hub(
        look, check, slots=slots_of(application.settings.threads), is_stopping=application.should_stop
    )


def hub(app: Flask | None = None) -> Hub:
    """Return the hub of an application; without one, of that which answers."""
    return cast("Hub", (app or current_app).extensions[_HUB])


def stream(topics: Collection[str], owner: Owner) -> ResponseReturnValue:
    """Answer with a stream about some topics; 503 if there are as many as the threads allow."""
    here = hub()
    tab = request.args.get("tab", "")[:LONGEST_TAB]
    opened = here.open(topics, owner, since=_since(request.args.get("since", "")), tab=tab)
    if opened is None:
        return Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return Response(
        EventStream(here, opened, tongue()),
        mimetype="text/event-stream",
        # Proxies must hand each event on at once; nginx is told so by this header.
        headers={"X-Accel-Buffering": "no"},
    )


def _since(text: str) -> datetime | None:
    """Return when the page was drawn, as it says; None if it does not, or says it in no way of ours."""
    try:
        seconds = float(text or 0)
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _allowed(application: Application, owners: Collection[Owner]) -> set[Owner]:
    """Return who may go on; a session with a page in sight counts as used."""
    of = {wanted: [key for kind, key in owners if kind == wanted] for wanted in (SESSION, WALL)}
    with application.reading() as (session, now):
        known = still_open(session, of[SESSION], now=now) if of[SESSION] else set()
        walls = still_up(session, of[WALL], now=now) if of[WALL] else set()
    if known:
        with application.writing() as (session, now):
            keep_open(session, sorted(known), now=now)
    return {(SESSION, key) for key in known} | {(WALL, key) for key in walls}
