"""Indices: the list of them, and the subjects stamped from one template by rank."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.services.overview.index_page import index_list, index_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading

page = Blueprint("index", __name__)


@page.get("/indices")
@open_to(Access.READER)
def show_all() -> ResponseReturnValue:
    """List the indices."""
    with reading() as (session, now):
        view = index_list(session, now=now)
    return render_template("indices.html", view=view, desk=view.desk, here="board")


@page.get("/indices/<template>")
@open_to(Access.READER)
def show(template: str) -> ResponseReturnValue:
    """Show an index; `sort` is rank, name, group, coverage or a driver, `group` and `period` one alone."""
    chosen = {name: request.args.get(name, "") for name in ("sort", "group", "period")}
    with reading() as (session, now):
        view = index_page(session, template, now=now, **chosen)
    return render_template("index.html", view=view, chosen=chosen, desk=view.desk, here="board")
