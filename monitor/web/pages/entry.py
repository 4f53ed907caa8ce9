"""Enter a value by hand, with grade and citation; the page says what it did to the heat."""

import orjson
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from monitor.domain.errors import InvalidInput
from monitor.domain.wording import say
from monitor.services.attach import Target, attach_link, read_link
from monitor.services.doubt_entry import doubts
from monitor.services.enterable_series import EnterableSeries, chosen_series, find_series
from monitor.services.keep_draft import Draft, draft_of, forget_draft
from monitor.services.overview.entry import Choices, choices, entry_page
from monitor.services.record_observation import Entry, Recorded, parse_bound, record_observation
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.packed import packed_json
from monitor.web.pages.entry_forms import ValueForm

page = Blueprint("entry", __name__)

MOST_OFFERED = 12


@page.get("/desk/value")
@open_to(Access.DESK)
def show() -> ResponseReturnValue:
    """Show the form; a series that the address names is chosen, `row` is what was saved a moment ago."""
    named, just = request.args.get("series", ""), request.args.get("row", "")
    if not named and (begun := _draft()) is not None:
        form = ValueForm(formdata=MultiDict(begun.fields))
        return _page(form, chosen=_choices().get(form.chosen.data or ""), is_draft=True)
    chosen = _choices().get(named) if named else None
    form = ValueForm(
        formdata=None,
        series=chosen.title if chosen else "",
        chosen=chosen.key if chosen else "",
        starts_on=chosen.next_from if chosen else None,
        ends_on=chosen.next_to if chosen else None,
    )
    return _page(form, chosen=chosen, just=just)


def _draft() -> Draft | None:
    with reading() as (session, _):
        return draft_of(session, signed_in().id, "value")


@page.get("/desk/series.json")
@open_to(Access.DESK)
def series() -> ResponseReturnValue:
    """Answer with the series that can be chosen, for finding one while typing."""
    found = _choices()
    rows = [
        {
            "key": row.key, "title": row.title, "about": row.about, "words": row.words, "last": row.last,
            "from": row.next_from, "to": row.next_to,
        }
        for row in found.rows
    ]  # fmt: skip
    return packed_json(orjson.dumps({"series": rows, "recent": found.recent}))


@page.post("/desk/value")
@open_to(Access.DESK)
def submit() -> ResponseReturnValue:
    """Store the value and say so, or name the field that cannot be used."""
    form = ValueForm()
    found = _choices()
    typed = next(filter(None, reversed(request.form.getlist("chosen"))), "") or form.series.data or ""
    try:
        chosen = chosen_series(found.rows, typed, recent=found.recent)
    except InvalidInput as error:
        form.validate_on_submit()
        form.blame(error)
        offered = find_series(found.rows, typed, recent=found.recent)[:MOST_OFFERED]
        return _page(form, offered=offered), 422
    form.series.data, form.chosen.data = chosen.title, chosen.key
    if not form.validate_on_submit():
        return _page(form, chosen=chosen), 422
    if form.starts_on.data is None:
        _offer_days(form, chosen)
        form.blame(InvalidInput(say("these are the days offered: check them"), field="starts_on"))
        return _page(form, chosen=chosen), 422
    try:
        return _save(form, chosen)
    except InvalidInput as error:
        form.blame(error)
        return _page(form, chosen=chosen), 422


def _offer_days(form: ValueForm, chosen: EnterableSeries) -> None:
    """Fill in the series' next days, in place of what was sent."""
    for field, offered in ((form.starts_on, chosen.next_from), (form.ends_on, chosen.next_to)):
        field.data, field.raw_data = offered, None


def _save(form: ValueForm, chosen: EnterableSeries) -> ResponseReturnValue:
    entry = _entry(form)
    if asked := _doubts(entry, form):
        return _page(form, chosen=chosen, asked=asked), 422
    link = read_link(form.link.data) if (form.link.data or "").strip() else ""
    with writing() as (session, now):
        row = record_observation(session, entry, author=signed_in().email, now=now)
        if row is not None and link:
            attach_link(session, Target(row=row), link, by=signed_in().email, now=now)
        forget_draft(session, signed_in().id, "value")
    if row is None:
        flash(say("Known already: nothing was stored twice."))
    return redirect(_after(chosen.key, row))


def _after(key: str, row: Recorded | None) -> str:
    return url_for("entry.show", series=key, row=None if row is None else row.address)


def _choices() -> Choices:
    with reading() as (session, now):
        return choices(session, email=signed_in().email, now=now)


def _page(
    form: ValueForm,
    *,
    chosen: EnterableSeries | None = None,
    offered: list[EnterableSeries] | None = None,
    asked: tuple[str, ...] = (),
    just: str = "",
    is_draft: bool = False,
) -> str:
    with reading() as (session, now):
        view = entry_page(session, email=signed_in().email, just=just, now=now)
        draft = draft_of(session, signed_in().id, "value")
    return render_template(
        "entry.html", view=view, form=form, chosen=chosen, offered=offered or [], doubts=asked,
        draft=draft, is_shown=is_draft, desk=view.desk, here="desk",
    )  # fmt: skip


def _doubts(entry: Entry, form: ValueForm) -> tuple[str, ...]:
    """Return what has to be confirmed; nothing where just this was confirmed."""
    if request.form.get("confirmed") == form.said:
        return ()
    with reading() as (session, now):
        return doubts(session, entry, now=now)


def _entry(form: ValueForm) -> Entry:
    return Entry(
        series=form.chosen.data or "",
        value=form.value.data or "",
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        low=parse_bound(form.low.data or "", field="low"),
        high=parse_bound(form.high.data or "", field="high"),
        grade=(form.grade.data or "").strip().upper(),
        citation=form.citation.data or "",
        note=form.note.data or "",
    )
