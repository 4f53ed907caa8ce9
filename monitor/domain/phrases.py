"""Phrases: English text that remembers how it was made, so that it is said again in a reader's language.

A phrase is a string like any other wherever it goes. What is stored keeps beside the text how it was made
(`kept`), and has it back when read (`revived`); `retold` says all phrases of a body as they are read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from monitor.domain import spoken
from monitor.domain.wording import ENGLISH, say, say_many, speaking, tongue

PHRASES = "phrases"
_MOMENT, _DAY, _PHRASE = "moment", "day", "phrase"
_STEP = "."


def joined(sign: str, parts: Sequence[str]) -> str:
    """Return parts with a sign between them."""
    return sign.join(parts)


# What a phrase may be made by; the names are kept, so they stay.
_MAKERS: Mapping[str, Callable[..., str]] = {
    made.__name__: made
    for made in (
        say, say_many, joined, spoken.number, spoken.plain, spoken.signed, spoken.percent, spoken.age,
        spoken.long_day, spoken.day, spoken.clock, spoken.listed, spoken.parted, spoken.capital,
        spoken.clipped,
    )
}  # fmt: skip


class Phrase(str):
    """A text in English, and the call that makes it in any language.

    `call` is the maker's name, its arguments and its values; as it was stored it is read when it is needed.
    """

    __slots__ = ("call", "is_stored")
    call: Any
    is_stored: bool

    def said(self) -> str:
        """Return it in the language that is spoken now."""
        if tongue() is ENGLISH:
            return str(self)
        if self.is_stored:
            self.call, self.is_stored = _read_call(self.call), False
        made_by, of, values = self.call
        told = {key: _said(each) for key, each in values.items()}
        return _MAKERS[made_by](*(_said(each) for each in of), **told)

    def __format__(self, spec: str) -> str:
        """Within another sentence it is said as that one is."""
        return format(self.said(), spec)


def later(made: Callable[..., str], /, *of: object, **values: object) -> Phrase:
    """Return what a function of words makes, to be made again in a reader's language."""
    if tongue() is ENGLISH:
        return _phrase(made(*of, **values), (made.__name__, of, values))
    with speaking(ENGLISH):
        return _phrase(made(*of, **values), (made.__name__, of, values))


def phrase(template: str, /, **values: object) -> Phrase:
    """Return a sentence that is kept: `say`, for readers to come."""
    return later(say, template, **values)


def phrase_many(one: str, many: str, number: int, /, **values: object) -> Phrase:
    """Return a sentence about a number of things that is kept: `say_many`, for readers to come."""
    return later(say_many, one, many, number, **values)


def kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body as it is stored: plain, with how its phrases are made under a name of its own."""
    found: dict[str, Any] = {}
    _collect(body.items(), "", found)
    return {**body, PHRASES: found} if found else dict(body)


def revived(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored body as it was: what was a phrase is one again."""
    plain = dict(body)
    for path, call in (plain.pop(PHRASES, None) or {}).items():
        _put(plain, path.split(_STEP), call)
    return plain


def retold(body: Any) -> Any:
    """Return values with every phrase in them as it is said now."""
    return body if tongue() is ENGLISH else _retold(body)


def _retold(body: Any) -> Any:
    if isinstance(body, Phrase):
        return body.said()
    if isinstance(body, Mapping):
        return {key: _retold(each) for key, each in body.items()}
    return [_retold(each) for each in body] if isinstance(body, list | tuple) else body


def _said(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_said(each) for each in value]
    return value.said() if isinstance(value, Phrase) else value


def _phrase(text: str, call: Any, *, is_stored: bool = False) -> Phrase:
    made = Phrase(text)
    made.call, made.is_stored = call, is_stored
    return made


def _collect(items: Iterable[tuple[Any, Any]], path: str, found: dict[str, Any]) -> None:
    """Note how each phrase among these values is made, by its path."""
    for key, each in items:
        if isinstance(each, Phrase):
            found[f"{path}{key}"] = _stored(each)
        elif isinstance(each, dict):
            _collect(each.items(), f"{path}{key}{_STEP}", found)
        elif isinstance(each, list | tuple):
            _collect(enumerate(each), f"{path}{key}{_STEP}", found)


def _put(body: dict[str, Any], path: Sequence[str], call: Any) -> None:
    """Make the text at a path a phrase; what holds it is copied on the way."""
    part: Any = body
    for step in path[:-1]:
        key: Any = int(step) if isinstance(part, list) else step
        inner = part[key]
        part[key] = part = list(inner) if isinstance(inner, list) else dict(inner)
    last: Any = int(path[-1]) if isinstance(part, list) else path[-1]
    part[last] = _phrase(part[last], call, is_stored=True)


def _stored(value: Any) -> Any:
    """Return a value of a phrase as JSON can hold it."""
    if isinstance(value, Phrase):
        if value.is_stored:
            return value.call
        made_by, of, values = value.call
        told = {key: _stored(each) for key, each in values.items()}
        return {_PHRASE: made_by, "of": [_stored(each) for each in of], "values": told}
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, float):
        return float(value)  # whatever library's
    return [_stored(each) for each in value] if isinstance(value, list | tuple) else value


def _read_call(stored: Mapping[str, Any]) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    of = tuple(_read(each) for each in stored["of"])
    return stored[_PHRASE], of, {key: _read(each) for key, each in stored["values"].items()}


def _read(stored: Any) -> Any:
    if isinstance(stored, list):
        return [_read(each) for each in stored]
    if not isinstance(stored, Mapping):
        return stored
    if _MOMENT in stored:
        return datetime.fromisoformat(stored[_MOMENT])
    if _DAY in stored:
        return date.fromisoformat(stored[_DAY])
    # What is only said within another needs no English text of its own.
    return _phrase("", _read_call(stored))
