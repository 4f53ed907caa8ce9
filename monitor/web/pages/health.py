"""Health: whether the desk itself works, for people; `/readyz` says the same to programs."""

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor.services.overview.health import health_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading

page = Blueprint("health", __name__)


@page.get("/health")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show workers, clocks, outages and the signal to the outside monitor."""
    with reading() as (session, now):
        view = health_page(session, now=now, host_now=datetime.now(UTC))
    return render_template("health.html", view=view, desk=view.desk)
