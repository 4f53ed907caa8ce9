"""What was known of a series when, and confirming a provisional period."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.spoken import period as spoken_period
from monitor.domain.spoken import plain
from monitor.domain.wording import say
from monitor.services.confirm import confirm
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.services.revisions import Revisions, revisions
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing

page = Blueprint("revisions", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionsView:
    """A series' revisions on a page of their own."""

    desk: DeskView
    revisions: Revisions


@page.get("/series/<key>/revisions")
@open_to(Access.READER)
def show(key: str) -> ResponseReturnValue:
    """Show what was known of each period when."""
    with reading() as (session, now):
        view = RevisionsView(desk=desk(session, now=now), revisions=revisions(session, key, now=now))
    return render_template("revisions.html", view=view, desk=view.desk, here="board")


@page.post("/series/<key>/confirm")
@open_to(Access.DESK)
def confirm_period(key: str) -> ResponseReturnValue:
    """Let a provisional value count; what cannot be confirmed is said and changes nothing."""
    period, reason = request.form.get("period", ""), request.form.get("reason", "")
    with writing() as (session, now):
        found = confirm(session, key, period, reason=reason, actor=signed_in().email, now=now)
    when = spoken_period(found.period_start, found.period_end)
    told = {"value": plain(found.value), "period": when}
    if found.is_new:
        flash(say("{value} for {period} confirmed. The heat follows in a moment.", **told))
    else:
        flash(say("{value} for {period} had been confirmed already.", **told))
    return redirect(url_for("revisions.show", key=key))
