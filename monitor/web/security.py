"""Headers on every answer: no inline script or style, no frames; and no form from elsewhere."""

import uuid
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, current_app, g, request
from flask_wtf.csrf import CSRFError

from monitor.api.pushes import api
from monitor.web.uploads import most_bytes

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


def install(app: Flask) -> None:
    """Give every request an id and every answer the headers; refuse what another site sends."""
    app.before_request(_name_request)
    app.before_request(_check_origin)
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)


def _name_request() -> None:
    g.request_id = uuid.uuid4().hex[:16]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, path=request.path)


def _check_origin() -> None:
    """Refuse a change that a browser says comes from another site; the form's token is checked besides."""
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    own = {request.host_url, current_app.config["HEATWATCH_BASE_URL"] or ""}
    if origin not in {_origin_of(address) for address in own}:
        raise CSRFError("This came from another site.")


def _refuse_nul() -> None:
    """Refuse a character that no database text can hold and no person types."""
    # What programs push and people upload is read by their route, within a limit of its own.
    is_read_later = request.blueprint == api.name or most_bytes() is not None
    texts = request.args if is_read_later else request.values
    if "\0" in request.path or any("\0" in text for _, text in texts.items(multi=True)):
        abort(400)


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["HEATWATCH_IS_HTTPS"]:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
