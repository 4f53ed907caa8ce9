"""One value of a series: what it says, what it did to the heat, and taking it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.errors import Conflict
from monitor.domain.wording import say
from monitor.services.overview.entry_effects import entry_effects
from monitor.services.overview.observation import observation_page
from monitor.services.record_observation import Recorded
from monitor.services.withdraw_observation import row_named, withdraw_observation
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.pages.entry_forms import WithdrawForm

page = Blueprint("observation", __name__)


@page.get("/series/<key>/observations/<row>")
@open_to(Access.READER)
def show(key: str, row: str) -> ResponseReturnValue:
    """Show the value with all that was given for the same period."""
    with reading() as (session, now):
        view = observation_page(session, row_named(row, key), now=now)
    return render_template("observation.html", view=view, desk=view.desk, here="board")


@page.get("/series/<key>/observations/<row>/effect")
@open_to(Access.READER)
def effect(key: str, row: str) -> ResponseReturnValue:
    """Answer with what the value did to the heat by now; a part of a page."""
    named = row_named(row, key)
    with reading() as (session, _):
        effects = entry_effects(session, [key], named.seq)
    asked = request.args.get("asked", 0, type=int)
    asks = url_for("observation.effect", key=key, row=row)
    return render_template("_entry_effect.html", effects=effects, asks=asks, asked=asked)


@page.post("/series/<key>/observations/<row>/withdraw")
@open_to(Access.DESK)
def withdraw(key: str, row: str) -> ResponseReturnValue:
    """Take the value back, then show what holds now."""
    form = WithdrawForm()
    named = row_named(row, key)
    if not form.validate_on_submit():
        flash(say("Nothing was withdrawn: the reason is too long."))
        return redirect(url_for("observation.show", key=key, row=row))
    try:
        with writing() as (session, now):
            now_holds = withdraw_observation(session, named, reason=form.why, by=signed_in().email, now=now)
    except Conflict as error:
        flash(say("Nothing was withdrawn: {reason}.", reason=error))
        return redirect(url_for("observation.show", key=key, row=row))
    flash(say("Withdrawn. What held before it holds again; both stay in the record."))
    return redirect(_after(now_holds))


def _after(row: Recorded) -> str:
    return url_for("observation.show", key=row.series, row=row.address)
