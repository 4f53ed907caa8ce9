"""Pages of the UCDP GED API: events of a release, from page 0 along NextPageUrl to the last."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Fetcher
from monitor.sources.parsing.bodies import json_of, object_of, rows_of, shown, whole

PAGE_SIZE = 1000
_MOST_PAGES = 2000
# A page of 1,000 events may take the server a minute or more.
_SECONDS = 90.0
_UNAUTHORISED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404

Rows = list[Mapping[str, Any]]


def rows_of_release(fetcher: Fetcher, address: str, *, token: str, params: Mapping[str, str]) -> Rows | None:
    """Return all events at the address of a release; None if there is no such release."""
    rows: Rows = []
    for place, (answer, body) in enumerate(_pages(fetcher, address, token=token, params=params)):
        if answer is None:
            return None
        what = f"page {place} of {address}"
        rows += rows_of(body, "Result", what=what)
        total = _total(body, what=what)
    known = {str(row.get("id")) for row in rows}
    if len(known) != len(rows):
        raise SourceError(f"{address} gave {len(rows) - len(known)} events twice: its pages repeat")
    if len(rows) != total:
        raise SourceError(f"{address} says it has {total} events and gave {len(rows)}; nothing was stored")
    return rows


def _pages(
    fetcher: Fetcher, address: str, *, token: str, params: Mapping[str, str]
) -> Iterator[tuple[Answer | None, Mapping[str, Any]]]:
    first = {"pagesize": str(PAGE_SIZE), "page": "0", **params}
    answer = _page(fetcher, address, token=token, params=first)
    asked = {address}
    while answer.status != _NOT_FOUND:
        body = object_of(json_of(answer, what=f"page {len(asked) - 1} of {address}"), what=address)
        yield answer, body
        following = body.get("NextPageUrl") or ""
        if not following:
            return
        following = _same_place(str(following), address)
        if following in asked or len(asked) >= _MOST_PAGES:
            raise SourceError(f"{address}: page {len(asked)} was given before; its pages do not end")
        asked.add(following)
        answer = _page(fetcher, following, token=token, params=None)
    yield None, {}


def _page(fetcher: Fetcher, url: str, *, token: str, params: Mapping[str, str] | None) -> Answer:
    answer = fetcher.get(
        url,
        params=params,
        secret_headers={"x-ucdp-access-token": token},
        accept=frozenset({200, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND}),
        seconds=_SECONDS,
    )
    if answer.status in {_UNAUTHORISED, _FORBIDDEN}:
        message = (
            f"UCDP refused the token ({answer.status}): ask for one at ucdp.uu.se/apidocs, and keep it as "
            "the secret that the setting token names"
        )
        raise SourceError(message, permanent=True)
    return answer


def _same_place(following: str, address: str) -> str:
    """Return the next page's address on the host that was asked; any other is refused."""
    told, asked = urlsplit(following), urlsplit(address)
    if told.hostname != asked.hostname or told.path.rstrip("/") != asked.path.rstrip("/"):
        raise SourceError(f"{address}: the next page is at another place, {shown(told.netloc + told.path)}")
    return urlunsplit((asked.scheme, asked.netloc, asked.path, told.query, ""))


def _total(body: Mapping[str, Any], *, what: str) -> int:
    try:
        total = whole(body.get("TotalCount"))
    except ValueError:
        total = None
    if total is None:
        raise SourceError(f"{what} has no TotalCount; the layout of the API may have changed")
    return total
