"""Silences: what mutes, what will, a new one with its preview, and an end before its time."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from monitor.domain.alerting.silence import Silence, parse_matchers, silence_end
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.alerting.window_text import parse_windows, windows_text
from monitor.domain.errors import InvalidInput
from monitor.domain.wording import msgid, say
from monitor.services.add_silence import add_silence
from monitor.services.arrange import arrange, take_back
from monitor.services.end_silence import end_silence
from monitor.services.overview.silences import SilencesView, silences_page
from monitor.services.preview_silence import preview_silence
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("silences", __name__)

_FIELDS = {"ends_at": "lasts", "zone": "zone", "windows": "windows", "matchers": "matchers"}


class NewSilenceForm(DeskForm):
    """A silence as a person writes it: matchers a line each, a span, perhaps windows."""

    matchers = TextAreaField("Alerts whose labels meet all of", [InputRequired(msgid("Say which alerts"))])
    lasts = StringField("For", [InputRequired(msgid("Say for how long"))], default="8h")
    windows = StringField("Only while", [Length(max=300)])
    zone = StringField("Time zone", [Length(max=60)], default="UTC")
    comment = TextAreaField("Why", [InputRequired(msgid("Say why")), Length(max=500)])
    expire_on_resolve = BooleanField("End it once nothing it matches fires")

    def silence(self, *, author: str, now: datetime) -> Silence:
        """Return what was written as a silence from now on; InvalidInput."""
        lines = [line for line in (self.matchers.data or "").splitlines() if line.strip()]
        text, zone = (self.windows.data or "").strip(), (self.zone.data or "").strip() or "UTC"
        return Silence(
            matchers=parse_matchers(lines),
            author=author,
            comment=self.comment.data or "",
            starts_at=now,
            ends_at=silence_end(starts_at=now, lasts=self.lasts.data or ""),
            expire_on_resolve=bool(self.expire_on_resolve.data),
            windows=parse_windows(text, zone=zone) if text else (),
        )


class MuteWindowForm(DeskForm):
    """A mute window as a person writes it; `seen` is the version that was looked at."""

    slug = StringField("Short name", [InputRequired(msgid("Give it a short name")), Length(max=80)])
    windows = StringField("Open", [InputRequired(msgid("Say when it is open")), Length(max=300)])
    zone = StringField(
        "Time zone", [InputRequired(msgid("Say which time zone")), Length(max=60)], default="UTC"
    )
    reason = StringField("Why", [Length(max=500)])
    seen = HiddenField(default="0")


@page.get("/silences")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """Show what mutes, what will, and what is over."""
    return _page(NewSilenceForm(None))


@page.post("/silences/preview")
@open_to(Access.DESK)
def preview() -> ResponseReturnValue:
    """Show what a silence would mute now; nothing is stored."""
    return _act(NewSilenceForm(), is_tried=True)


@page.post("/silences")
@open_to(Access.DESK)
def add() -> ResponseReturnValue:
    """Store a silence that begins now."""
    return _act(NewSilenceForm(), is_tried=False)


@page.post("/silences/<int:number>/end")
@open_to(Access.DESK)
def end(number: int) -> ResponseReturnValue:
    """End a silence now; what it held is told in one message an alert."""
    with writing() as (session, now):
        reason = request.form.get("reason", "")[:500]
        end_silence(session, number, actor=signed_in().email, now=now, reason=reason)
    flash(say("Silence {number} ended. What it held back is told in one message an alert.", number=number))
    return redirect(url_for("silences.index"))


@page.post("/silences/mute-windows")
@open_to(Access.ADMIN)
def save_mute_window() -> ResponseReturnValue:
    """Make a mute window or change it; Conflict if it was changed since it was looked at."""
    form = MuteWindowForm()
    if not form.validate_on_submit():
        return _page(NewSilenceForm(None), mute=form), 422
    seen = int(form.seen.data) if (form.seen.data or "").isdigit() else 0
    try:
        value = MuteWindow(
            slug=form.slug.data.strip(),
            windows=parse_windows(form.windows.data or "", zone=(form.zone.data or "").strip()),
        )
        with writing() as (session, now):
            arrange(
                session, value, by=signed_in().email, reason=form.reason.data or "", now=now, seen=seen
            )  # fmt: skip
    except InvalidInput as error:
        _named(form, error)
        return _page(NewSilenceForm(None), mute=form), 422
    flash(
        say(
            "The mute window {slug} is saved. Routes that name it send nothing while it is open.",
            slug=value.slug,
        )
    )
    return redirect(url_for("silences.index"))


@page.post("/silences/mute-windows/<slug>/remove")
@open_to(Access.ADMIN)
def remove_mute_window(slug: str) -> ResponseReturnValue:
    """Remove a mute window; what it held goes out now."""
    with writing() as (session, now):
        take_back(session, MuteWindow, slug, by=signed_in().email, reason="", now=now)
    flash(say("The mute window {slug} is removed. What it held goes out now.", slug=slug))
    return redirect(url_for("silences.index"))


def _named(form: DeskForm, error: InvalidInput) -> None:
    """Put what is wrong at its field; raise what belongs to none."""
    field: Any = getattr(form, _FIELDS.get(error.field, error.field), None)
    if field is None:
        raise error
    field.errors = [*field.errors, str(error)]


def _act(form: NewSilenceForm, *, is_tried: bool) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        if is_tried:
            with reading() as (_, now):
                tried = form.silence(author=signed_in().email, now=now)
            return _page(form, tried=tried)
        with writing() as (session, now):
            added = add_silence(session, form.silence(author=signed_in().email, now=now), now=now)
    except InvalidInput as error:
        _named(form, error)
        return _page(form), 422
    flash(say("Silence {id} is stored. Who was told of an alert still hears when it resolves.", id=added.id))
    with reading() as (session, _):
        warnings = preview_silence(session, added, is_stored=True).warnings
    for warning in warnings:
        flash(say("Look again: {what}.", what=warning))
    return redirect(url_for("silences.index"))


def _page(form: NewSilenceForm, *, tried: Silence | None = None, mute: MuteWindowForm | None = None) -> str:
    with reading() as (session, now):
        view = silences_page(session, now=now, tried=tried)
    return render_template(
        "silences.html", view=view, form=form, mute=mute or _mute_form(view), desk=view.desk, here="alerts"
    )


def _mute_form(view: SilencesView) -> MuteWindowForm:
    """Fill the form with the mute window that is to be changed."""
    wanted = request.args.get("window", "")
    found = next((each for each in view.mute_windows if each.window.slug == wanted), None)
    if found is None:
        return MuteWindowForm(None)
    first = found.window.windows[0]
    return MuteWindowForm(
        None, slug=wanted, windows=windows_text(found.window.windows), zone=first.zone,
        seen=str(found.version),
    )  # fmt: skip
