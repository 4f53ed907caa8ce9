"""What can be wrong with an answer, and how a stand-in makes it so."""

import gzip
import threading
from collections.abc import Iterator
from enum import StrEnum

from flask import Response

RETRY_AFTER_SECONDS = 2
SECONDS_A_BYTE = 1.0
_PAGE = (
    b"<!doctype html><html><head><title>Just a moment...</title></head>"
    b"<body><h1>Checking your browser</h1><p>Please try again.</p></body></html>"
)


class Fault(StrEnum):
    """One way in which a source fails; the value is what people type."""

    SLOW = "slow"
    TOO_MANY = "429"
    ERROR = "500"
    HTML = "html"
    GZIP = "gzip"
    ENCODING = "encoding"
    REPEAT = "repeat"
    COLUMN = "column"
    UNIT = "unit"
    EXPIRED = "expired"


MEANING = {
    Fault.SLOW: "the answer comes a byte a second",
    Fault.TOO_MANY: "429 with Retry-After",
    Fault.ERROR: "500",
    Fault.HTML: "a web page with status 200",
    Fault.GZIP: "a gzip stream that breaks off half-way",
    Fault.ENCODING: "text in another encoding than it says",
    Fault.REPEAT: "every page is the first one again",
    Fault.COLUMN: "a column or key has another name",
    Fault.UNIT: "values come in another unit",
    Fault.EXPIRED: "the token or key is no longer valid",
}


def instead_of_an_answer(fault: Fault | None) -> Response | None:
    """Return the answer that is given without looking at the request; None if it is looked at."""
    if fault is Fault.TOO_MANY:
        return Response(
            b"Too many requests",
            429,
            headers={"retry-after": str(RETRY_AFTER_SECONDS)},
            mimetype="text/plain",
        )
    if fault is Fault.ERROR:
        return Response(b"Internal Server Error", 500, mimetype="text/plain")
    if fault is Fault.HTML:
        return Response(_PAGE, mimetype="text/html")
    return None


def spoil(fault: Fault | None, response: Response, *, stopping: threading.Event) -> Response:
    """Change a good answer as the fault says; the same answer where the fault is none of its form."""
    if fault is Fault.SLOW:
        body = response.get_data()
        response.response = _drip(body, stopping)
        response.headers["content-length"] = str(len(body))
    elif fault is Fault.GZIP:
        packed = gzip.compress(response.get_data())
        response.set_data(packed[: len(packed) // 2])
        response.headers["content-encoding"] = "gzip"
    elif fault is Fault.ENCODING:
        response.set_data(_misread(response.get_data()))
    return response


def renamed(body: bytes, mimetype: str, names: tuple[str, str]) -> bytes:
    """Return the body with a key, a column or an element called by another name."""
    old, new = (name.encode() for name in names)
    if "json" in mimetype:
        return body.replace(b'"%b":' % old, b'"%b":' % new)
    if "xml" in mimetype:
        return body.replace(b"<%b>" % old, b"<%b>" % new).replace(b"</%b>" % old, b"</%b>" % new)
    head, line_end, rest = body.partition(b"\n")
    ending = b"\r" if head.endswith(b"\r") else b""
    cells = [new if cell == old else cell for cell in head.removesuffix(ending).split(b",")]
    return b",".join(cells) + ending + line_end + rest


def _misread(body: bytes) -> bytes:
    """Latin-1 that says it is UTF-8; where that would be the same bytes, UTF-16 without a mark."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    return text.encode("utf-16-le") if text.isascii() else text.encode("cp1252", errors="replace")


def _drip(body: bytes, stopping: threading.Event) -> Iterator[bytes]:
    for place in range(len(body)):
        if stopping.wait(SECONDS_A_BYTE):
            return
        yield body[place : place + 1]
