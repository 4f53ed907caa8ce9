"""Who is asking: the session cookie, and the rule of the route they ask for."""

from collections.abc import Callable

import structlog
from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, InternalServerError, Unauthorized

from monitor.api.problems import PREFIX
from monitor.api.pushes import api
from monitor.domain.person import Person, Role
from monitor.services.resume_session import resume_session, touch_session
from monitor.web import languages
from monitor.web.access import Access, access_of
from monitor.web.context import reading, writing

_RANK = {Role.READER: Access.READER, Role.DESK: Access.DESK, Role.ADMIN: Access.ADMIN}


def install(app: Flask) -> None:
    """Check every request against its route's rule before the view runs."""
    app.before_request(_check)
    app.context_processor(_names)


def cookie_name() -> str:
    """Return the session cookie's name; the `__Host-` prefix needs https."""
    return "__Host-heatwatch" if current_app.config["HEATWATCH_IS_HTTPS"] else "heatwatch"


def rank(person: Person | None) -> Access:
    """Return the most a visitor may use."""
    return Access.ANYONE if person is None else _RANK[person.role]


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static" or request.blueprint == api.name:
        return None
    needed = access_of(_view(request.endpoint))
    if needed is None:
        structlog.get_logger().error("a route without a rule was refused", endpoint=request.endpoint)
        raise InternalServerError
    g.person = _person_of(request.cookies.get(cookie_name(), ""))
    languages.speak()
    if rank(g.person) >= needed:
        return None
    return _refusal(g.person)


def _refusal(person: Person | None) -> ResponseReturnValue:
    """Send someone who only looks to the sign-in page and back; a change is refused where it stands."""
    if person is not None:
        raise Forbidden
    if request.method != "GET" or "HX-Request" in request.headers or request.path.startswith(PREFIX):
        raise Unauthorized
    return redirect(url_for("sign_in.show", next=request.full_path.rstrip("?")))


def _view(endpoint: str) -> Callable[..., object]:
    return current_app.view_functions[endpoint]


def _person_of(token: str) -> Person | None:
    if not token:
        return None
    with reading() as (session, now):
        resumed = resume_session(session, token, now=now)
    if resumed is None:
        return None
    if resumed.is_touch_due:
        with writing() as (session, now):
            touch_session(session, token, now=now)
    return resumed.person


def _names() -> dict[str, object]:
    return {"person": g.get("person"), "Role": Role}
