"""Enter an event: an incident of a source that people write, graded, cited, placed; and take it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.wording import say
from monitor.services.attach import Target, attach_link, read_link
from monitor.services.keep_draft import draft_of, forget_draft
from monitor.services.overview.events import effects_of_event, event_page, told_incident
from monitor.services.record_event import DAY_IS, EventEntry, record_event, withdraw_event
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.pages.entry_forms import EventForm, WithdrawForm

page = Blueprint("entry_event", __name__)

_WORDS = (
    "source", "place", "kind", "what", "citation", "grade", "day_is", "actors", "killed", "injured",
    "kidnapped",
)  # fmt: skip


@page.get("/desk/event")
@open_to(Access.DESK)
def show() -> ResponseReturnValue:
    """Show the form, or the draft; `source` and `id` name what was saved a moment ago."""
    source, number = request.args.get("source", ""), request.args.get("id", "")
    with reading() as (session, now):
        begun = None if number else draft_of(session, signed_in().id, "event")
        today = now.date()
    if begun is not None:
        return _page(EventForm(formdata=MultiDict(begun.fields)), is_draft=True)
    form = EventForm(formdata=None, happened_on=today, day_is="day", source=source)
    return _page(form, just=(source, number) if number else None)


@page.post("/desk/event")
@open_to(Access.DESK)
def submit() -> ResponseReturnValue:
    """Store the event, or name the field that cannot be used."""
    form = EventForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        link = read_link(form.link.data) if (form.link.data or "").strip() else ""
        with writing() as (session, now):
            row = record_event(session, _entry(form), author=signed_in().email, now=now)
            if link:
                target = Target(source=row.source, external_id=row.external_id)
                attach_link(session, target, link, by=signed_in().email, now=now)
            forget_draft(session, signed_in().id, "event")
    except InvalidInput as error:
        form.blame(error)
        return _page(form), 422
    return redirect(url_for("entry_event.show", source=row.source, id=row.external_id))


@page.get("/desk/event/<source>/<external_id>/effect")
@open_to(Access.DESK)
def effect(source: str, external_id: str) -> ResponseReturnValue:
    """Answer with what an event did to the heat by now; a part of a page."""
    with reading() as (session, _):
        effects = effects_of_event(session, source, external_id)
    asked = request.args.get("asked", 0, type=int)
    asks = url_for("entry_event.effect", source=source, external_id=external_id)
    return render_template("_entry_effect.html", effects=effects, asks=asks, asked=asked)


@page.post("/desk/event/<source>/<external_id>/withdraw")
@open_to(Access.DESK)
def withdraw(source: str, external_id: str) -> ResponseReturnValue:
    """Take the event back, then show it."""
    form = WithdrawForm()
    try:
        if not form.validate_on_submit():
            raise InvalidInput(say("the reason is too long"))
        with writing() as (session, now):
            withdraw_event(session, source, external_id, reason=form.why, by=signed_in().email, now=now)
        flash(say("Withdrawn. It stays in the record, and nothing counts it."))
    except (Conflict, InvalidInput) as error:
        flash(say("Nothing was withdrawn: {reason}.", reason=error))
    return redirect(url_for("incidents.show", source=source, external_id=external_id))


@page.app_context_processor
def _told() -> dict[str, object]:
    return {"told_incident": _told_incident, "day_is_said": lambda key: say(str(DAY_IS.get(key, key)))}


def _told_incident(source: str, external_id: str) -> object:
    with reading() as (session, _):
        return told_incident(session, source, external_id)


def _entry(form: EventForm) -> EventEntry:
    told = {name: (getattr(form, name).data or "").strip() for name in _WORDS}
    return EventEntry(**(told | {"grade": told["grade"].upper()}), happened_on=form.happened_on.data)


def _page(form: EventForm, *, just: tuple[str, str] | None = None, is_draft: bool = False) -> str:
    with reading() as (session, now):
        view = event_page(session, just=just, now=now)
        draft = draft_of(session, signed_in().id, "event")
    if just and view.just is None:
        raise NotFound(say("there is no such event"))
    return render_template(
        "entry_event.html", view=view, form=form, draft=draft, is_shown=is_draft, days=DAY_IS,
        desk=view.desk, here="desk",
    )  # fmt: skip
