"""Sign in and out."""

from typing import TypedDict

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from monitor.domain.errors import InvalidInput
from monitor.domain.wording import msgid
from monitor.services.resume_session import close_session, hashed
from monitor.services.save_view import start_path
from monitor.services.sign_in import SignIn, begin_try, finish_try, prove
from monitor.web.access import Access, open_to
from monitor.web.context import reading, writing
from monitor.web.desk_form import DeskForm
from monitor.web.live import SESSION, hub
from monitor.web.visitors import cookie_name

page = Blueprint("sign_in", __name__)

REFUSED = msgid("No account has this address and password.")


class _CookieOptions(TypedDict):
    secure: bool
    httponly: bool
    samesite: str


class SignInForm(DeskForm):
    """Address and password."""

    email = EmailField(msgid("E-mail"), [InputRequired(msgid("Enter your e-mail address")), Length(max=200)])
    password = PasswordField(
        msgid("Password"), [InputRequired(msgid("Enter your password")), Length(max=256)]
    )
    next = HiddenField()


@page.get("/sign-in")
@open_to(Access.ANYONE)
def show() -> ResponseReturnValue:
    """Show the form."""
    return render_template("sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@page.post("/sign-in")
@open_to(Access.ANYONE)
def submit() -> ResponseReturnValue:
    """Open a session, or say why not."""
    form = SignInForm()
    opened = _sign_in(form) if form.validate_on_submit() else None
    if opened is None:
        return render_template("sign_in.html", form=form), 422
    answer = make_response(redirect(local_path(form.next.data or _start(opened))))
    answer.set_cookie(cookie_name(), opened.token, expires=opened.expires_at, **_cookie_options())
    return answer


@page.post("/sign-out")
@open_to(Access.READER)
def leave() -> ResponseReturnValue:
    """End the session."""
    token = request.cookies.get(cookie_name(), "")
    with writing() as (session, _):
        close_session(session, token)
    # Pages of the same session that are still open learn it now.
    hub().refuse((SESSION, hashed(token)))
    answer = make_response(redirect(url_for("sign_in.show")))
    answer.delete_cookie(cookie_name(), **_cookie_options())
    return answer


def _start(opened: SignIn) -> str:
    """Return where the person begins: the board, or the view they chose."""
    with reading() as (session, _):
        return start_path(session, opened.person.id)


def local_path(target: str | None) -> str:
    """Return where to go next; only a path of this desk is followed, anything else leads to the board."""
    text = target or "/"
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_path and text.isprintable() else "/"


def _sign_in(form: SignInForm) -> SignIn | None:
    """Try what the form holds; no transaction is open while the password is hashed."""
    try:
        with writing() as (session, now):
            attempt = begin_try(
                session, email=form.email.data or "", address=request.remote_addr or "", now=now
            )
    except InvalidInput as error:
        form.password.errors = [str(error)]
        return None
    proof = prove(attempt, form.password.data or "")
    with writing() as (session, now):
        opened = finish_try(session, attempt, proof, now=now)
    if opened is None:
        form.password.errors = [REFUSED]
    return opened


def _cookie_options() -> _CookieOptions:
    return {"secure": cookie_name().startswith("__Host-"), "httponly": True, "samesite": "Lax"}
