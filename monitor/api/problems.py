"""Problem details (RFC 9457): what is wrong with a request, in words and by the place of each fault."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response, g

from monitor.domain.harvest import Rejected

PREFIX = "/api/v1"
_TITLES = {
    400: "The request cannot be read",
    401: "A token is needed",
    403: "The token is of another source",
    404: "Not here",
    405: "Not this way",
    409: "Not now",
    413: "Too large",
    415: "Not this kind of body",
    422: "The body cannot be used",
    429: "Too many requests",
    500: "Something broke here",
    503: "The database does not answer",
}
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def problem(
    status: int, detail: str, *, faults: Sequence[Rejected] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer; each fault becomes an entry of `errors` with its index and field."""
    body: dict[str, Any] = {
        "type": "about:blank", "title": _TITLES.get(status, _TITLES[400]), "status": status, "detail": detail,
        "instance": f"urn:request:{g.get('request_id', '')}",
    }  # fmt: skip
    if faults:
        body["errors"] = [_entry(fault) for fault in faults]
    answer = Response(orjson.dumps(body), status=status, content_type="application/problem+json")
    answer.headers.update(headers or {})
    return answer


def _entry(fault: Rejected) -> dict[str, Any]:
    """Say where a fault is in each of the ways programs look for it."""
    parts = [found[1] or int(found[2]) for found in _PART.finditer(fault.where)]
    index = next((part for part in parts if isinstance(part, int)), None)
    field = next((part for part in reversed(parts[1:]) if isinstance(part, str)), "")
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)
    entry: dict[str, Any] = {"pointer": f"#{pointer}", "detail": fault.reason}
    if index is not None:
        entry |= {"list": parts[0], "index": index, "field": field}
    return entry | ({"found": fault.text} if fault.text else {})
