"""The brief of a subject, as a sheet to read or print."""

from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.services.brief import brief
from monitor.services.overview.board import board
from monitor.web.access import Access, open_to
from monitor.web.context import reading
from monitor.web.forgiving import forgiving

page = Blueprint("brief", __name__)


@page.get("/briefs")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """List the briefs, one a subject, worst first."""
    with reading() as (session, now):
        view = board(session, now=now, with_exercises="exercises" in request.args)
    return render_template("briefs.html", view=view, desk=view.desk, here="briefs")


@page.get("/subjects/<slug>/brief")
@open_to(Access.READER)
def show(slug: str) -> ResponseReturnValue:
    """Show the four answers; `since` chooses the span of what changed."""
    with reading() as (session, now):
        view = forgiving(partial(brief, session, slug, now=now), since=request.args.get("since", ""))
    return render_template("brief.html", view=view, page=view.page, desk=view.page.desk, here="briefs")
