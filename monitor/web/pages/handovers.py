"""Handovers: drafted from the state of the desk, written, handed over, accepted item by item, signed."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from monitor.api.context import application
from monitor.domain.errors import InvalidInput
from monitor.domain.marking import Ceiling, parse_marking
from monitor.domain.phrases import phrase
from monitor.domain.shifts.content import LONGEST_WORDS, Situation
from monitor.domain.shifts.handover import Handover
from monitor.domain.wording import msgid, say, speaking
from monitor.services.accept_handover import accept_handover
from monitor.services.draft_handover import draft_again, start_handover
from monitor.services.handover_text import handover_data, handover_markdown
from monitor.services.overview.handovers import HandoverView, handover_page, handovers_page
from monitor.services.write_handover import (
    WrittenItem,
    WrittenNote,
    add_item,
    change_item,
    leave_out,
    note_handover,
    offer_handover,
    take_back,
    withdraw_handover,
)
from monitor.web import languages
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("handovers", __name__)

_WORDS = Length(max=LONGEST_WORDS)


class ActForm(DeskForm):
    """An act upon a handover; `seen` is the version that was looked at."""

    seen = HiddenField(default="0")

    @property
    def version(self) -> int:
        """The version that was looked at."""
        return int(self.seen.data) if (self.seen.data or "").isdigit() else 0


class DraftForm(DeskForm):
    """Whose shift is handed over to whom."""

    rota = StringField("Rota", [Length(max=200)])
    incoming = StringField("To", [Length(max=200)])


class NoteForm(ActForm):
    """How the shift was."""

    situation = SelectField("State", choices=[SelectChoice(each.value, each.value) for each in Situation])
    narrative = TextAreaField("How it was", [_WORDS])
    incoming = StringField("To", [Length(max=200)])


class ItemForm(ActForm):
    """An item as its writer knows it; name and headline count for one's own."""

    name = StringField("About", [Length(max=120)])
    headline = StringField("How it stands", [_WORDS])
    idea = TextAreaField("Running idea", [_WORDS])
    next_step = StringField("Next step", [_WORDS])
    owner = StringField("Owner", [Length(max=200)])

    def written(self) -> WrittenItem:
        """Return what was written."""
        return WrittenItem(
            name=self.name.data or "", headline=self.headline.data or "", idea=self.idea.data or "",
            next_step=self.next_step.data or "", owner=self.owner.data or "",
        )  # fmt: skip


class WithdrawForm(ActForm):
    """Why nobody will sign it."""

    reason = StringField("Why", [InputRequired(msgid("Say why")), Length(max=500)])


@page.get("/handovers")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """Show every handover, and what could be handed over now."""
    with reading() as (session, now):
        view = handovers_page(session, person=signed_in(), now=now)
    return render_template("handovers.html", view=view, desk=view.desk, here="desk")


@page.post("/handovers")
@open_to(Access.DESK)
def start() -> ResponseReturnValue:
    """Draft the handover of a shift from the state of the desk."""
    form = DraftForm()
    if not form.validate_on_submit():
        raise InvalidInput(phrase("say whose shift is handed over to whom"), field="incoming")
    with writing() as (session, now), _writers_tongue():
        found = start_handover(
            session, by=signed_in().email, now=now, rota=form.rota.data or "",
            incoming=form.incoming.data or "",
        )  # fmt: skip
    return redirect(url_for("handovers.show", number=found.id))


@page.get("/handovers/<int:number>")
@open_to(Access.READER)
def show(number: int) -> ResponseReturnValue:
    """Show a handover as it stands, or stood at a version."""
    view = _view(number)
    return render_template("handover.html", view=view, desk=view.desk, here="desk", Situation=Situation)


@page.get("/handovers/<int:number>.md")
@open_to(Access.READER)
def as_markdown(number: int) -> ResponseReturnValue:
    """Give a handover as Markdown."""
    view = _document(number)
    lines = handover_markdown(
        view.handover, names=view.names, rota=view.rota, handling=view.handling
    )  # fmt: skip
    return Response("\n".join(lines) + "\n", content_type="text/markdown; charset=utf-8")


@page.get("/handovers/<int:number>.json")
@open_to(Access.READER)
def as_json(number: int) -> ResponseReturnValue:
    """Give a handover for programs."""
    view = _document(number)
    return handover_data(view.handover, names=view.names, rota=view.rota, handling=view.handling)


@page.post("/handovers/<int:number>/note")
@open_to(Access.DESK)
def note(number: int) -> ResponseReturnValue:
    """Write how the shift was, and who takes over."""
    form = NoteForm()
    if not form.validate_on_submit():
        raise InvalidInput(phrase("that is too long, or no state of a shift"), field="narrative")
    written = WrittenNote(
        narrative=form.narrative.data or "", situation=Situation(form.situation.data),
        incoming=form.incoming.data or "",
    )  # fmt: skip
    return _act(number, lambda session, **who: note_handover(session, number, written, **who), form)


@page.post("/handovers/<int:number>/again")
@open_to(Access.DESK)
def again(number: int) -> ResponseReturnValue:
    """Draft it again from the state of now; what people wrote stays."""
    return _act(number, lambda session, **who: draft_again(session, number, **who), ActForm())


@page.post("/handovers/<int:number>/items")
@open_to(Access.DESK)
def add(number: int) -> ResponseReturnValue:
    """Add an item of one's own."""
    form = ItemForm()
    if not form.validate_on_submit():
        raise InvalidInput(phrase("that is too long"), field="headline")
    return _act(number, lambda session, **who: add_item(session, number, form.written(), **who), form)


@page.post("/handovers/<int:number>/items/<path:key>/change")
@open_to(Access.DESK)
def change(number: int, key: str) -> ResponseReturnValue:
    """Write what one thinks of an item, and what is to be done."""
    form = ItemForm()
    if not form.validate_on_submit():
        raise InvalidInput(phrase("that is too long"), field="idea")
    return _act(number, lambda session, **who: change_item(session, number, key, form.written(), **who), form)


@page.post("/handovers/<int:number>/items/<path:key>/leave-out")
@open_to(Access.DESK)
def drop(number: int, key: str) -> ResponseReturnValue:
    """Leave an item out."""
    return _act(number, lambda session, **who: leave_out(session, number, key, **who), ActForm())


@page.post("/handovers/<int:number>/offer")
@open_to(Access.DESK)
def offer(number: int) -> ResponseReturnValue:
    """Sign it and hand it over."""
    return _act(number, lambda session, **who: offer_handover(session, number, **who), ActForm())


@page.post("/handovers/<int:number>/take-back")
@open_to(Access.DESK)
def take(number: int) -> ResponseReturnValue:
    """Take back what was handed over, to change it."""
    return _act(number, lambda session, **who: take_back(session, number, **who), ActForm())


@page.post("/handovers/<int:number>/accept")
@open_to(Access.DESK)
def accept(number: int) -> ResponseReturnValue:
    """Accept the items named, or without any all that wait; the last one signs."""
    keys = request.form.getlist("key") or None
    return _act(number, lambda session, **who: accept_handover(session, number, keys, **who), ActForm())


@page.post("/handovers/<int:number>/withdraw")
@open_to(Access.DESK)
def withdraw(number: int) -> ResponseReturnValue:
    """Close a handover that nobody will sign."""
    form = WithdrawForm()
    if not form.validate_on_submit():
        raise InvalidInput(phrase("say why"), field="reason")
    reason = form.reason.data or ""
    return _act(
        number, lambda session, **who: withdraw_handover(session, number, reason=reason, **who), form
    )  # fmt: skip


def _act(number: int, do: Callable[..., Handover], form: ActForm) -> ResponseReturnValue:
    """Do something to a handover in the name of who is signed in, and show it again."""
    with writing() as (session, now), _writers_tongue():
        found = do(session, seen=form.version, by=signed_in().email, now=now)
    if found.signed_at is not None:
        flash(say("The shift is yours."))
    return redirect(url_for("handovers.show", number=number, _anchor=request.form.get("anchor") or None))


def _writers_tongue() -> AbstractContextManager[None]:
    """Draft in the language of whoever drafts: a handover is theirs, and is read as it was signed."""
    return speaking(languages.page_tongue())


def _document(number: int) -> HandoverView:
    """Return a handover that leaves the desk; InvalidInput where it is marked too strictly for that."""
    view = _view(number)
    if refusal := Ceiling(marking=parse_marking(application().settings.export_ceiling)).refusal(
        view.handling
    ):
        raise InvalidInput(phrase("this handover is given as no document: {refusal}", refusal=refusal))
    return view


def _view(number: int) -> HandoverView:
    asked = request.args.get("version", "")
    with reading() as (session, now):
        return handover_page(session, number, now=now, version=int(asked) if asked.isdigit() else None)
