"""Pages of ACLED: rows from page 1 until a short page, or one that brings no new event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.domain.errors import SourceError
from monitor.sources.acled.login import NO_RIGHTS, Account, is_about_rights
from monitor.sources.parsing.bodies import json_of, object_of, rows_of, text_of, whole

_MOST_PAGES = 500
ID = "event_id_cnty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Rows of all pages. `is_cut`: the account was given one page again, and there may be more events."""

    rows: Sequence[Mapping[str, Any]]
    is_cut: bool = False


def all_pages(account: Account, path: str, params: Mapping[str, str], *, size: int) -> Pages:
    """Return all rows; SourceError if a page is none, or if there are fewer rows than announced."""
    found: dict[str, Mapping[str, Any]] = {}
    for page in range(1, _MOST_PAGES + 1):
        asked = {"_format": "json", "limit": str(size), "page": str(page), "with_total": "true", **params}
        rows, total = _rows(account.get(path, asked), what=f"page {page} of ACLED's {path}")
        new = {identity: row for row in rows if (identity := text_of(row, ID)) and identity not in found}
        found |= new
        if len(rows) < size or not new:
            is_cut = bool(rows) and not new
            if total is not None and len(found) < total:
                message = f"ACLED says {path} has {total} rows and gave {len(found)}; nothing was stored"
                raise SourceError(message)
            return Pages(rows=list(found.values()), is_cut=is_cut and total is None)
    raise SourceError(f"ACLED's {path} does not end after {_MOST_PAGES} pages; narrow since or countries")


def _rows(answer: Any, *, what: str) -> tuple[Sequence[Mapping[str, Any]], int | None]:
    body = object_of(json_of(answer, what=what), what=what)
    messages = [str(body[key]) for key in ("message", "messages", "error") if body.get(key)]
    if "data" not in body and any(is_about_rights(each) for each in messages):
        raise SourceError(NO_RIGHTS, permanent=True)
    rows = rows_of(body, "data", what=what)
    if body.get("success") is False:
        raise SourceError(f"{what}: ACLED says it was no success; {'; '.join(messages)[:160]}")
    if rows and ID not in rows[0]:
        raise SourceError(f"{what}: rows have no {ID}; their layout has changed", permanent=True)
    try:
        return rows, whole(body.get("total_count"))
    except ValueError:
        return rows, None
