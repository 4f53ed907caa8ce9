"""What an answer's body must be before a value is looked for in it: JSON, not a page and not cut off."""

import codecs
import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer

_SHOWN = 160
_MOST_DIGITS = 25


def json_of(answer: Answer, *, what: str) -> Any:
    """Return the answer's JSON; `what` names it in errors ("page 3 of the events")."""
    return json_body(answer.content, content_type=answer.headers.get("content-type", ""), what=what)


def json_body(content: bytes, *, content_type: str = "", what: str) -> Any:
    """Return a body's JSON; SourceError says what else it is."""
    refuse_pages(content, content_type=content_type, what=what)
    try:
        return orjson.loads(content.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise SourceError(
            f"{what} is no JSON ({error.msg} at position {error.pos}), or it was cut off"
        ) from None


def refuse_pages(content: bytes, *, content_type: str, what: str) -> None:
    """Raise SourceError if a body is empty or a web page: an answer is not a value."""
    start = content[:1024].removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        raise SourceError(f"{what} is empty")
    if start[:1] == b"<" or "html" in content_type.lower():
        raise SourceError(f"{what} is a page, not data: {shown(start)}")


def object_of(found: object, *, what: str) -> Mapping[str, Any]:
    """Return the JSON object that something must be."""
    if not isinstance(found, dict):
        raise SourceError(f"{what} is no JSON object but {shown(found)}")
    return found


def rows_of(found: Mapping[str, Any], key: str, *, what: str) -> Sequence[Mapping[str, Any]]:
    """Return the list of objects under a key; SourceError says what is there instead."""
    rows = found.get(key)
    if not isinstance(rows, list):
        told = ", ".join(sorted(map(str, found)))[:_SHOWN]
        raise SourceError(f"{what} has no list {key!r}; it has: {told or 'nothing'}{said(found)}")
    for place, row in enumerate(rows):
        if not isinstance(row, dict):
            raise SourceError(f"{what}: entry {place} of {key!r} is no object but {shown(row)}")
    return rows


def said(found: object) -> str:
    """Return what an answer says in words where data was expected, as the end of a sentence."""
    if isinstance(found, dict):
        for key in ("message", "error_description", "error", "detail", "messages"):
            if isinstance(found.get(key), str | list) and found[key]:
                return f"; it says: {shown(found[key])}"
    return ""


def shown(value: object) -> str:
    """Return a short, single-line text of whatever came."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    plain = " ".join("".join(each if each.isprintable() else " " for each in text[: _SHOWN * 2]).split())
    return repr(plain[:_SHOWN])


def number(value: object) -> float | None:
    """Return a number given as such or as text, None where it is missing; ValueError if it is none."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise ValueError(shown(value))  # noqa: TRY004 - one error for whatever is no number
    if isinstance(value, str):
        plain = value.strip()
        if not plain:
            return None
        if "_" in plain or len(plain) > _MOST_DIGITS:
            raise ValueError(plain)
        value = plain
    if not isinstance(value, int | float | str):
        raise ValueError(str(type(value)))  # noqa: TRY004 - one error for whatever is no number
    try:
        found = float(value)
    except OverflowError:
        raise ValueError(shown(value)) from None
    if not math.isfinite(found):
        raise ValueError(shown(value))
    return found


def whole(value: object) -> int | None:
    """Return a whole number given as such or as text, None where it is missing; ValueError if it is none."""
    found = number(value)
    if found is None:
        return None
    if found != int(found) or abs(found) > 2**53:
        raise ValueError(shown(value))
    return int(found)


def text_of(row: Mapping[str, Any], key: str) -> str:
    """Return a cell's text, "" where it is missing."""
    value = row.get(key)
    return "" if value is None else str(value).strip()
