"""Language and time: how a person reads, set by themselves."""

from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from monitor.domain.errors import InvalidInput
from monitor.domain.wording import LANGUAGES, msgid, say, speaking
from monitor.render.languages import language
from monitor.services.change_person import set_reading
from monitor.services.overview.desk import desk
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("reading", __name__)


class ReadingForm(DeskForm):
    """A language there is, and a time zone by its IANA name."""

    language = SelectField("Language", choices=[SelectChoice(*each) for each in LANGUAGES.items()])
    zone = StringField("Time zone", [InputRequired(msgid("Say which time zone")), Length(max=60)])


@page.get("/settings")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show how the person who asks reads."""
    person = signed_in()
    return _page(ReadingForm(None, language=person.language, zone=person.zone))


@page.post("/settings")
@open_to(Access.READER)
def save() -> ResponseReturnValue:
    """Keep it for the person who sends it, and for nobody else."""
    form, email = ReadingForm(), signed_in().email
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with writing() as (session, now):
            set_reading(
                session, email=email, language=form.language.data, zone=form.zone.data, actor=email, now=now
            )
    except InvalidInput as error:
        form.zone.errors = [*form.zone.errors, str(error)]
        return _page(form), 422
    # In the language that was just chosen: the page it stands on speaks it already.
    with speaking(language(form.language.data)):
        flash(say("Kept. Pages are so at once, messages that are made from now on too."))
    return redirect(url_for("reading.show"))


def _page(form: ReadingForm) -> str:
    with reading() as (session, now):
        view = desk(session, now=now)
    zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    return render_template("reading.html", form=form, zones=zones, desk=view, here="")
