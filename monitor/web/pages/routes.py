"""Routes: the tree that says who is told of what, a live test of it, and its text to edit."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.domain.wording import say
from monitor.services.overview.routes import RoutesView, Wish, routes_page
from monitor.services.save_routing import save_routing_text
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("routes", __name__)

_LONGEST = 200_000


class TreeForm(DeskForm):
    """The tree as text, the version that was looked at, and an alert to try it with."""

    labels = TextAreaField("Labels", [Length(max=4_000)])
    rule = StringField("An alert of", [Length(max=200)])
    concern = StringField("Concern", [Length(max=20)], default=Concern.HIGH.word)
    text = TextAreaField("The tree", [Length(max=_LONGEST)])
    reason = StringField("Why", [Length(max=500)])
    seen = HiddenField(default="0")

    def wish(self) -> Wish:
        """Return what is asked; InvalidInput names a line that is no label."""
        concern = (self.concern.data or "").upper()
        return Wish(
            labels=_labels(self.labels.data or ""),
            concern=Concern[concern] if concern in Concern.__members__ else Concern.HIGH,
            rule=(self.rule.data or "").strip(),
            text=(self.text.data or "").replace("\r\n", "\n"),
        )


@page.get("/routes")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """Show the tree in force."""
    with reading() as (session, now):
        view = routes_page(session, now=now)
    form = TreeForm(None, seen=str(view.version))
    return _shown(view, form)


@page.post("/routes/test")
@open_to(Access.READER)
def test() -> ResponseReturnValue:
    """Say who would get an alert, by the text that was sent; nothing is stored and nothing sent."""
    return _page(TreeForm())


@page.post("/routes")
@open_to(Access.ADMIN)
def save() -> ResponseReturnValue:
    """Put a tree in force; 409 with what differs if it was changed since, and the text that was sent."""
    form = TreeForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    seen = int(form.seen.data) if (form.seen.data or "").isdigit() else 0
    try:
        with writing() as (session, now):
            problems = save_routing_text(
                session, (form.text.data or "").replace("\r\n", "\n"), author=signed_in().email,
                reason=form.reason.data or "", seen=seen, now=now,
            )  # fmt: skip
    except Conflict as error:
        form.text.errors = [*form.text.errors, str(error)]
        return _page(form, status=409, changes=error.changes)
    except InvalidInput as error:
        field = getattr(form, error.field, form.text)
        field.errors = [*field.errors, str(error)]
        return _page(form, status=422)
    if problems:
        form.text.errors = [str(each) for each in problems]
        return _page(form, status=422)
    flash(say("The routes are saved. What is open and leads to other channels now is told there."))
    return redirect(url_for("routes.index"))


def _page(form: TreeForm, *, status: int = 200, changes: Sequence[str] = ()) -> ResponseReturnValue:
    wish = None
    try:
        wish = form.wish()
    except InvalidInput as error:
        form.labels.errors = [*form.labels.errors, str(error)]
    with reading() as (session, now):
        view = routes_page(session, now=now, wish=wish)
    if changes:
        # Who has seen what differs may put the text that was sent in its place.
        form.seen.data = str(view.version)
    return _shown(view, form, changes=changes), status


def _shown(view: RoutesView, form: TreeForm, *, changes: Sequence[str] = ()) -> str:
    return render_template(
        "routes.html", view=view, form=form, changes=changes, desk=view.desk, here="alerts"
    )  # fmt: skip


def _labels(text: str) -> dict[str, str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if "=" not in line or line.startswith("="):
            raise InvalidInput(
                phrase("a label is written label=value, not {line}", line=repr(line[:80])), field="labels"
            )
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
