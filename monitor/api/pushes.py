"""Where programs push to a source: readings and incidents, a body of its own kind, Alertmanager's webhook."""

import re

import orjson
import structlog
from flask import Blueprint, Response, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from monitor.api.context import application
from monitor.api.problems import PREFIX, problem
from monitor.domain.errors import DatabaseUnavailable
from monitor.services.take_push import Answered, Push, Verdict, admit, read_push, store_push

MOST_BYTES = 16 * 1024 * 1024
PER_TOKEN, PER_STRANGER = RateLimitItemPerMinute(240), RateLimitItemPerMinute(30)
PATHS = ("readings", "body", "alertmanager")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]{1,200}=*) *", re.IGNORECASE)
_SAY_WHO = {"WWW-Authenticate": 'Bearer realm="heatwatch"'}
_STATUS = {
    Verdict.NO_TOKEN: 401,
    Verdict.OTHER_SOURCE: 403,
    Verdict.NO_SOURCE: 404,
    Verdict.OTHER_PATH: 404,
    Verdict.CUT: 409,
    Verdict.WRONG_TYPE: 415,
    Verdict.KEY_REUSED: 422,
    Verdict.UNREADABLE: 422,
    Verdict.FAULTY: 422,
}
_WORDS = {
    Verdict.NO_TOKEN: "send Authorization: Bearer and a token that is in force; "
    "`heatwatch source token SLUG` makes one",
    Verdict.OTHER_SOURCE: "this token may push to its own source alone; make one for this source",
}

api = Blueprint("api", __name__, url_prefix=PREFIX)
_limiter = MovingWindowRateLimiter(MemoryStorage())


@api.post(f"/sources/<slug>/<any({','.join(PATHS)}):path>")
def push(slug: str, path: str) -> Response:
    """Store what a program pushes, or say in problem details why not."""
    request.max_content_length = MOST_BYTES
    token = _token()
    key = request.headers.get("Idempotency-Key", "")
    if key and not _KEY.fullmatch(key):
        return problem(400, "an Idempotency-Key is 1 to 200 visible ASCII characters")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        return problem(415, "the body is packed; send it as it is, without Content-Encoding")
    asked = Push(source=slug, path=path, token=token, content_type=request.content_type or "", key=key)
    answered = _taken(asked)
    return _too_often() if answered is None else _answer(answered)


def _taken(asked: Push) -> Answered | None:
    """Look, read, store; no transaction is open while the body is parsed. None: asked too often."""
    desk = application()
    with desk.reading() as (session, now):
        admitted = admit(session, asked, outside=desk.outside, now=now)
    if isinstance(admitted, Answered):
        is_stranger = admitted.verdict is Verdict.NO_TOKEN
        is_often = is_stranger and not _limiter.hit(PER_STRANGER, f"address {request.remote_addr}")
        return None if is_often else admitted
    if not _limiter.hit(PER_TOKEN, f"token {admitted.token_id}"):
        return None
    content = request.get_data(cache=False)
    read = read_push(admitted, content)
    with desk.writing() as (session, now):
        return store_push(session, admitted, content, read, now=now)


def _answer(answered: Answered) -> Response:
    if answered.verdict in _STATUS:
        status = _STATUS[answered.verdict]
        detail = answered.detail or _WORDS.get(answered.verdict, answered.verdict.value)
        headers = _SAY_WHO if answered.verdict is Verdict.NO_TOKEN else None
        return problem(status, detail, faults=answered.faults, headers=headers)
    body = {**answered.counts} | ({"note": answered.detail} if answered.detail else {})
    answer = Response(orjson.dumps(body), status=200, content_type="application/json")
    if answered.verdict is Verdict.REPLAYED:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _token() -> str:
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return found[1] if found else ""


def _too_often() -> Response:
    return problem(429, "wait a minute before the next request", headers={"Retry-After": "60"})


@api.errorhandler(RequestEntityTooLarge)
def _too_large(error: HTTPException) -> Response:
    del error
    return problem(413, f"at most {MOST_BYTES:,} bytes at once; push in parts")


@api.errorhandler(400)
def _unreadable(error: HTTPException) -> Response:
    return problem(400, str(error.description))


@api.errorhandler(DatabaseUnavailable)
def _database_error(error: DatabaseUnavailable) -> Response:
    structlog.get_logger().error("database trouble", error=str(error))
    return problem(503, "nothing was stored; send it again soon", headers={"Retry-After": "10"})


@api.errorhandler(Exception)
def _unexpected(error: Exception) -> Response:
    structlog.get_logger().exception("a push failed", error=type(error).__name__)
    return problem(500, "the fault is ours and was logged; nothing was half stored")
