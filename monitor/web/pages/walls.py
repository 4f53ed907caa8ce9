"""The screens that may show the desk: an admin makes a token, sees it once, and ends it."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from monitor.domain.errors import NotFound
from monitor.domain.wall import LIFETIMES, LONGEST_NAME, LOOKS, TURNS, Wall, ends_at
from monitor.domain.wording import LANGUAGES, msgid, say, say_many
from monitor.services.overview.desk import desk
from monitor.services.walls import list_walls, make_wall, revoke_wall
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("walls", __name__)

_LOOKS = {"": msgid("as the screen’s system says"), "light": msgid("light"), "dark": msgid("dark")}


def _days() -> list[SelectChoice]:
    return [SelectChoice(str(n), say_many("{n} day", "{n} days", n)) for n in LIFETIMES]


def _turns() -> list[SelectChoice]:
    return [SelectChoice(str(n), say_many("{n} second", "{n} seconds", n)) for n in TURNS]


def _looks() -> list[SelectChoice]:
    return [SelectChoice(key, say(_LOOKS[key])) for key in LOOKS]


class WallForm(DeskForm):
    """A screen: where it hangs, for how long, how it looks."""

    name = StringField("Name", [InputRequired(msgid("Say where the screen hangs")), Length(max=LONGEST_NAME)])
    days = SelectField("Days", choices=_days, default="90")
    turn_seconds = SelectField("Turn", choices=_turns, default="20")
    language = SelectField("Language", choices=[SelectChoice(*each) for each in LANGUAGES.items()])
    look = SelectField("Look", choices=_looks)


@page.get("/walls")
@open_to(Access.ADMIN)
def show() -> ResponseReturnValue:
    """Show which screens there are and were."""
    return _page(WallForm(None, language=signed_in().language))


@page.post("/walls")
@open_to(Access.ADMIN)
def make() -> ResponseReturnValue:
    """Make a token and show its link, this once."""
    form = WallForm()
    if not form.validate_on_submit():
        return _page(form), 422
    with writing() as (session, now):
        wall = Wall(
            name=(form.name.data or "").strip(), language=form.language.data, look=form.look.data,
            turn_seconds=int(form.turn_seconds.data), expires_at=ends_at(now, int(form.days.data)),
            created_at=now, created_by=signed_in().email,
        )  # fmt: skip
        made = make_wall(session, wall, now=now)
    # Not redirected: it is kept nowhere that the next page could take it from.
    return _page(WallForm(None), made=made)


@page.post("/walls/<int:number>/revoke")
@open_to(Access.ADMIN)
def revoke(number: int) -> ResponseReturnValue:
    """End a token; the screen goes dark within seconds."""
    try:
        with writing() as (session, now):
            wall = revoke_wall(session, number, actor=signed_in().email, now=now)
        flash(say("The wallboard {name} shows nothing from now on.", name=wall.name))
    except NotFound:
        flash(say("Nothing was ended: that wallboard has no token in force."))
    return redirect(url_for("walls.show"))


def _page(form: WallForm, *, made: str = "") -> str:
    with reading() as (session, now):
        walls, view = list_walls(session), desk(session, now=now)
    base = current_app.config["HEATWATCH_BASE_URL"] or request.host_url.rstrip("/")
    # Behind the number sign: no server and no proxy is ever sent it.
    link = f"{base}{url_for('wall.show')}#{made}" if made else ""
    return render_template("walls.html", form=form, walls=walls, made=made, link=link, desk=view, here="")
