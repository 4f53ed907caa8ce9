"""Paste a table of values: shown as it is read, then saved as one batch, and taken back with one press."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.spoken import period
from monitor.domain.wording import msgid, say, say_many
from monitor.services.keep_draft import draft_of, forget_draft
from monitor.services.overview.desk import desk
from monitor.services.overview.entry_effects import pasted_effects
from monitor.services.overview.words import value_words
from monitor.services.paste_table import (
    LONGEST_TABLE,
    PasteOptions,
    PasteRead,
    PasteStored,
    read_paste,
    store_paste,
)
from monitor.services.record_observation import LONGEST_CITATION
from monitor.services.withdraw_batch import pasted_batch, withdraw_batch
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("entry_table", __name__)

_RECOGNISED = SelectChoice("", msgid("recognised"))
_DATES = [
    _RECOGNISED,
    SelectChoice("dmy", msgid("day first: 3/4 is 3 April")),
    SelectChoice("mdy", msgid("month first: 3/4 is 4 March")),
]
_DECIMALS = [_RECOGNISED, SelectChoice(",", msgid("a comma: 1,5")), SelectChoice(".", msgid("a point: 1.5"))]
_ENDS = [
    _RECOGNISED,
    SelectChoice("last-day", msgid("the last day of the period")),
    SelectChoice("day-after", msgid("the day after it")),
]


class TableForm(DeskForm):
    """A pasted table and what is said about it."""

    table = TextAreaField(validators=[Length(max=LONGEST_TABLE, message=msgid("the table is too long"))])
    series = StringField(validators=[Length(max=400)])
    citation = StringField(validators=[Length(max=LONGEST_CITATION)])
    grade = StringField(validators=[Length(max=2)])
    dates = SelectField(choices=_DATES)
    decimal = SelectField(choices=_DECIMALS)
    ends = SelectField(choices=_ENDS)
    is_history = BooleanField()
    digest = StringField(validators=[Length(max=64)])

    @property
    def text(self) -> str:
        """The table."""
        return self.table.data or ""

    @property
    def options(self) -> PasteOptions:
        """What is said about the table."""
        return PasteOptions(
            series=(self.series.data or "").strip(), dates=self.dates.data, decimal=self.decimal.data,
            ends=self.ends.data, grade=(self.grade.data or "").strip().upper(),
            citation=(self.citation.data or "").strip(), is_history=self.is_history.data,
        )  # fmt: skip


@page.get("/desk/table")
@open_to(Access.DESK)
def show() -> ResponseReturnValue:
    """Offer to paste a table; `batch` is what was saved a moment ago."""
    batch = request.args.get("batch", type=int)
    with reading() as (session, _):
        begun = None if batch else draft_of(session, signed_in().id, "table")
    form = TableForm(formdata=MultiDict(begun.fields) if begun else None)
    return _page(form, batch=batch, is_draft=begun is not None)


@page.post("/desk/table")
@open_to(Access.DESK)
def look() -> ResponseReturnValue:
    """Show what a table says; nothing is saved."""
    form = TableForm()
    try:
        return _page(form, read=_read(form))
    except InvalidInput as error:
        return _page(form, error=str(error)), _status(422)


@page.post("/desk/table/save")
@open_to(Access.DESK)
def save() -> ResponseReturnValue:
    """Save the chosen values, all or none, if they are those that were shown."""
    form = TableForm()
    try:
        stored = _store(form)
    except (InvalidInput, Conflict) as error:
        return _page(form, read=_read_again(form), error=str(error)), 422
    if stored.batch is None:
        flash(say("Known already: nothing was stored twice."))
        return redirect(url_for("entry_table.show"))
    return redirect(url_for("entry_table.show", batch=stored.batch))


@page.get("/desk/table/<int:batch>/effect")
@open_to(Access.DESK)
def effect(batch: int) -> ResponseReturnValue:
    """Answer with what a saved table did to the heat by now; a part of a page."""
    with reading() as (session, _):
        effects = pasted_effects(session, pasted_batch(session, batch))
    asked = request.args.get("asked", 0, type=int)
    asks = url_for("entry_table.effect", batch=batch)
    return render_template("_entry_effect.html", effects=effects, asks=asks, asked=asked)


@page.post("/desk/table/<int:batch>/withdraw")
@open_to(Access.DESK)
def withdraw(batch: int) -> ResponseReturnValue:
    """Take a saved table back."""
    with writing() as (session, now):
        done, left = withdraw_batch(
            session, batch, reason=say("table entered by mistake"), by=signed_in().email, now=now
        )
    told = say_many(
        "{n} value withdrawn; it stays in the record.",
        "{n} values withdrawn; they stay in the record.",
        done,
    )
    if left:
        told += " " + say_many("{n} no longer counted.", "{n} no longer counted.", left)
    flash(told)
    return redirect(url_for("entry_table.show", batch=batch))


def _read(form: TableForm) -> PasteRead:
    if not form.validate_on_submit():
        raise InvalidInput("; ".join(say(each) for errors in form.errors.values() for each in errors))
    with reading() as (session, now):
        return read_paste(session, form.text, form.options, now=now)


def _read_again(form: TableForm) -> PasteRead | None:
    try:
        return _read(form)
    except InvalidInput:
        return None


def _store(form: TableForm) -> PasteStored:
    if not form.validate_on_submit():
        raise InvalidInput(say("that could not be read"))
    lines = {int(each) for each in request.form.getlist("line") if each.isdecimal()}
    with writing() as (session, now):
        stored = store_paste(
            session, form.text, form.options, lines=lines, digest=form.digest.data or "",
            author=signed_in().email, now=now,
        )  # fmt: skip
        forget_draft(session, signed_in().id, "table")
    return stored


def _page(
    form: TableForm,
    *,
    read: PasteRead | None = None,
    error: str = "",
    batch: int | None = None,
    is_draft: bool = False,
) -> str:
    with reading() as (session, now):
        view = desk(session, now=now)
        draft = draft_of(session, signed_in().id, "table")
        entry = None if batch is None else pasted_batch(session, batch)
        effects = None if entry is None else pasted_effects(session, entry)
    return render_template(
        "entry_table.html", form=form, read=read, error=error, batch=entry, effects=effects, desk=view,
        here="desk", words=value_words, period=period, chosen=request.form.getlist("line"), draft=draft,
        is_shown=is_draft,
    )  # fmt: skip


def _status(code: int) -> int:
    """A part of a page is put in place only if all went well; its words say what did not."""
    return 200 if "HX-Request" in request.headers else code
