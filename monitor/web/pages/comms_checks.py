"""Comms checks: the page that a check leads to, with its button, and all that were sent."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.wording import say
from monitor.services.overview.desk import desk
from monitor.services.plan_comms import comms_lines, confirm_comms, named_plans, one_comms_check
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing

page = Blueprint("comms_checks", __name__)


@page.get("/comms-checks")
@open_to(Access.READER)
def every() -> ResponseReturnValue:
    """Show how often which channel is checked, and the latest checks."""
    with reading() as (session, now):
        plans, lines, head = named_plans(session), comms_lines(session, now=now), desk(session, now=now)
    return render_template("comms_checks.html", plans=plans, lines=lines, desk=head, here="alerts")


@page.get("/comms-checks/<identity>")
@open_to(Access.READER)
def one(identity: str) -> ResponseReturnValue:
    """Show one check and ask whether it came; looking at it changes nothing."""
    with reading() as (session, now):
        line, head = one_comms_check(session, identity, now=now), desk(session, now=now)
    return render_template("comms_check.html", line=line, desk=head, here="alerts")


@page.post("/comms-checks/<identity>")
@open_to(Access.READER)
def confirm(identity: str) -> ResponseReturnValue:
    """Keep that it came, and who says so."""
    with writing() as (session, now):
        confirm_comms(session, identity, actor=signed_in().email, now=now)
    flash(say("Thank you: that you got it is kept."))
    return redirect(url_for("comms_checks.one", identity=identity))
