"""A request by settings: its address, the days asked for, and where a token goes."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, TypedDict

from pydantic import Field, field_validator, model_validator

from monitor.domain.harvest import Answer, Ask, Fetcher, Window
from monitor.sources.settings import Secret, WebSettings, key

_PLACEHOLDER = re.compile(r"\{(first|last|end)(?::([^{}]{1,40}))?\}")
_SECRET_HEADERS = re.compile(r"authorization|cookie|key|token|secret|password", re.IGNORECASE)
_FACTORS = {"seconds": 1, "milliseconds": 1000}
_OK, _NOT_FOUND = 200, 404


class RequestSettings(WebSettings):
    """What is asked of a server."""

    url: str = key(
        "Its address; empty for files that are uploaded. `{first}`, `{last}` and `{end}` (the day after) "
        "stand for the days asked for; `{first:%Y%m%d}` in a format, `{first:seconds}`, or "
        "`{first:milliseconds}`",
        "https://data.example.org/prices.csv?from={first}", "",
    )  # fmt: skip
    params: dict[str, str] = key(
        "Further parts of the query, with the same placeholders", {"iso3": "MLI"}, {}
    )
    headers: dict[str, str] = key(
        "Headers of the request; none that hold a secret", {"accept": "text/csv"}, {}
    )
    token: Secret | None = key("A key or token that the server wants", {"secret": "eia-key"}, None)
    token_param: str = key("The part of the query that the token is", "api_key", "")
    token_header: str = key("Or the header it is", "authorization", "")
    token_prefix: str = key("What stands before it in the header", "Bearer ", "")
    days: Annotated[int, Field(ge=1, le=36_600)] = key(
        "How many days up to today are asked for, where nothing else says so", 90, 30
    )
    absent_is_empty: bool = key("Whether 404 means that there is nothing, and no fault", True, False)

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("expected an address beginning with https://")
        return url

    @field_validator("headers")
    @classmethod
    def _hold_no_secret(cls, headers: dict[str, str]) -> dict[str, str]:
        if wrong := [name for name in headers if _SECRET_HEADERS.search(name)]:
            raise ValueError(f"{wrong[0]} would show a secret; give token and token_header instead")
        return headers

    @model_validator(mode="after")
    def _token_has_a_place(self) -> "RequestSettings":
        if bool(self.token) != (bool(self.token_param) != bool(self.token_header)):
            raise ValueError("token goes with either token_param or token_header")
        return self


def window_of(settings: RequestSettings, ask: Ask, *more: object) -> Window | None:
    """Return the days that the request asks for, None if it names none; `more` may hold placeholders too."""
    if not any(map(_has_placeholder, (settings.url, settings.params, *more))):
        return None
    if ask.window is not None:
        return ask.window
    today = ask.now.astimezone(UTC).date()
    return Window(first=today - timedelta(days=settings.days - 1), last=today)


def filled(given: Any, window: Window | None) -> Any:
    """Return a text, or all texts of a table or list, with the days asked for in place of placeholders."""
    if isinstance(given, str):
        return given if window is None else _PLACEHOLDER.sub(lambda found: _day(found, window), given)
    if isinstance(given, Mapping):
        return {name: filled(value, window) for name, value in given.items()}
    if isinstance(given, list | tuple):
        return [filled(value, window) for value in given]
    return given


def get(
    settings: RequestSettings,
    ask: Ask,
    fetcher: Fetcher,
    *,
    window: Window | None,
    params: Mapping[str, str] | None = None,
    url: str = "",
    is_whole: bool = True,
) -> Answer | None:
    """Return the answer, None where the server says that there is nothing.

    `params`: further parts of the query; `url` instead of the settings' own; `is_whole`: it is one resource,
    so it may be asked only for what changed.
    """
    accept = frozenset({_OK, _NOT_FOUND}) if settings.absent_is_empty else frozenset({_OK})
    query = {**filled(settings.params, window), **(params or {})} if not url else dict(params or {})
    answer = fetcher.get(
        url or filled(settings.url, window),
        params=query or None,
        headers=settings.headers or None,
        accept=accept,
        revalidate=is_whole and window is None,
        **token_of(settings, ask),
    )
    return None if answer.status == _NOT_FOUND else answer


class Token(TypedDict, total=False):
    """A token as the argument of a request that it is."""

    secrets: Mapping[str, str]
    secret_headers: Mapping[str, str]


def token_of(settings: RequestSettings, ask: Ask) -> Token:
    """Return the token as the argument of a request that it is."""
    if settings.token is None:
        return {}
    secret = ask.secret("token")
    if settings.token_param:
        return {"secrets": {settings.token_param: secret}}
    return {"secret_headers": {settings.token_header: f"{settings.token_prefix}{secret}"}}


def _has_placeholder(given: object) -> bool:
    if isinstance(given, str):
        return _PLACEHOLDER.search(given) is not None
    if isinstance(given, Mapping):
        return any(map(_has_placeholder, given.values()))
    return isinstance(given, list | tuple) and any(map(_has_placeholder, given))


def _day(found: re.Match[str], window: Window) -> str:
    word, form = found.groups()
    day = {"first": window.first, "last": window.last, "end": window.last + timedelta(days=1)}[word]
    moment = datetime.combine(day, time(), UTC)
    if form in _FACTORS:
        return str(int(moment.timestamp()) * _FACTORS[form])
    return moment.strftime(form) if form else day.isoformat()
