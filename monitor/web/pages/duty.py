"""Duty: who is on duty now and next; the desk stands in for one another, admins write rotas."""

from datetime import UTC
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, DateTimeLocalField, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from monitor.domain.alerting.escalation import MOST_ROUNDS, Escalation
from monitor.domain.alerting.escalation_text import parse_steps
from monitor.domain.alerting.rota import LONGEST_TURN_DAYS, StandIn
from monitor.domain.alerting.window_text import clock, parse_handovers, windows_text
from monitor.domain.errors import InvalidInput
from monitor.domain.wording import msgid, say
from monitor.services.arrange import end_stand_in, stand_in, take_back
from monitor.services.overview.duty import DutyView, duty_page
from monitor.services.save_escalation import save_escalation
from monitor.services.save_rota import WrittenTurns, drop_turns, save_rota
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("duty", __name__)

_FORMAT = "%Y-%m-%dT%H:%M"
_FIELDS = {"windows": "window", "handovers": "handover"}


class StandInForm(DeskForm):
    """Someone in another's place for a while."""

    person = StringField("Who stands in", [InputRequired(msgid("Say who stands in")), Length(max=200)])
    instead_of = StringField("For", [Length(max=200)])
    starts_at = DateTimeLocalField("From, UTC", [Optional()], format=_FORMAT)
    ends_at = DateTimeLocalField("Until, UTC", [InputRequired(msgid("Say until when"))], format=_FORMAT)
    reason = StringField("Why", [Length(max=500)])


class EscalationForm(DeskForm):
    """Steps as a person writes them; `seen` is the version that was looked at."""

    slug = StringField("Short name", [InputRequired(msgid("Give it a short name")), Length(max=80)])
    steps = StringField("Steps", [InputRequired(msgid("Say who is told when")), Length(max=1000)])
    rounds = IntegerField("Rounds", [NumberRange(min=1, max=MOST_ROUNDS)], default=MOST_ROUNDS)
    reason = StringField("Why", [Length(max=500)])
    seen = HiddenField(default="0")


class RotaForm(DeskForm):
    """A rota with one set of its turns, as a person writes it.

    `turns` is the number of the turns that are changed, 0 for new ones beside those there are; `seen` the
    version that was looked at.
    """

    slug = StringField("Short name", [InputRequired(msgid("Give it a short name")), Length(max=80)])
    name = StringField("Name", [Length(max=200)])
    zone = StringField(
        "Time zone", [InputRequired(msgid("Say which time zone")), Length(max=60)], default="UTC"
    )
    members = StringField("Who takes turns", [InputRequired(msgid("Say who takes turns")), Length(max=2000)])
    starts_on = DateField("First turn on", [InputRequired(msgid("Say when the first turn begins"))])
    handover = StringField("Handed over at", [InputRequired(msgid("Say when"))], default="08:00")
    days = IntegerField("Days each", [NumberRange(min=1, max=LONGEST_TURN_DAYS)], default=7)
    window = StringField("Only while", [Length(max=300)])
    reason = StringField("Why", [Length(max=500)])
    turns = HiddenField(default="0")
    seen = HiddenField(default="0")

    def written(self) -> WrittenTurns:
        """Return the turns that were written; InvalidInput."""
        handovers = parse_handovers(self.handover.data or "")
        members = tuple(each.strip() for each in (self.members.data or "").split(",") if each.strip())
        return WrittenTurns(
            members=members,
            starts_on=self.starts_on.data,
            handovers=handovers,
            days=self.days.data if len(handovers) == 1 else 1,
            window=self.window.data or "",
        )


@page.get("/duty")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """Show every rota: who is on duty now and next, holes, who stands in."""
    return _page()


@page.post("/duty/<slug>/stand-in")
@open_to(Access.DESK)
def stand_in_on(slug: str) -> ResponseReturnValue:
    """Let someone stand in on a rota."""
    form = StandInForm()
    if not form.validate_on_submit():
        return _page(stand_in_form=form, rota=slug), 422
    try:
        with writing() as (session, now):
            starts_at = form.starts_at.data.replace(tzinfo=UTC) if form.starts_at.data else now
            value = StandIn(
                person=(form.person.data or "").strip(),
                instead_of=(form.instead_of.data or "").strip(),
                starts_at=starts_at,
                ends_at=form.ends_at.data.replace(tzinfo=UTC),
                reason=form.reason.data or "",
                by=signed_in().email,
            )
            stand_in(session, slug, value, now=now)
    except InvalidInput as error:
        _named(form, error)
        return _page(stand_in_form=form, rota=slug), 422
    flash(say("{person} stands in on {slug}.", person=value.person, slug=slug))
    return redirect(url_for("duty.index"))


@page.post("/duty/<slug>/stand-in/<int:number>/end")
@open_to(Access.DESK)
def end_stand_in_on(slug: str, number: int) -> ResponseReturnValue:
    """End a stand-in now."""
    with writing() as (session, now):
        end_stand_in(session, slug, number, by=signed_in().email, now=now)
    flash(say("Stand-in {number} of {slug} ended.", number=number, slug=slug))
    return redirect(url_for("duty.index"))


@page.post("/duty")
@open_to(Access.ADMIN)
def save() -> ResponseReturnValue:
    """Make a rota, or add or change turns of one; Conflict if it was changed since it was looked at."""
    form = RotaForm()
    if not form.validate_on_submit():
        return _page(rota_form=form), 422
    try:
        with writing() as (session, now):
            saved = save_rota(
                session, form.slug.data.strip(), form.written(), by=signed_in().email,
                reason=form.reason.data or "", now=now, name=(form.name.data or "").strip(),
                zone=form.zone.data.strip(), number=_number(form.turns), seen=_number(form.seen),
            )  # fmt: skip
    except InvalidInput as error:
        _named(form, error)
        return _page(rota_form=form), 422
    flash(say("{name} is saved. Its other turns, and who stands in, stay.", name=saved.name))
    return redirect(url_for("duty.index"))


@page.post("/duty/<slug>/turns/<int:number>/remove")
@open_to(Access.ADMIN)
def remove_turns(slug: str, number: int) -> ResponseReturnValue:
    """Take turns out of a rota; Conflict if it was changed since it was looked at."""
    seen = request.form.get("seen", "")
    with writing() as (session, now):
        left = drop_turns(
            session, slug, number, by=signed_in().email, now=now, seen=int(seen) if seen.isdigit() else 0
        )  # fmt: skip
    flash(say("Turns {number} of {name} are removed. The others stay.", number=number, name=left.name))
    return redirect(url_for("duty.index"))


@page.post("/duty/escalations")
@open_to(Access.ADMIN)
def save_steps() -> ResponseReturnValue:
    """Make an escalation or change it; Conflict if it was changed since it was looked at."""
    form = EscalationForm()
    if not form.validate_on_submit():
        return _page(escalation_form=form), 422
    try:
        value = Escalation(
            slug=form.slug.data.strip(), steps=parse_steps(form.steps.data or ""), rounds=form.rounds.data
        )
        with writing() as (session, now):
            save_escalation(
                session, value, by=signed_in().email, reason=form.reason.data or "", now=now,
                seen=_number(form.seen),
            )  # fmt: skip
    except InvalidInput as error:
        _named(form, error)
        return _page(escalation_form=form), 422
    flash(say("The escalation {slug} is saved.", slug=value.slug))
    return redirect(url_for("duty.index"))


@page.post("/duty/escalations/<slug>/remove")
@open_to(Access.ADMIN)
def remove_steps(slug: str) -> ResponseReturnValue:
    """Remove an escalation: what is under way stops."""
    with writing() as (session, now):
        take_back(session, Escalation, slug, by=signed_in().email, reason="", now=now)
    flash(say("The escalation {slug} is removed. What was under way stops.", slug=slug))
    return redirect(url_for("duty.index"))


def _number(field: HiddenField) -> int:
    """Return the number in a hidden field; 0 where it holds none."""
    return int(field.data) if (field.data or "").isdigit() else 0


def _named(form: DeskForm, error: InvalidInput) -> None:
    """Put what is wrong at its field; raise what belongs to none."""
    field: Any = getattr(form, _FIELDS.get(error.field, error.field), None)
    if field is None:
        raise error
    field.errors = [*field.errors, str(error)]


def _page(
    *,
    stand_in_form: StandInForm | None = None,
    rota_form: RotaForm | None = None,
    escalation_form: EscalationForm | None = None,
    rota: str = "",
) -> str:
    with reading() as (session, now):
        view = duty_page(session, now=now)
    return render_template(
        "duty.html",
        view=view,
        stand_in_form=stand_in_form or StandInForm(None),
        rota_form=rota_form or _form_of(view, request.args.get("edit", ""), request.args.get("turns", "1")),
        steps_form=escalation_form or _steps_of(view, request.args.get("steps", "")),
        wrong_rota=rota,
        desk=view.desk,
        here="desk",
    )


def _steps_of(view: DutyView, slug: str) -> EscalationForm:
    """Fill the form with the escalation that is to be changed."""
    found = next((each for each in view.escalations if each.escalation.slug == slug), None)
    if found is None:
        return EscalationForm(None)
    return EscalationForm(
        None, slug=slug, steps=found.words, rounds=found.escalation.rounds, seen=str(found.version)
    )  # fmt: skip


def _form_of(view: DutyView, slug: str, number: str) -> RotaForm:
    """Fill the form with the turns of a rota that are to be changed, or with its name for new ones beside."""
    found = next((each for each in view.rotas if each.rota.slug == slug), None)
    if found is None:
        return RotaForm(None, starts_on=view.desk.now.date(), seen="0", turns="0")
    rota, seen = found.rota, str(found.version)
    which = int(number) if number.isdigit() else 0
    if not 1 <= which <= len(rota.turns):
        return RotaForm(
            None, slug=rota.slug, name=rota.name, zone=rota.zone, starts_on=view.desk.now.date(), turns="0",
            seen=seen,
        )  # fmt: skip
    turns = rota.turns[which - 1]
    return RotaForm(
        None, slug=rota.slug, name=rota.name, zone=rota.zone, members=", ".join(turns.members),
        starts_on=turns.starts_on, handover=",".join(map(clock, turns.handovers)), days=turns.days,
        window=windows_text(turns.windows) if turns.windows else "", turns=str(which), seen=seen,
    )  # fmt: skip
