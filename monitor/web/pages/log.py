"""The shift log: what happened, written in a line by whoever saw it, and corrected by another line."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateTimeLocalField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.shifts.log_entry import LONGEST_TEXT
from monitor.domain.wording import msgid, say
from monitor.services.overview.handovers import log_page
from monitor.services.write_log import correct_log, write_log
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("log", __name__)

_FORMAT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class LogForm(DeskForm):
    """One entry; without a time it happened now."""

    text = TextAreaField(
        "What happened", [InputRequired(msgid("Say what happened")), Length(max=LONGEST_TEXT)]
    )  # fmt: skip
    at = DateTimeLocalField("When, UTC", [Optional()], format=_FORMAT)
    subject = StringField("Subject", [Length(max=200)])
    alert = StringField("Alert", [Length(max=200)])


class CorrectionForm(DeskForm):
    """What an entry should have said."""

    text = TextAreaField(
        "What it should say", [InputRequired(msgid("Say what it should say")), Length(max=LONGEST_TEXT)]
    )  # fmt: skip


@page.get("/log")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show the latest entries; `subject` and `alert` filter them."""
    return _page()


@page.post("/log")
@open_to(Access.DESK)
def write() -> ResponseReturnValue:
    """Add an entry."""
    form = LogForm()
    if not form.validate_on_submit():
        return _page(form), 422
    at: datetime | None = form.at.data.replace(tzinfo=UTC) if form.at.data else None
    try:
        with writing() as (session, now):
            write_log(
                session, form.text.data or "", by=signed_in().email, now=now, at=at,
                subject=form.subject.data or "", alert=form.alert.data or "",
            )  # fmt: skip
    except InvalidInput as error:
        field = form.at if error.field == "at" else form.alert if error.field == "alert" else form.text
        field.errors = [*field.errors, str(error)]
        return _page(form), 422
    flash(say("Written down."))
    return redirect(url_for("log.show", alert=form.alert.data or None))


@page.post("/log/<int:number>/correct")
@open_to(Access.DESK)
def correct(number: int) -> ResponseReturnValue:
    """Correct an entry by another; the first stays as it was."""
    form = CorrectionForm()
    if not form.validate_on_submit():
        raise InvalidInput(phrase("say what it should say"), field="text")
    with writing() as (session, now):
        entry = correct_log(session, number, form.text.data or "", by=signed_in().email, now=now)
    flash(say("Corrected. What was written first stays beside it."))
    return redirect(url_for("log.show", _anchor=f"entry-{entry.corrects}"))


def _page(form: LogForm | None = None) -> str:
    subject, alert = request.args.get("subject", ""), request.args.get("alert", "")
    entry, text = request.args.get("entry", type=int), request.args.get("q", "")[:100]
    with reading() as (session, now):
        view = log_page(session, now=now, subject=subject, alert=alert, entry=entry, text=text)
    form = form or LogForm(None, subject=subject, alert=alert)
    return render_template("log.html", view=view, form=form, desk=view.desk, here="desk")
