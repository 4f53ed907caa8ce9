"""One handler per family of errors, so that no route needs its own."""

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from monitor.api.problems import PREFIX, problem
from monitor.domain.errors import Conflict, DatabaseUnavailable, InvalidInput, NotFound
from monitor.web.uploads import most_bytes

_WORDS = {
    400: ("That could not be read", "The address or the form is not as it should be."),
    401: ("Sign in first", "Your session has ended. Sign in again; nothing was changed."),
    403: ("Not for your role", "Your account may read this desk but not do this. An admin can change that."),
    404: ("Not here", "Nothing stands at this address. It may have been archived, or the link is cut short."),
    405: ("Not this way", "This address does not take that kind of request."),
    409: ("Someone was faster", "What you saw has changed since. Look again before you decide."),
    413: ("Too large", "The desk takes at most 1 MB in one form."),
    422: ("A value cannot be used", "Nothing was saved."),
    429: ("Too many tries", "Wait a little before the next one."),
    500: ("Something broke here", "The fault is ours and was logged. Nothing was half saved."),
    503: ("The database does not answer", "Nothing can be read or saved until it is back. Try again soon."),
}


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
        return _page(413, f"A file may have at most {most // 1024**2} MB.")
    return _page(error.code or 500)


def _form_error(error: CSRFError) -> ResponseReturnValue:
    return _page(400, f"{error.description} Nothing was saved. Load the page again and send it once more.")


def _database_error(error: DatabaseUnavailable) -> ResponseReturnValue:
    structlog.get_logger().error("database trouble", error=str(error))
    return _page(503)


def _unexpected(error: Exception) -> ResponseReturnValue:
    structlog.get_logger().exception("a view failed", error=type(error).__name__)
    return _page(500)
