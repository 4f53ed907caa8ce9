"""What did not arrive: how the channels stand, and what was given up; the desk re-sends, admins clear."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from monitor.bootstrap import SessionAt
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.wording import say_many
from monitor.services.send_again import LONGEST_WHY, SentAgain, clear_dead, send_again
from monitor.services.undelivered import undelivered
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("undelivered", __name__)


class WhichForm(DeskForm):
    """One message by its id, or all of a channel, and why."""

    id = HiddenField(validators=[Length(max=40)])
    channel = HiddenField(validators=[Length(max=200)])
    reason = StringField("Why", [Length(max=LONGEST_WHY)])

    @property
    def ids(self) -> list[str] | None:
        """The one that is meant, None for all of the channel."""
        return [self.id.data] if self.id.data else None


@page.get("/alerts/undelivered")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show the channels, and what was given up."""
    return _page(WhichForm(None))


@page.post("/alerts/undelivered/send")
@open_to(Access.DESK)
def send() -> ResponseReturnValue:
    """Send again what was given up."""
    return _act(_send)


@page.post("/alerts/undelivered/clear")
@open_to(Access.ADMIN)
def clear() -> ResponseReturnValue:
    """Take what was given up off the list."""
    return _act(_clear)


def _act(act: Callable[[SessionAt, WhichForm], Callable[[], str]]) -> ResponseReturnValue:
    """Do what the form says and go back to the list; what cannot be done is said on it."""
    form = WhichForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with writing() as opened:
            told = act(opened, form)
    except InvalidInput as error:
        return _page(form, error=str(error)), 422
    except NotFound as error:
        return _page(form, error=str(error)), 404
    flash(told())
    return redirect(url_for("undelivered.show"))


def _send(opened: SessionAt, form: WhichForm) -> Callable[[], str]:
    session, now = opened
    told = send_again(
        session, ids=form.ids, channel=form.channel.data or "", actor=signed_in().email,
        reason=form.reason.data or "", now=now,
    )  # fmt: skip
    return lambda: _sent(told)


def _sent(told: SentAgain) -> str:
    """Say how many go out again, and why others do not."""
    sent = say_many("On the way again: {n} message.", "On the way again: {n} messages.", told.count)
    if not told.left:
        return sent
    left = say_many(
        "{n} message stayed: {why}.", "{n} messages stayed: {why}.", len(told.left),
        why=next(iter(told.left.values())),
    )  # fmt: skip
    return f"{sent} {left}"


def _clear(opened: SessionAt, form: WhichForm) -> Callable[[], str]:
    session, now = opened
    cleared = clear_dead(
        session, ids=form.ids, channel=form.channel.data or "", actor=signed_in().email,
        reason=form.reason.data or "", now=now,
    )  # fmt: skip
    return lambda: say_many(
        "Cleared: {n} message. The alerts’ timelines keep it.",
        "Cleared: {n} messages. The alerts’ timelines keep them.",
        cleared,
    )


def _page(form: WhichForm, *, error: str = "") -> str:
    with reading() as (session, now):
        view = undelivered(session, now=now)
    return render_template(
        "undelivered.html", view=view, desk=view.desk, here="alerts", form=form, error=error
    )
