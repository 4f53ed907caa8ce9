"""One series: its history, forecast and suggestions; the desk decides on change points."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from monitor.domain.derivations.member import member_of
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.wording import msgid
from monitor.render.plot_columns import series_columns
from monitor.services.one_series import one_series
from monitor.services.overview.series import series_page
from monitor.services.overview.series_picture import DEFAULT_RANGE
from monitor.services.overview.series_plot import series_plot
from monitor.services.suggest_events import LONGEST_TITLE, Verdict, confirm_event, dismiss_event
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm
from monitor.web.packed import packed_json

page = Blueprint("series", __name__)


class DecisionForm(DeskForm):
    """What a person makes of a change point: an event with a title, or no event."""

    period_start = StringField("Change point", [InputRequired(msgid("Say which change point"))])
    title = StringField("Title of the event", [Length(max=LONGEST_TITLE)])
    reason = StringField("Why", [InputRequired(msgid("Say why")), Length(max=500)])
    is_flag = BooleanField("Fly a flag on the heat line")
    verdict = StringField("Verdict", [InputRequired()])


@page.get("/series/<key>")
@open_to(Access.READER)
def show(key: str) -> ResponseReturnValue:
    """Show the series; `range` and `rate` choose the span of the picture and the rate to suggest for.

    A member's heat is shown on the member's own page.
    """
    member = member_of(key) if ":" in key else None
    if member is not None:
        return redirect(url_for("subject.show", slug=member))
    return _page(key, DecisionForm(formdata=None))


@page.get("/series/<key>/values.json")
@open_to(Access.READER)
def columns(key: str) -> ResponseReturnValue:
    """Answer with the whole history in columns, for the chart that a reader zooms."""
    with reading() as (session, now):
        plot = series_plot(session, key, now=now)
    return packed_json(series_columns(plot))


@page.post("/series/<key>/events")
@open_to(Access.DESK)
def decide(key: str) -> ResponseReturnValue:
    """Save a change point as an event, or keep that it is none; then go back to the series."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(key, form, 422)
    try:
        told = _decide(key, form)
    except InvalidInput as error:
        field = getattr(form, error.field, form.reason)
        field.errors = [*field.errors, str(error)]
        return _page(key, form, 422)
    flash(told)
    return redirect(url_for("series.show", key=key))


def _page(key: str, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    with reading() as (session, now):
        view = series_page(
            session,
            key,
            now=now,
            chart_range=request.args.get("range", DEFAULT_RANGE),
            per_year=request.args.get("rate", ""),
        )
    return render_template("series.html", view=view, desk=view.desk, form=form, here="board"), status


def _decide(key: str, form: DecisionForm) -> str:
    """Do what the form says and return what to tell."""
    try:
        period_start = datetime.fromisoformat(form.period_start.data)
    except ValueError as error:
        raise InvalidInput(phrase("that is no moment"), field="reason") from error
    verdict = Verdict(
        period_start=period_start,
        author=signed_in().email,
        reason=form.reason.data,
        title=form.title.data or "",
        is_flag=form.is_flag.data,
    )
    with writing() as (session, now):
        one = one_series(session, key, now=now)
        if form.verdict.data != "confirm":
            dismiss_event(session, one, verdict, now=now)
            return "Kept: no event. It is not proposed again."
        return f"Saved the event {confirm_event(session, one, verdict, now=now).title}."
