"""The board, and the worker's line that every page asks for again."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.person import Person
from monitor.domain.spoken import unaccented
from monitor.domain.wording import say
from monitor.render import environment
from monitor.services.index_table import list_indices
from monitor.services.overview.board import BoardRow, BoardView, board
from monitor.services.overview.desk import desk
from monitor.services.overview.looked import since_board
from monitor.services.record_visit import record_visit
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing

page = Blueprint("board", __name__)
page.record_once(lambda state: environment.install(state.app.jinja_env))


@page.get("/")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show every subject, worst first; exercises only where asked for."""
    with reading() as (session, now):
        view = board(session, now=now, with_exercises="exercises" in request.args)
        indices = list_indices(session)
        since = since_board(session, view.rows, person_id=signed_in().id, now=now)
    chosen = {name: request.args.get(name, "") for name in ("concern", "kind", "q")}
    return render_template(
        "board.html",
        view=view,
        rows=_chosen(view, chosen),
        chosen=chosen,
        desk=view.desk,
        here="board",
        indices=indices,
        since=since,
    )


@page.post("/looked")
@open_to(Access.READER)
def looked() -> ResponseReturnValue:
    """Remember that the visitor saw the board; asked for by the page once it was read for a while."""
    with writing() as (session, now):
        record_visit(session, "", person_id=signed_in().id, now=now)
    return "", 204


@page.get("/worker")
@open_to(Access.READER)
def worker() -> ResponseReturnValue:
    """Show whether a worker lives, as a part of a page."""
    with reading() as (session, now):
        return render_template("_worker_poll.html", desk=desk(session, now=now))


@page.app_context_processor
def _names() -> dict[str, object]:
    return {"places": _places, "desk": None, "here": ""}


def _places(person: Person) -> list[tuple[str, str, str]]:
    """The main places as (key, address, name), by what a role may do."""
    places = [
        ("board", url_for("board.show"), say("Board")),
        ("alerts", url_for("alerts.index"), say("Alerts")),
        ("incidents", url_for("incidents.show_all"), say("Incidents")),
        ("briefs", url_for("brief.index"), say("Briefs")),
    ]
    first = "handovers.index" if person.role == "reader" else "entry.show"
    places.insert(2, ("desk", url_for(first), say("Desk")))
    return places


def _chosen(view: BoardView, chosen: dict[str, str]) -> Sequence[BoardRow]:
    """Return the rows that pass the filters of the address."""
    words = unaccented(chosen["q"]).split()
    return [
        row
        for row in view.rows
        if chosen["concern"] in {"", _concern(row)}
        and chosen["kind"] in {"", row.standing.kind}
        and all(
            word in unaccented(f"{row.standing.name} {row.standing.kind_words} {row.standing.level}")
            for word in words
        )
    ]


def _concern(row: BoardRow) -> str:
    concern = row.standing.concern
    return "unknown" if row.standing.is_unknown or concern is None else concern.word
