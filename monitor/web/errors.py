"""One handler per family of errors, so that no route needs its own."""

from http import HTTPStatus
from typing import NamedTuple

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from monitor.api.problems import PREFIX, problem
from monitor.domain.errors import Conflict, DatabaseUnavailable, InvalidInput, NotFound
from monitor.domain.wording import msgid, say
from monitor.services.admins import admins
from monitor.web.context import reading
from monitor.web.uploads import most_bytes


class _Told(NamedTuple):
    """What a page of an error says: what happened, what became of what was sent, what to do next."""

    title: str
    happened: str
    kept: str
    next: str


_NOTHING_CHANGED = msgid("Nothing was changed.")
_TOLD = {
    400: _Told(
        msgid("That could not be read"),
        msgid("The address or the form is not as it should be."),
        msgid("Nothing was saved."),
        msgid("Go back, load the page again and send it once more."),
    ),
    401: _Told(
        msgid("Sign in first"),
        msgid("Your session has ended."),
        msgid("Nothing was changed. What you wrote stays in the form you came from."),
        msgid("Sign in in another tab, then go back here and send it again."),
    ),
    403: _Told(
        msgid("Not for your role"),
        msgid("Your account may read this desk but not do this."),
        _NOTHING_CHANGED,
        msgid("Ask an admin to do it, or to change your role."),
    ),
    404: _Told(
        msgid("Not here"),
        msgid("Nothing stands at this address. It may have been archived, or the link is cut short."),
        msgid("Nothing is lost: what was archived stays in the database with all its history."),
        msgid("Look for it by its name: press / on any page."),
    ),
    405: _Told(
        msgid("Not this way"),
        msgid("This address does not take that kind of request."),
        _NOTHING_CHANGED,
        msgid("Open it from the page that leads to it."),
    ),
    409: _Told(
        msgid("Someone was faster"),
        msgid("What you saw has changed since."),
        msgid("The other change stands; yours was not saved, and overwrote nothing."),
        msgid("Go back, load the page again, look at what is there now, and decide anew."),
    ),
    413: _Told(
        msgid("Too large"),
        msgid("The desk takes at most 1 MB in one form."),
        msgid("Nothing was saved, and nothing is half there."),
        msgid("Send it in parts, or have it imported on the machine with {command}."),
    ),
    422: _Told(
        msgid("A value cannot be used"),
        msgid("Something in what was sent cannot be."),
        msgid("Nothing was saved. What you wrote stays in the form you came from."),
        msgid("Go back, put it right, and send it again."),
    ),
    429: _Told(
        msgid("Too many tries"),
        msgid("They came faster than the desk takes them from one place."),
        _NOTHING_CHANGED,
        msgid("Wait a minute before the next one; each try before then makes the wait longer."),
    ),
    500: _Told(
        msgid("Something broke here"),
        msgid("The fault is ours and was logged."),
        msgid("Nothing was half saved: a change is kept as a whole or not at all."),
        msgid("Try once more. If it breaks again, give the request below to whoever runs the desk."),
    ),
    503: _Told(
        msgid("The database does not answer"),
        msgid("Nothing can be read or saved until it is back."),
        msgid("Nothing is lost: alerts under way are kept, and go on from where they stood."),
        msgid("Load this page again in a minute. Whoever runs the desk finds the cause in its log."),
    ),
}

_STRANGE = msgid("This form was not sent with its page.")


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(NotFound, lambda error: _page(404, str(error)))
    app.register_error_handler(Conflict, lambda error: _page(409, str(error)))
    app.register_error_handler(InvalidInput, lambda error: _page(422, str(error)))
    app.register_error_handler(CSRFError, _form_error)
    app.register_error_handler(DatabaseUnavailable, _database_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, detail: str = "") -> ResponseReturnValue:
    told = _TOLD.get(status, _TOLD[500])
    page = render_template(
        "error.html",
        status=status,
        told=told,
        happened=detail or say(told.happened),
        admins=_admins() if status == HTTPStatus.FORBIDDEN else (),
        request_id=g.get("request_id", ""),
    )
    return page, status


def _admins() -> tuple[str, ...]:
    """Return who can do what a visitor may not; nobody is named where the database does not answer."""
    try:
        with reading() as (session, _):
            return admins(session)
    except DatabaseUnavailable:
        return ()


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.get_response()
    if request.path.startswith(PREFIX):
        return problem(error.code or 500, str(error.description))
    if error.code == RequestEntityTooLarge.code and (most := most_bytes()):
        return _page(413, say("A file may have at most {most} MB.", most=most // 1024**2))
    return _page(error.code or 500)


def _form_error(error: CSRFError) -> ResponseReturnValue:
    fault = say("The form has expired.") if "expired" in str(error.description) else say(_STRANGE)
    return _page(400, fault)


def _database_error(error: DatabaseUnavailable) -> ResponseReturnValue:
    structlog.get_logger().error("database trouble", error=str(error))
    return _page(503)


def _unexpected(error: Exception) -> ResponseReturnValue:
    structlog.get_logger().exception("a view failed", error=type(error).__name__)
    return _page(500)
