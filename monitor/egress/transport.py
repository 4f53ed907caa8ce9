"""The guarded transport: an httpx transport over an own connection pool, with limits on time and size."""

import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from monitor.domain.errors import MonitorError
from monitor.egress.deadline import DeadlineBackend, deadline
from monitor.egress.guard import EgressPolicy, EgressRefused, GuardedBackend, Resolver, resolve

REMOTE_ADDRESS = "remote_address"
_CHUNK = 65_536
_ENCODED = {"content-encoding", "content-length", "transfer-encoding"}
_ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.NetworkError, httpx.ReadError),
    (httpcore.ProxyError, httpx.ProxyError),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
)


class AnswerTooLarge(MonitorError):
    """An answer is larger than its reader allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long one request may take, and how much of its answer is read.

    `is_cut`: an answer that is too large is cut there (webhooks); otherwise it is refused (sources).
    """

    total_seconds: float = 15.0
    max_bytes: int = 65_536
    is_cut: bool = True


class GuardedTransport(httpx.BaseTransport):
    """Sends only what the guard lets out; reads the answer whole, within its limits."""

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        allow_http: bool = False,
        limits: Limits | None = None,
        resolver: Resolver = resolve,
        most_connections: int = 4,
    ) -> None:
        """Make an own pool: one shared between channels would share its connections."""
        self._limits = limits or Limits()
        self._schemes = {"https", "http"} if allow_http else {"https"}
        backend = GuardedBackend(policy, allow_http=allow_http, resolver=resolver)
        self._pool = _pool(policy, backend, most_connections)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its answer, already read; its extension `seconds` is its own limit."""
        self._check(request.url)
        seconds = request.extensions.get("seconds", self._limits.total_seconds)
        with _as_httpx_errors(), deadline(seconds):
            answer = self._pool.handle_request(_core_request(request))
            try:
                remote = _remote_address(answer)
                raw, is_whole = self._read(answer)
            finally:
                answer.close()
        headers = httpx.Headers(answer.headers)
        content = self._decoded(raw, headers.get("content-encoding", ""), is_whole=is_whole)
        return httpx.Response(
            status_code=answer.status,
            headers=[(name, value) for name, value in headers.multi_items() if name.lower() not in _ENCODED],
            content=content,
            extensions={REMOTE_ADDRESS: remote},
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def _check(self, url: httpx.URL) -> None:
        if url.scheme not in self._schemes:
            raise EgressRefused(f"addresses beginning with {url.scheme or 'nothing'}:// are not let out")
        if url.userinfo:
            raise EgressRefused("an address may not carry a user name or password")
        if not url.host:
            raise EgressRefused("an address needs a host")

    def _read(self, answer: httpcore.Response) -> tuple[bytes, bool]:
        """Read up to the limit; say whether that was all."""
        content = bytearray()
        for part in answer.iter_stream():
            content += part
            if len(content) > self._limits.max_bytes:
                return self._too_much(bytes(content)), False
        return bytes(content), True

    def _decoded(self, raw: bytes, encoding: str, *, is_whole: bool) -> bytes:
        """Undo gzip within the limit, so that a small answer cannot unfold into a huge one."""
        if encoding.lower() not in {"gzip", "x-gzip"}:
            if self._limits.is_cut or encoding.lower() in {"", "identity"}:
                return raw
            raise httpx.DecodingError(f"it is packed as {encoding[:40]!r}, which we did not ask for")
        decoder = zlib.decompressobj(wbits=31)
        try:
            content = decoder.decompress(raw, self._limits.max_bytes + 1)
        except zlib.error:
            raise httpx.DecodingError("the answer is not the gzip it says it is") from None
        if len(content) > self._limits.max_bytes:
            return self._too_much(content)
        if is_whole and not decoder.eof:
            raise httpx.DecodingError("the answer's gzip ends too early")
        return content

    def _too_much(self, content: bytes) -> bytes:
        if not self._limits.is_cut:
            raise AnswerTooLarge(f"the answer is larger than {self._limits.max_bytes:,} bytes")
        return content[: self._limits.max_bytes]


@cache
def tls_context() -> ssl.SSLContext:
    """Return what all connections check certificates with; made once, since reading the roots takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


def _pool(policy: EgressPolicy, backend: GuardedBackend, most: int) -> httpcore.ConnectionPool:
    context = tls_context()
    if policy.proxy is None:
        return httpcore.ConnectionPool(
            ssl_context=context, network_backend=backend, max_connections=most, keepalive_expiry=30.0
        )
    # The operator's proxy resolves and checks; the guard's own checks of the address are its job then.
    return httpcore.HTTPProxy(
        proxy_url=policy.proxy,
        ssl_context=context,
        network_backend=DeadlineBackend(),
        max_connections=most,
        keepalive_expiry=30.0,
    )


def _core_request(request: httpx.Request) -> httpcore.Request:
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        ),
        headers=request.headers.raw,
        content=request.read(),
        extensions=request.extensions,
    )


def _remote_address(answer: httpcore.Response) -> str:
    stream = answer.extensions.get("network_stream")
    try:
        address = stream.get_extra_info("server_addr") if stream else None
    except OSError:  # the other side has already hung up
        address = None
    return str(address[0]) if address else ""


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for core, outer in _ERRORS:
            if isinstance(error, core):
                raise outer(str(error) or type(error).__name__) from error
        raise
