"""Clients over the guarded transport, and the fetch that retries, for sources."""

import threading
from collections.abc import Mapping

import httpx
import stamina

from monitor import __version__
from monitor.domain.errors import SourceError
from monitor.egress.guard import CONNECT_SECONDS, EgressPolicy, EgressRefused
from monitor.egress.transport import AnswerTooLarge, GuardedTransport, Limits

USER_AGENT = f"heatwatch/{__version__}"
FETCH_LIMITS = Limits(total_seconds=60.0, max_bytes=20 * 1024 * 1024, is_cut=False)
_SERVER_ERRORS = range(500, 600)
_TRY_AGAIN = {408, 425, 429, *_SERVER_ERRORS}
_PERMANENT = range(400, 500)
_OK = 200


def build_client(
    policy: EgressPolicy, *, allow_http: bool = False, limits: Limits | None = None
) -> httpx.Client:
    """Return a client that follows no redirect, reads no environment and passes the guard."""
    limits = limits or Limits()
    return httpx.Client(
        transport=GuardedTransport(policy, allow_http=allow_http, limits=limits),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(limits.total_seconds, connect=CONNECT_SECONDS),
        headers={"user-agent": USER_AGENT, "accept-encoding": "gzip"},
    )


class Clients:
    """One long-lived client per channel or source: a new one for each request costs 50 times as much."""

    def __init__(self, policy: EgressPolicy, *, limits: Limits | None = None) -> None:
        """Keep the rules; clients are made when first asked for."""
        self._policy, self._limits = policy, limits
        self._clients: dict[tuple[str, bool], httpx.Client] = {}
        self._lock = threading.Lock()

    def client(self, slug: str, *, allow_http: bool = False) -> httpx.Client:
        """Return the client of one channel or source."""
        with self._lock:
            key = (slug, allow_http)
            if key not in self._clients:
                self._clients[key] = build_client(self._policy, allow_http=allow_http, limits=self._limits)
            return self._clients[key]


def fetch(client: httpx.Client, url: str, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Return a source's 200 answer, after up to three tries; its address is named without the query."""
    try:
        for attempt in stamina.retry_context(
            on=(httpx.TransportError, _Busy), attempts=3, timeout=90.0, wait_initial=0.5, wait_jitter=0.5
        ):
            with attempt:
                return _answer(client.get(url, headers=dict(headers or {})))
    except (EgressRefused, AnswerTooLarge) as error:
        raise SourceError(str(error), permanent=True) from error
    except _Busy as error:
        raise SourceError(f"{_place(url)} answered {error}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(f"{_place(url)} could not be read: {type(error).__name__}") from error
    raise AssertionError


class _Busy(Exception):
    """A status that may be gone at the next try."""


def _answer(response: httpx.Response) -> httpx.Response:
    status, place = response.status_code, _place(str(response.request.url))
    if status == _OK:
        return response
    if status in _TRY_AGAIN:
        raise _Busy(str(status))
    moved = f" and points to {_place(response.headers['location'])}" if "location" in response.headers else ""
    raise SourceError(f"{place} answered {status}{moved}", permanent=status in _PERMANENT)


def _place(url: str) -> str:
    """The address without its query, which may hold a key."""
    return url.partition("?")[0].partition("#")[0]
