"""Clients over the guarded transport, for channels."""

import threading

import httpx

from monitor import __version__
from monitor.egress.guard import CONNECT_SECONDS, EgressPolicy
from monitor.egress.transport import GuardedTransport, Limits

USER_AGENT = f"heatwatch/{__version__}"


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
    """One long-lived client per channel: a new one for each request costs 50 times as much."""

    def __init__(self, policy: EgressPolicy, *, limits: Limits | None = None) -> None:
        """Keep the rules; clients are made when first asked for."""
        self._policy, self._limits = policy, limits
        self._clients: dict[tuple[str, bool], httpx.Client] = {}
        self._lock = threading.Lock()

    def client(self, slug: str, *, allow_http: bool = False) -> httpx.Client:
        """Return the client of one channel."""
        with self._lock:
            key = (slug, allow_http)
            if key not in self._clients:
                self._clients[key] = build_client(self._policy, allow_http=allow_http, limits=self._limits)
            return self._clients[key]

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()
