"""One request on its way out: its parts, its secrets kept apart, and what becomes of both at a redirect."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx
import orjson

from monitor.domain.errors import SourceError

_KEEPS_METHOD = {307, 308}
# Headers that let somebody in are secrets, however they came.
_PRIVATE = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request. `url` holds no secret until `secrets` (query values, or form fields of a POST) are added."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    form: Mapping[str, str] | None = None

    @property
    def host(self) -> str:
        """Who is asked: host and port."""
        return f"{self.url.host}:{self.url.port or (443 if self.url.scheme == 'https' else 80)}"

    @property
    def identity(self) -> str:
        """A digest of what is asked for, secrets left out."""
        return _digest([self.method, str(self.url), _plain(self.headers), self.json, self.form])

    @property
    def whole_identity(self) -> str:
        """A digest of all that is sent."""
        return _digest([self.identity, dict(self.secrets), dict(self.secret_headers)])

    def built(self, *, agent: str, seconds: float) -> httpx.Request:
        """Return it as it is sent."""
        headers = {
            "user-agent": agent, "accept-encoding": "gzip", **self.headers, **self.secret_headers,
        }  # fmt: skip
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
        return httpx.Request(
            self.method,
            self.url if self._has_body else _with(self.url, self.secrets),
            headers=headers,
            json=self.json if self.form is None else None,
            data={**self.form, **self.secrets} if self.form is not None else None,
            extensions={"timeout": timeout, "seconds": seconds},
        )

    def redirected(self, status: int, location: str) -> "Outgoing":
        """Return the request that a redirect leads to; SourceError where it would give something away."""
        try:
            url = self.url.join(location)
        except (httpx.InvalidURL, UnicodeError):
            raise SourceError("it sends us on to an address that is none") from None
        if self.url.scheme == "https" and url.scheme != "https":
            raise SourceError("it sends us on from https to an address that is not encrypted", permanent=True)
        keeps_body = self._has_body and status in _KEEPS_METHOD
        on = replace(self, url=url, secrets=self.secrets if keeps_body else {})
        if self._has_body and not keeps_body:
            on = replace(on, method="GET", json=None, form=None)
        if (url.scheme, on.host) == (self.url.scheme, self.host):
            return on
        if keeps_body and self.secrets:
            raise SourceError(f"it sends our login on to another host, {url.host}", permanent=True)
        return replace(on, headers=_plain(self.headers), secret_headers={})

    @property
    def _has_body(self) -> bool:
        return self.method == "POST"


def outgoing(method: str, url: str, *, params: Mapping[str, str] | None, **parts: object) -> Outgoing:
    """Return a request; SourceError if its address is none."""
    try:
        address = httpx.URL(url)
        if not address.host or address.scheme not in {"http", "https"}:
            raise SourceError("its address is none: one begins with https://", permanent=True)
        given = {name: value or {} for name, value in parts.items() if name not in {"json", "form"}}
        bodies = {name: value for name, value in parts.items() if name in {"json", "form"}}
        return Outgoing(method=method, url=_with(address, params or {}), **given, **bodies)  # type: ignore[arg-type]
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise SourceError("its address is none: one begins with https://", permanent=True) from None


def _with(url: httpx.URL, values: Mapping[str, str]) -> httpx.URL:
    return url.copy_merge_params(dict(values)) if values else url


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _PRIVATE}


def _digest(parts: object) -> str:
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
