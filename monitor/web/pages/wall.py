"""The wallboard: a screen that shows the desk by a token of its own, turns by itself, and can do nothing."""

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from monitor.domain.live import BOARD, DESK
from monitor.domain.wall import Wall
from monitor.domain.wording import msgid, say, speaking
from monitor.render.languages import language
from monitor.services.overview.wall import wall as wall_view
from monitor.services.resume_session import hashed
from monitor.services.walls import admit, is_touch_due, touch_wall
from monitor.web.access import Access, open_to
from monitor.web.context import reading, writing
from monitor.web.desk_form import DeskForm
from monitor.web.live import WALL, stream

page = Blueprint("wall", __name__, url_prefix="/wall")

COOKIE = "heatwatch-wall"
MOST_PICTURES = 10_000


class TokenForm(DeskForm):
    """The token, where it did not come with the link."""

    token = PasswordField("Token", [InputRequired(msgid("Give the token")), Length(max=100)])


@page.get("")
@open_to(Access.ANYONE)
def show() -> ResponseReturnValue:
    """Show a picture; a screen that nobody knows is asked for its token."""
    screen = _screen()
    if screen is None:
        return render_template("wall_token.html", form=TokenForm(None)), _asked_status()
    number = request.args.get("picture", "0")
    with speaking(language(screen.language)):
        with reading() as (session, now):
            view = wall_view(session, int(number) % MOST_PICTURES if number.isdecimal() else 0, now=now)
        answer = make_response(render_template("wall.html", view=view, screen=screen, desk=view.board.desk))
    # Not on the form: with it a browser does not say where what it sends comes from, and is refused.
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@page.post("")
@open_to(Access.ANYONE)
def enter() -> ResponseReturnValue:
    """Take a token and keep it in a cookie that only these pages get."""
    form = TokenForm()
    token = (form.token.data or "").strip()
    with reading() as (session, now):
        screen = admit(session, token, now=now)
    if not form.validate_on_submit() or screen is None:
        if screen is None:
            form.token.errors = [say("This token is not in force: it ended, or it was cut short.")]
        return render_template("wall_token.html", form=form), 422
    is_https = current_app.config["HEATWATCH_IS_HTTPS"]
    answer = make_response(redirect(url_for("wall.show")))
    answer.set_cookie(
        COOKIE, token, expires=screen.expires_at, path=url_for("wall.show"), secure=is_https, httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return answer


@page.get("/live")
@open_to(Access.ANYONE)
def live() -> ResponseReturnValue:
    """Tell the screen when the board changed."""
    if _screen() is None:
        return "", 401
    return stream({DESK, BOARD}, (WALL, hashed(_token())))


def _token() -> str:
    return request.cookies.get(COOKIE, "")


def _screen() -> Wall | None:
    """Return the screen that asks, and note that it was there."""
    token = _token()
    if not token:
        return None
    with reading() as (session, now):
        screen = admit(session, token, now=now)
    if screen is not None and is_touch_due(screen, now=now):
        with writing() as (session, now):
            touch_wall(session, screen, now=now)
    return screen


def _asked_status() -> int:
    """A script that asks for the next picture must not take the form for one."""
    return 401 if "HX-Request" in request.headers else 200
