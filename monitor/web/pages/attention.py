"""A sound and a notification: whether a person wants them; a script asks their browser, after a click."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.wording import say
from monitor.services.set_attention import set_attention
from monitor.web.access import Access, open_to
from monitor.web.context import signed_in, writing

page = Blueprint("attention", __name__)


@page.post("/settings/attention")
@open_to(Access.READER)
def save() -> ResponseReturnValue:
    """Keep it for the person who sends it."""
    with writing() as (session, now):
        set_attention(
            session, email=signed_in().email, hears="hears" in request.form,
            is_notified="is_notified" in request.form, now=now,
        )  # fmt: skip
    flash(say("Kept. It holds for every page that you open from now on."))
    return redirect(url_for("reading.show"))
