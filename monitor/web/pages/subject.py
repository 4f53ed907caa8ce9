"""One subject: its heat, why it changed, what drives it."""

from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.render.plot_columns import heat_columns
from monitor.services.overview.heat_picture import DEFAULT_RANGE
from monitor.services.overview.heat_plot import heat_plot
from monitor.services.overview.heat_points import heat_table
from monitor.services.overview.looked import since_subject
from monitor.services.overview.subject import subject_page
from monitor.services.record_visit import record_visit
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.forgiving import forgiving
from monitor.web.packed import packed_json

page = Blueprint("subject", __name__)


@page.get("/subjects/<slug>")
@open_to(Access.READER)
def show(slug: str) -> ResponseReturnValue:
    """Show the subject; `since` and `range` choose the spans of ledger and line."""
    with reading() as (session, now):
        ask = partial(
            subject_page,
            session,
            slug,
            now=now,
            chart_range=request.args.get("range", DEFAULT_RANGE),
            is_restated=request.args.get("restated") == "1",
            person_id=signed_in().id,
        )
        view = forgiving(ask, since=request.args.get("since", ""))
    lines = (view.chart.published, view.chart.reconstructed)
    since = since_subject(view.standing, lines, view.line, view.alerts, at=view.last_visit_at)
    return render_template("subject.html", view=view, since=since, desk=view.desk, here="board")


@page.get("/subjects/<slug>/heat")
@open_to(Access.READER)
def table(slug: str) -> ResponseReturnValue:
    """Show the heat line as a table."""
    with reading() as (session, now):
        view = heat_table(session, slug, now=now)
    return render_template("heat_table.html", view=view, desk=view.desk, here="board")


@page.get("/subjects/<slug>/heat.json")
@open_to(Access.READER)
def columns(slug: str) -> ResponseReturnValue:
    """Answer with the whole heat line in columns, for the chart that a reader zooms."""
    with reading() as (session, now):
        plot = heat_plot(session, slug, now=now, is_restated=request.args.get("restated") == "1")
    return packed_json(heat_columns(plot))


@page.post("/subjects/<slug>/visit")
@open_to(Access.READER)
def visit(slug: str) -> ResponseReturnValue:
    """Remember that the visitor saw the subject; asked for by the page once it was read for a while."""
    with writing() as (session, now):
        record_visit(session, slug, person_id=signed_in().id, now=now)
    return "", 204
