"""The inbox, one alert with its timeline, and what a person can do about it; no action by GET."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateTimeLocalField, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from monitor.bootstrap import SessionAt
from monitor.domain.alerting.silence import Silence, parse_matchers, silence_end
from monitor.domain.errors import InvalidInput, MonitorError
from monitor.domain.scale import Concern
from monitor.domain.spoken import at
from monitor.domain.wording import msgid, say, say_many
from monitor.services.acknowledge import acknowledge, close
from monitor.services.add_silence import add_silence
from monitor.services.overview.alert_list import AlertListView, Filter, Grouping, alert_list
from monitor.services.overview.alert_page import AlertPageView, alert_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm
from monitor.web.forgiving import forgiving

page = Blueprint("alerts", __name__)

Act = Callable[[SessionAt, str, "SeveralForm"], None]

LONGEST_NOTE = 500
LONGEST_SEARCH = 100
MOST_AT_ONCE = 200
SPANS = {
    "1h": msgid("1 hour"), "8h": msgid("8 hours"), "1d": msgid("1 day"), "3d": msgid("3 days"),
    "1w": msgid("1 week"),
}  # fmt: skip


def _spans() -> list[SelectChoice]:
    """How long something may last, in the language that is spoken."""
    return [SelectChoice(key, say(words)) for key, words in SPANS.items()]


class AckForm(DeskForm):
    """Take an alert on until a time; `concern` is what the person saw."""

    note = TextAreaField("Note", [Length(max=LONGEST_NOTE)])
    until = DateTimeLocalField(
        "Until, UTC", [InputRequired(msgid("Say until when"))], format="%Y-%m-%dT%H:%M"
    )
    concern = HiddenField()


class CloseForm(DeskForm):
    """End an episode by hand."""

    note = TextAreaField(
        "Why it is closed", [InputRequired(msgid("Say why the alert is closed")), Length(max=LONGEST_NOTE)]
    )


class SilenceForm(DeskForm):
    """Mute what matches for a while."""

    scope = RadioField("What", [InputRequired(msgid("Choose what to silence"))])
    lasts = SelectField("For", choices=_spans, default="8h")
    comment = TextAreaField("Why", [InputRequired(msgid("Say why")), Length(max=LONGEST_NOTE)])

    def offer(self, view: AlertPageView) -> None:
        """Let one of the scopes that fit this alert be chosen."""
        self.scope.choices = [SelectChoice(", ".join(each.matchers), each.name) for each in view.offers]
        if view.offers and not self.scope.data:
            self.scope.data = ", ".join(view.offers[0].matchers)


class SeveralForm(DeskForm):
    """What is done about several alerts at once; the alerts are the ticked rows."""

    note = TextAreaField("Note", [Length(max=LONGEST_NOTE)])
    lasts = SelectField("For", choices=_spans, default="8h")


class Forms:
    """The forms of one alert's page: what was sent, the others as they are offered."""

    def __init__(self, view: AlertPageView, *, sent: DeskForm | None = None) -> None:
        """Fill what was not sent with first guesses."""
        until = view.ack_until.replace(tzinfo=None, second=0, microsecond=0)
        self.ack = sent if isinstance(sent, AckForm) else AckForm(None, until=until, note="")
        self.ack.concern.data = int(view.line.concern)
        self.close = sent if isinstance(sent, CloseForm) else CloseForm(None)
        self.silence = sent if isinstance(sent, SilenceForm) else SilenceForm(None)
        self.silence.offer(view)


@page.get("/alerts")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """Show the inbox under the filters of the address."""
    with reading() as (session, now):

        def ask(*, show: str = Filter.OPEN, by: str = Grouping.HANDLING, concern: str = "") -> AlertListView:
            return alert_list(
                session, now=now, which=show, by=by, concern=concern,
                subject=request.args.get("subject", ""), text=request.args.get("q", "")[:LONGEST_SEARCH],
                with_exercises="exercises" in request.args,
            )  # fmt: skip

        view = forgiving(
            ask,
            show=request.args.get("show", Filter.OPEN),
            by=request.args.get("by", Grouping.HANDLING),
            concern=request.args.get("concern", ""),
        )
        first = next((line for group in view.groups for line in group.lines), None)
        chosen = None if first is None else alert_page(session, first.key, now=now)
    return render_template(
        "alerts.html",
        inbox=view,
        view=chosen,
        forms=None if chosen is None else Forms(chosen),
        several=SeveralForm(),
        desk=view.desk,
        here="alerts",
    )


@page.get("/alerts/<fingerprint>")
@open_to(Access.READER)
def show(fingerprint: str) -> ResponseReturnValue:
    """Show one alert by episode id, or the last episode of an alert by fingerprint, as messages link it."""
    return _page(fingerprint)


@page.post("/alerts/<fingerprint>/acknowledge")
@open_to(Access.DESK)
def acknowledge_alert(fingerprint: str) -> ResponseReturnValue:
    """Acknowledge: whoever does takes the alert on until the time given."""
    form = AckForm()

    def act(opened: SessionAt) -> Callable[[], str]:
        session, now = opened
        until = form.until.data.replace(tzinfo=UTC)
        seen = Concern(int(form.concern.data)) if (form.concern.data or "").isdigit() else None
        acknowledge(
            session,
            fingerprint,
            by=signed_in().email,
            now=now,
            note=form.note.data or "",
            until=until,
            concern=seen,
        )
        return lambda: say(
            "Acknowledged until {moment} UTC. A higher concern breaks it.", moment=at(until, near=now)
        )

    return _act(fingerprint, form, act)


@page.post("/alerts/<fingerprint>/close")
@open_to(Access.DESK)
def close_alert(fingerprint: str) -> ResponseReturnValue:
    """Close the episode with a reason."""
    form = CloseForm()

    def act(opened: SessionAt) -> Callable[[], str]:
        session, now = opened
        close(session, fingerprint, by=signed_in().email, note=form.note.data or "", now=now)
        return lambda: say("Closed. It fires again only if its threshold is crossed afresh.")

    return _act(fingerprint, form, act)


@page.post("/alerts/<fingerprint>/silence")
@open_to(Access.DESK)
def silence_alert(fingerprint: str) -> ResponseReturnValue:
    """Silence this alert, or all of its subject, for a while."""
    form = SilenceForm()
    with reading() as (session, now):
        form.offer(alert_page(session, fingerprint, now=now))

    def act(opened: SessionAt) -> Callable[[], str]:
        session, now = opened
        ends_at = silence_end(starts_at=now, lasts=form.lasts.data)
        add_silence(
            session,
            Silence(
                matchers=parse_matchers(form.scope.data.split(", ")),
                author=signed_in().email,
                comment=form.comment.data or "",
                starts_at=now,
                ends_at=ends_at,
            ),
            now=now,
        )
        return lambda: say(
            "Silenced until {moment} UTC. Who was told still hears when it resolves.",
            moment=at(ends_at, near=now),
        )

    return _act(fingerprint, form, act)


@page.post("/alerts/several")
@open_to(Access.DESK)
def several() -> ResponseReturnValue:
    """Acknowledge or close the ticked alerts, each in a transaction of its own."""
    form = SeveralForm()
    keys = list(dict.fromkeys(request.form.getlist("key")))[:MOST_AT_ONCE]
    action = request.form.get("act", "")
    if not form.validate_on_submit() or action not in _SEVERAL:
        flash(say("Nothing was done: choose for how long, and a note of at most 500 characters."))
    elif not keys:
        flash(say("Nothing was done: tick the alerts first."))
    elif action == "close" and not (form.note.data or "").strip():
        flash(say("Nothing was done: say why they are closed."))
    else:
        _each(keys, form, action)
    return redirect(url_for("alerts.index"))


def _each(keys: Sequence[str], form: SeveralForm, action: str) -> None:
    """Do it for each; what could not be done is named, and stops no other."""
    done, failed = 0, []
    act = _SEVERAL[action]
    for key in keys:
        try:
            with writing() as opened:
                act(opened, key, form)
            done += 1
        except MonitorError as error:
            failed.append(str(error))
    if done:
        flash(_done(action, done))
    for why, number in Counter(failed).items():
        flash(_not_done(action, number, why))


def _done(action: str, number: int) -> str:
    if action == "close":
        return say_many("{n} alert closed.", "{n} alerts closed.", number)
    return say_many("{n} alert acknowledged.", "{n} alerts acknowledged.", number)


def _not_done(action: str, number: int, why: str) -> str:
    if action == "close":
        return say_many("{n} alert not closed: {why}.", "{n} alerts not closed: {why}.", number, why=why)
    return say_many(
        "{n} alert not acknowledged: {why}.", "{n} alerts not acknowledged: {why}.", number, why=why
    )


def _acknowledge_one(opened: SessionAt, key: str, form: SeveralForm) -> None:
    session, now = opened
    until = silence_end(starts_at=now, lasts=form.lasts.data)
    acknowledge(session, key, by=signed_in().email, now=now, note=form.note.data or "", until=until)


def _close_one(opened: SessionAt, key: str, form: SeveralForm) -> None:
    session, now = opened
    close(session, key, by=signed_in().email, note=form.note.data or "", now=now)


_SEVERAL: Mapping[str, Act] = {"acknowledge": _acknowledge_one, "close": _close_one}


def _act(key: str, form: DeskForm, act: Callable[[SessionAt], Callable[[], str]]) -> ResponseReturnValue:
    """Do what a form says and go back to the alert; what cannot be used is named at its field."""
    if not form.validate_on_submit():
        return _page(key, sent=form), 422
    try:
        with writing() as opened:
            told = act(opened)
    except InvalidInput as error:
        field = getattr(form, {"ends_at": "lasts", "matchers": "scope"}.get(error.field, error.field), None)
        if field is None:
            raise
        field.errors = [*field.errors, str(error)]
        return _page(key, sent=form), 422
    flash(told())
    return redirect(url_for("alerts.show", fingerprint=key))


def _page(key: str, *, sent: DeskForm | None = None) -> str:
    with reading() as (session, now):
        view = alert_page(session, key, now=now)
        inbox = alert_list(session, now=now, with_exercises=view.line.is_exercise)
    return render_template(
        "alert.html", inbox=inbox, view=view, forms=Forms(view, sent=sent), desk=view.desk, here="alerts"
    )
