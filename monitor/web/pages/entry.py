"""Enter a value by hand, with grade and citation."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from monitor.domain.errors import InvalidInput
from monitor.domain.spoken import place_name
from monitor.geo.region_names import region_name
from monitor.services.doubt_entry import doubts
from monitor.services.enterable_series import EnterableSeries, enterable_series
from monitor.services.record_observation import (
    LONGEST_CITATION,
    LONGEST_NOTE,
    Entry,
    parse_bound,
    record_observation,
)
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing

page = Blueprint("entry", __name__)


class ValueForm(FlaskForm):
    """One value of one series for one stretch of days."""

    series = SelectField("Series", [InputRequired("Choose a series")])
    value = StringField("Value", [InputRequired("Enter a number or one of the words"), Length(max=40)])
    low = StringField("Lowest it could be", [Length(max=40)])
    high = StringField("Highest it could be", [Length(max=40)])
    starts_on = DateField("From", [InputRequired("Enter the first day")])
    ends_on = DateField("To", [Optional()])
    grade = StringField("Grade", [Length(max=2)])
    citation = StringField(
        "Where it comes from",
        [InputRequired("Say where the value comes from"), Length(max=LONGEST_CITATION)],
    )
    note = TextAreaField("Note", [Length(max=LONGEST_NOTE)])

    def offer(self, series: Iterable[EnterableSeries]) -> None:
        """Let one of these be chosen."""
        self.series.choices = [(item.key, label(item)) for item in series]

    @property
    def said(self) -> str:
        """What a confirmation is for; another value, series or day is asked about afresh."""
        parts = (self.series.data, self.value.data, self.starts_on.data, self.ends_on.data)
        return "|".join(str(part or "") for part in parts)


def label(item: EnterableSeries) -> str:
    """Control, Kayes (one of: held, contested); last value 23 Nov 2025."""
    name = ", ".join(part for part in (item.name, region_name(item.place) or place_name(item.place)) if part)
    unit = f"one of: {', '.join(item.words)}" if item.words else item.unit
    return f"{name} ({unit})" + (f"; last value {item.last}" if item.last else "")


@page.get("/desk/value")
@open_to(Access.DESK)
def show() -> ResponseReturnValue:
    """Show the form; a series that the address names is chosen, with the period after its last one."""
    with reading() as (session, _):
        found = {item.key: item for item in enterable_series(session)}
    chosen = found.get(request.args.get("series", ""))
    form = ValueForm(
        series=chosen.key if chosen else "",
        starts_on=chosen.next_from if chosen else None,
        ends_on=chosen.next_to if chosen else None,
    )
    form.offer(found.values())
    return render_template("entry.html", form=form)


@page.post("/desk/value")
@open_to(Access.DESK)
def submit() -> ResponseReturnValue:
    """Store the value and say so, or name the field that cannot be used."""
    form = ValueForm()
    with reading() as (session, _):
        form.offer(enterable_series(session))
    if not form.validate_on_submit():
        return render_template("entry.html", form=form), 422
    try:
        entry = _entry(form)
        if asked := _doubts(entry, form):
            return render_template("entry.html", form=form, doubts=asked), 422
        with writing() as (session, now):
            is_new = record_observation(session, entry, author=signed_in().email, now=now)
    except InvalidInput as error:
        field = getattr(form, error.field, form.value)
        field.errors = [*field.errors, str(error)]
        return render_template("entry.html", form=form), 422
    flash("Saved. The heat follows in a moment." if is_new else "Known already: nothing was stored twice.")
    return redirect(url_for("entry.show", series=form.series.data))


def _doubts(entry: Entry, form: ValueForm) -> tuple[str, ...]:
    """Return what has to be confirmed; nothing where just this was confirmed."""
    if request.form.get("confirmed") == form.said:
        return ()
    with reading() as (session, now):
        return doubts(session, entry, now=now)


def _entry(form: ValueForm) -> Entry:
    return Entry(
        series=form.series.data,
        value=form.value.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        low=parse_bound(form.low.data or "", field="low"),
        high=parse_bound(form.high.data or "", field="high"),
        grade=(form.grade.data or "").strip().upper(),
        citation=form.citation.data,
        note=form.note.data or "",
    )
