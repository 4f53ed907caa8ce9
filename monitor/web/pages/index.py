"""Indices: the subjects stamped from one template, by rank."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.services.overview.index_page import index_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading

page = Blueprint("index", __name__)


@page.get("/indices/<template>")
@open_to(Access.READER)
def show(template: str) -> ResponseReturnValue:
    """Show an index; `sort` is rank, name, group, coverage or a driver, `group` shows one group only."""
    chosen = {name: request.args.get(name, "") for name in ("sort", "group")}
    with reading() as (session, now):
        view = index_page(session, template, now=now, **chosen)
    return render_template("index.html", view=view, chosen=chosen, desk=view.desk, here="board")
