"""One handler per family of errors, so that no route needs its own."""

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from monitor.api.problems import PREFIX, problem
from monitor.domain.errors import Conflict, DatabaseUnavailable, InvalidInput, NotFound
from monitor.domain.wording import msgid, say
from monitor.web.uploads import most_bytes

_WORDS = {
    400: (msgid("That could not be read"), msgid("The address or the form is not as it should be.")),
    401: (msgid("Sign in first"), msgid("Your session has ended. Sign in again; nothing was changed.")),
    403: (
        msgid("Not for your role"),
        msgid("Your account may read this desk but not do this. An admin can change that."),
    ),
    404: (
        msgid("Not here"),
        msgid("Nothing stands at this address. It may have been archived, or the link is cut short."),
    ),
    405: (msgid("Not this way"), msgid("This address does not take that kind of request.")),
    409: (
        msgid("Someone was faster"),
        msgid("What you saw has changed since. Look again before you decide."),
    ),
    413: (msgid("Too large"), msgid("The desk takes at most 1 MB in one form.")),
    422: (msgid("A value cannot be used"), msgid("Nothing was saved.")),
    429: (msgid("Too many tries"), msgid("Wait a little before the next one.")),
    500: (msgid("Something broke here"), msgid("The fault is ours and was logged. Nothing was half saved.")),
    503: (
        msgid("The database does not answer"),
        msgid("Nothing can be read or saved until it is back. Try again soon."),
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
    title, words = _WORDS.get(status, _WORDS[500])
    page = render_template(
        "error.html", status=status, title=title, words=detail or words, request_id=g.get("request_id", "")
    )
    return page, status


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
    return _page(
        400, say("{fault} Nothing was saved. Load the page again and send it once more.", fault=fault)
    )


def _database_error(error: DatabaseUnavailable) -> ResponseReturnValue:
    structlog.get_logger().error("database trouble", error=str(error))
    return _page(503)


def _unexpected(error: Exception) -> ResponseReturnValue:
    structlog.get_logger().exception("a view failed", error=type(error).__name__)
    return _page(500)
