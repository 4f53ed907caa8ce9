"""Set a subject's clock from its page."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.clock import LIVE
from monitor.services.assess import assess
from monitor.services.set_clock import set_clock
from monitor.web.access import Access, open_to
from monitor.web.context import signed_in, writing

page = Blueprint("clock", __name__)


@page.post("/subjects/<slug>/clock")
@open_to(Access.ADMIN)
def set_live(slug: str) -> ResponseReturnValue:
    """Set the clock to live; from then on old values count as old."""
    reason = request.form.get("reason", "")[:300]
    with writing() as (session, now):
        set_clock(session, slug, clock=LIVE, actor=signed_in().email, reason=reason, now=now)
        # Here and not by the worker a moment later: the page that follows shows where things stand now.
        assess(session, slug, slot=None, now=now, claimed_at=now)
    flash("The clock is live. Old values now count as old.")
    return redirect(url_for("subject.show", slug=slug))
