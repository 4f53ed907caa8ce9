"""The one guarded way out for sources."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.harvest import Answer
from monitor.domain.source import Source
from monitor.egress.client import FETCH_LIMITS, Clients, fetch
from monitor.egress.guard import EgressPolicy


class PoliteFetchers:
    """Gives each run its way out, over one guarded client a source."""

    def __init__(self, policy: EgressPolicy) -> None:
        """Keep the rules; clients are made when first asked for."""
        self._clients = Clients(policy, limits=FETCH_LIMITS)

    def fetcher(self, source: Source) -> "RunFetcher":
        """Return the way out for one run."""
        return RunFetcher(self._clients, source)


class RunFetcher:
    """The way out of one run of one source."""

    def __init__(self, clients: Clients, source: Source) -> None:
        """Take the client of the source."""
        self._client = clients.client(source.slug, allow_http=bool(source.settings.get("allow_http")))

    def get(  # noqa: PLR0913 - all of a request
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None, secret_headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset({200}), revalidate: bool = False, seconds: float | None = None,
    ) -> Answer:  # fmt: skip
        """Read one resource."""
        del params, secrets, accept, revalidate, seconds
        answer = fetch(self._client, url, headers={**(headers or {}), **(secret_headers or {})})
        return Answer(url=url, content=answer.content, headers=dict(answer.headers.items()))

    def post(self, url: str, **request: Any) -> Answer:
        """Ask by POST."""
        raise NotImplementedError(url, request)
