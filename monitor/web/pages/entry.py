"""Enter a value by hand, with grade and citation."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, FloatField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from monitor.domain.errors import InvalidInput
from monitor.services.enterable_series import EnterableSeries, enterable_series
from monitor.services.record_observation import LONGEST_CITATION, LONGEST_NOTE, Entry, record_observation
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing

page = Blueprint("entry", __name__)


class ValueForm(FlaskForm):
    """One value of one series for one stretch of days."""

    series = SelectField("Series", [InputRequired("Choose a series")])
    value = StringField("Value", [InputRequired("Enter a number or one of the words"), Length(max=40)])
    low = FloatField("Lowest it could be", [Optional()])
    high = FloatField("Highest it could be", [Optional()])
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
        self.series.choices = [(item.key, item.label) for item in series]


@page.get("/desk/value")
@open_to(Access.DESK)
def show() -> ResponseReturnValue:
    """Show the form, with a series chosen if the address names one and today as a first guess."""
    with reading() as (session, now):
        form = ValueForm(series=request.args.get("series", ""), starts_on=now.date())
        form.offer(enterable_series(session))
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
        is_new = _record(form)
    except InvalidInput as error:
        field = getattr(form, error.field, form.value)
        field.errors = [*field.errors, str(error)]
        return render_template("entry.html", form=form), 422
    flash("Saved. The heat follows in a moment." if is_new else "Known already: nothing was stored twice.")
    return redirect(url_for("entry.show", series=form.series.data))


def _record(form: ValueForm) -> bool:
    entry = Entry(
        series=form.series.data,
        value=form.value.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        low=form.low.data,
        high=form.high.data,
        grade=(form.grade.data or "").strip().upper(),
        citation=form.citation.data,
        note=form.note.data or "",
    )
    with writing() as (session, now):
        return record_observation(session, entry, author=signed_in().email, now=now)
