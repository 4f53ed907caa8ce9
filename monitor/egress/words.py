"""What went wrong on the way out, in words a person understands at 3 a.m."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import orjson

_SHOWN = 160
_TITLE = re.compile(rb"<title[^>]*>(.{1,400}?)</title", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(rb"\s*(<!--.{0,500}?-->\s*)*<(!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)
_TELLING = ("message", "error_message", "error_description", "error", "detail", "title")
_KEY_WORDS = ("key", "token", "secret", "passw", "signature", "auth", "email")
_STATUS = {
    202: "took the request and gave no data yet (202); pages that check for robots do this",
    204: "has no content (204)",
    304: "says that nothing changed (304), though it was not asked that",
    400: "does not understand the request (400)",
    401: "does not accept our key or login (401)",
    402: "wants to be paid (402)",
    403: "refuses us (403): the key lacks the right, or we are blocked",
    404: "has nothing at this address (404)",
    408: "waited too long for the request (408)",
    410: "took this address out of use (410)",
    429: "says that we ask too often (429)",
    503: "is not available at the moment (503)",
}
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "could not be reached in time"),
    (httpx.PoolTimeout, "could not be asked: too many requests were under way"),
    (httpx.TimeoutException, "did not answer whole within {seconds:.0f} s"),
    (httpx.ConnectError, "could not be reached: {error}"),
    (httpx.RemoteProtocolError, "broke off before its answer was whole: {error}"),
    (httpx.DecodingError, "sent what cannot be unpacked: {error}"),
    (httpx.ProxyError, "could not be reached over the proxy"),
    (httpx.NetworkError, "cut the connection before its answer was whole"),
)


def place(url: httpx.URL) -> str:
    """Return an address without its query, which may hold a key."""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}{url.path}"


def shown_url(url: httpx.URL) -> str:
    """Return an address with its query, without the values that look like keys."""
    private = [name for name in url.params if any(word in name.lower() for word in _KEY_WORDS)]
    for name in private:
        url = url.copy_set_param(name, "hidden")
    return str(url.copy_with(fragment=None))


def status_words(response: httpx.Response) -> str:
    """Return what a status means, and what the answer says of it."""
    status = response.status_code
    usual = f"has trouble of its own ({status})" if status >= 500 else f"answered {status}"  # noqa: PLR2004
    return _STATUS.get(status, usual) + said(response.content)


def failure_words(error: Exception, *, seconds: float) -> str:
    """Return what happened to a request that got no whole answer."""
    for kind, words in _FAILURES:
        if isinstance(error, kind):
            return words.format(error=_short(str(error)), seconds=seconds)
    return f"could not be read ({type(error).__name__})"


def said(content: bytes) -> str:
    """Return what a body says in words where data was expected, as the end of a sentence."""
    if is_page(content):
        found = _TITLE.search(content[:20_000])
        title = found.group(1).decode("utf-8", "replace") if found else ""
        return f"; its page is headed {_short(title)!r}" if title.strip() else ""
    try:
        told = orjson.loads(content[:20_000])
    except orjson.JSONDecodeError:
        told = None
    if isinstance(told, dict):
        words = next(_told(told), "")
        return f"; it says: {_short(words)!r}" if words else ""
    text = content[: 2 * _SHOWN].decode("utf-8", "replace").strip()
    return f"; it says: {_short(text)!r}" if text and content[:1] not in b"[<" else ""


def _told(body: Mapping[str, Any]) -> Iterator[str]:
    """What a body says under one of the usual keys, there or one step below."""
    inner = [each for key in _TELLING if isinstance(each := body.get(key), dict)]
    for table in (body, *inner):
        for key in _TELLING:
            found = table.get(key)
            if isinstance(found, str) and found.strip():
                yield found


def is_page(content: bytes) -> bool:
    """Whether a body is a web page."""
    return _PAGE.match(content[:1024].removeprefix(b"\xef\xbb\xbf")) is not None


def retry_after(headers: httpx.Headers, *, now: datetime) -> float | None:
    """Return how many seconds the other side asks us to wait; None if it does not say."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), 7 * 86400))
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max(0.0, (moment - now).total_seconds()), 7 * 86400.0)


def spoken_seconds(seconds: float) -> str:
    """Return a wait for people."""
    if seconds < 90:  # noqa: PLR2004
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004


def _short(text: str) -> str:
    plain = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return plain[:_SHOWN]
