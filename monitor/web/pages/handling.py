"""How everything that is watched may be passed on together: asked for by who copies the board."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor.services.overview.handling_of_all import handling_of_all
from monitor.web.access import Access, open_to
from monitor.web.context import reading

page = Blueprint("handling", __name__)


@page.get("/handling")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Answer with the strictest marking of all subjects, exercises apart, and whom to name."""
    with reading() as (session, _):
        found = handling_of_all(session)
    return render_template("handling.html", handling=found)
