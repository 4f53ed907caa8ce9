"""Heat explained, and what changed it between any two moments."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.services.overview.clocks import explain_page, ledger_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in

page = Blueprint("clocks", __name__)


@page.get("/subjects/<slug>/explain")
@open_to(Access.READER)
def explain(slug: str) -> ResponseReturnValue:
    """Show what heat is made of; `at` and `as_of` are days."""
    with reading() as (session, now):
        view = explain_page(
            session, slug, now=now, at=request.args.get("at", ""), as_of=request.args.get("as_of", "")
        )
    return render_template("explain.html", view=view, desk=view.desk, here="board")


@page.get("/subjects/<slug>/ledger")
@open_to(Access.READER)
def ledger(slug: str) -> ResponseReturnValue:
    """Show what changed between two days or moments, each as known on another, and what it rests on."""
    with reading() as (session, now):
        view = ledger_page(session, slug, now=now, asked=request.args, person_id=signed_in().id)
    return render_template("ledger.html", view=view, desk=view.desk, here="board")
