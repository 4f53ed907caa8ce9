"""Approvals: what waits to be sent until someone on the desk has read it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from monitor.domain.errors import InvalidInput
from monitor.domain.scale import Concern
from monitor.domain.wording import say
from monitor.services.approve import approve, dismiss
from monitor.services.overview.approvals import approvals_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("approvals", __name__)


class DecisionForm(DeskForm):
    """Why, and the concern that the person read."""

    reason = StringField("Why", [Length(max=500)])
    concern = HiddenField()

    @property
    def seen(self) -> Concern | None:
        """The concern that was read."""
        text = self.concern.data or ""
        return Concern(int(text)) if text.isdigit() and int(text) in {int(each) for each in Concern} else None


@page.get("/approvals")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """Show every draft that waits."""
    return _page()


@page.post("/approvals/<episode>/<route>/approve")
@open_to(Access.DESK)
def let_go(episode: str, route: str) -> ResponseReturnValue:
    """Send what waits; Conflict if its concern rose since it was read."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(form, wrong=f"{episode}/{route}"), 422
    with writing() as (session, now):
        approve(
            session, episode, route, by=signed_in().email, now=now, concern=form.seen,
            note=form.reason.data or "",
        )  # fmt: skip
    flash(say("Approved. It is sent now, and so is what follows until its concern rises."))
    return redirect(url_for("approvals.index"))


@page.post("/approvals/<episode>/<route>/dismiss")
@open_to(Access.DESK)
def drop(episode: str, route: str) -> ResponseReturnValue:
    """Send nothing of it, with a reason."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(form, wrong=f"{episode}/{route}"), 422
    try:
        with writing() as (session, now):
            dismiss(
                session, episode, route, by=signed_in().email, reason=form.reason.data or "", now=now,
                concern=form.seen,
            )  # fmt: skip
    except InvalidInput as error:
        form.reason.errors = [*form.reason.errors, str(error)]
        return _page(form, wrong=f"{episode}/{route}"), 422
    flash(say("Dismissed. Nothing of it is sent until its concern rises."))
    return redirect(url_for("approvals.index"))


def _page(form: DecisionForm | None = None, *, wrong: str = "") -> str:
    with reading() as (session, now):
        view = approvals_page(session, now=now)
    return render_template("approvals.html", view=view, form=form, wrong=wrong, desk=view.desk, here="alerts")
