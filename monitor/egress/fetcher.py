"""The one guarded way out for sources: what a run asks, what it may not show, and what it leaves behind."""

import hashlib
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from monitor import __version__
from monitor.domain.errors import Postponed, SourceError
from monitor.domain.fetched import RawAnswer, Validator
from monitor.domain.harvest import Answer, Pace, Unchanged
from monitor.domain.mask import Mask
from monitor.domain.source import Source
from monitor.egress.attempts import Attempts, Way
from monitor.egress.guard import EgressPolicy
from monitor.egress.outgoing import Outgoing, outgoing
from monitor.egress.replay import SECRET_ANSWER, ReplayFetchers, outline
from monitor.egress.sharing import SharedAnswers
from monitor.egress.transport import GuardedTransport, Limits
from monitor.egress.words import shown_url

LIMITS = Limits(total_seconds=60.0, max_bytes=64 * 1024 * 1024, is_cut=False)
MOST_CONNECTIONS = 64
_MOST_KEPT_BYTES = 32 * 1024 * 1024
_LONGEST_SECONDS = 300.0
_NOT_MODIFIED = 304
_KEPT_HEADERS = frozenset({"content-type", "etag", "last-modified", "date"})
_OK = frozenset({200})
_Given = TypeVar("_Given")


class PoliteFetchers:
    """Gives each run its way out; turns at hosts and answers are shared by all runs of the process."""

    def __init__(
        self, policy: EgressPolicy, *, contact: str = "", keeps: bool = True, way: Way | None = None
    ) -> None:
        """Keep the rules; `contact` is where somebody who minds us can write to.

        `keeps`: whether runs leave the answers as they came.
        """
        self._keeps = keeps
        agent = f"heatwatch/{__version__}" + (f" ({contact})" if contact else "")
        self._policy, self._way = policy, way or Way(agent=agent)
        self._shared = SharedAnswers()
        self._transports: dict[bool, httpx.BaseTransport] = {}
        self._lock = threading.Lock()

    def fetcher(
        self,
        source: Source,
        *,
        mask: Mask,
        pace: Pace | None = None,
        validators: Mapping[str, Validator] | None = None,
    ) -> "RunFetcher":
        """Return the way out for one run; `validators` are what its last good run left."""
        allows_http = source.settings.get("allow_http") is True
        return RunFetcher(
            source=source.slug,
            way=self._way,
            transport=self._transport(allows_http=allows_http),
            shared=self._shared,
            pace=_pace(source, pace or Pace()),
            mask=mask,
            known=validators or {},
            scheme="http" if allows_http else "https",
            keeps=self._keeps,
        )

    def replaying(self, answers: Sequence[RawAnswer]) -> "ReplayFetchers":
        """Return a way out that leads nowhere: what is asked is answered from these."""
        return ReplayFetchers(answers)

    def close(self) -> None:
        """Close all connections; the next run opens new ones."""
        with self._lock:
            for transport in self._transports.values():
                transport.close()
            self._transports.clear()

    def _transport(self, *, allows_http: bool) -> httpx.BaseTransport:
        """One for all sources: it keeps no cookie and no login."""
        with self._lock:
            if allows_http not in self._transports:
                self._transports[allows_http] = GuardedTransport(
                    self._policy, allow_http=allows_http, limits=LIMITS, most_connections=MOST_CONNECTIONS
                )
            return self._transports[allows_http]


@dataclass(slots=True, kw_only=True)
class RunFetcher:
    """The way out of one run. `validators` and `kept` are what it leaves behind."""

    source: str
    way: Way
    transport: httpx.BaseTransport
    shared: SharedAnswers
    pace: Pace
    mask: Mask
    known: Mapping[str, Validator] = field(default_factory=dict)
    scheme: str = "https"
    keeps: bool = True
    validators: dict[str, Validator] = field(default_factory=dict)
    kept: list[RawAnswer] = field(default_factory=list)
    _visited: set[str] = field(default_factory=set)
    _read: dict[str, RawAnswer] = field(default_factory=dict)

    def get(  # noqa: PLR0913 - all of a request
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        secret_headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = _OK,
        revalidate: bool = False,
        seconds: float | None = None,
    ) -> Answer:
        """Read one resource, once in a run; Unchanged if it was to be told apart and is the same."""
        request = self._request(
            "GET", url, params=params, headers=headers, secrets=secrets, secret_headers=secret_headers
        )
        read = self._read.get(request.whole_identity)
        if read is not None and read.body is not None and read.status in accept and not revalidate:
            return _answer_of(read)
        validator = self.known.get(request.identity) if revalidate else None
        asked = _conditional(request, validator) if validator else request
        wanted = accept | {_NOT_MODIFIED} if validator else accept
        key = f"{self.scheme} {sorted(wanted)} {asked.whole_identity}"
        answer = self._masked(
            lambda: self.shared.get(key, self.source, lambda: self._sent(asked, wanted, seconds))
        )
        if revalidate:
            self._tell_apart(request, answer, validator)
        self._read[request.whole_identity] = self._keep(request, answer)
        return answer

    def post(  # noqa: PLR0913 - all of a request
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        secret_headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = _OK,
        is_secret: bool = False,
    ) -> Answer:
        """Ask by POST; `secrets` are then further form fields. `is_secret`: the answer is never kept."""
        is_form = form is not None or (bool(secrets) and json is None)
        body = {"form": form or {}} if is_form else {"json": json}
        request = self._request(
            "POST",
            url,
            params=params,
            headers=headers,
            secrets=secrets,
            secret_headers=secret_headers,
            **body,
        )
        answer = self._masked(lambda: self._sent(request, accept, None))
        self._keep(request, answer, is_secret=is_secret)
        return answer

    def _request(self, method: str, url: str, *, params: Any, **parts: Any) -> Outgoing:
        """Everything that is secret is hidden from now on, whoever shows it."""
        for name in ("secrets", "secret_headers"):
            self.mask.hide(*(parts[name] or {}).values())
        return self._masked(lambda: outgoing(method, url, params=params, **parts))

    def _sent(self, request: Outgoing, accept: frozenset[int], seconds: float | None) -> Answer:
        limit = min(seconds or LIMITS.total_seconds, _LONGEST_SECONDS)
        attempts = Attempts(
            way=self.way, transport=self.transport, pace=self.pace, accept=accept, seconds=limit,
            visited=self._visited,
        )  # fmt: skip
        response, final = attempts.send(request)
        return Answer(
            url=self.mask.cover(shown_url(final.url)),
            content=response.content,
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
        )

    def _masked(self, ask: Callable[[], _Given]) -> _Given:
        """No error shows a secret, not even one that the other side repeats."""
        try:
            return ask()
        except SourceError as error:
            kind = Postponed if isinstance(error, Postponed) else SourceError
            raise kind(
                self.mask.cover(str(error)),
                permanent=error.permanent,
                retry_after_seconds=error.retry_after_seconds,
            ) from None

    def _tell_apart(self, request: Outgoing, answer: Answer, known: Validator | None) -> None:
        """Raise Unchanged where the server says so, or where it sends the same bytes again."""
        if known is not None and answer.status == _NOT_MODIFIED:
            self.validators[request.identity] = known
            raise Unchanged
        found = Validator(
            etag=answer.headers.get("etag", ""),
            modified=answer.headers.get("last-modified", ""),
            digest=hashlib.sha256(answer.content).hexdigest(),
        )
        self.validators[request.identity] = found
        if known is not None and known.digest == found.digest:
            raise Unchanged

    def _keep(self, request: Outgoing, answer: Answer, *, is_secret: bool = False) -> RawAnswer:
        raw = RawAnswer(
            request=request.identity,
            method=request.method,
            url=answer.url,
            status=answer.status,
            size=len(answer.content),
            headers={name: value for name, value in answer.headers.items() if name in _KEPT_HEADERS},
            **self._body(answer.content, is_secret=is_secret),
        )
        if self.keeps:
            self.kept.append(raw)
        return raw

    def _body(self, content: bytes, *, is_secret: bool) -> dict[str, Any]:
        if not self.keeps:
            return {}
        if is_secret:
            return {"reason": SECRET_ANSWER, "body": outline(content)}
        if self.mask.is_in(content):
            return {"reason": "it repeats a secret of ours"}
        body = zlib.compress(content, 6)
        if len(body) + sum(len(each.body or b"") for each in self.kept) > _MOST_KEPT_BYTES:
            return {"reason": "the answers of this run are too large to keep"}
        return {"body": body}


def _answer_of(read: RawAnswer) -> Answer:
    return Answer(
        url=read.url, status=read.status, headers=read.headers, content=zlib.decompress(read.body or b"")
    )


def _conditional(request: Outgoing, validator: Validator) -> Outgoing:
    asked = {"if-none-match": validator.etag, "if-modified-since": validator.modified}
    headers = {**request.headers, **{name: value for name, value in asked.items() if value}}
    return Outgoing(
        method=request.method, url=request.url, headers=headers, secrets=request.secrets,
        secret_headers=request.secret_headers,
    )  # fmt: skip


def _pace(source: Source, usual: Pace) -> Pace:
    """The pace that the source's settings ask for, else its kind's own."""
    pause, at_once = source.settings.get("pause_seconds"), source.settings.get("at_once")
    return Pace(
        pause_seconds=float(pause) if isinstance(pause, int | float) else usual.pause_seconds,
        at_once=at_once if isinstance(at_once, int) and at_once > 0 else usual.at_once,
        tries=usual.tries,
    )
