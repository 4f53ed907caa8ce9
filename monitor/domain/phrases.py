"""Phrases: English text that remembers how it was made, so that it is said again in a reader's language.

A phrase is a string like any other wherever it goes. What is stored keeps beside the text how it was made
(`kept`), and has it back when read (`revived`); `retold` says all phrases of a body as they are read.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from monitor.domain import spoken
from monitor.domain.wording import ENGLISH, say, say_many, speaking, tongue

PHRASES = "phrases"
_MOMENT, _DAY, _PHRASE = "moment", "day", "phrase"


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
    """A text in English, and the call that makes it in any language."""

    __slots__ = ("made_by", "of", "values")
    made_by: str
    of: tuple[Any, ...]
    values: Mapping[str, Any]

    def said(self) -> str:
        """Return it in the language that is spoken now."""
        values = {key: _said(each) for key, each in self.values.items()}
        return _MAKERS[self.made_by](*(_said(each) for each in self.of), **values)

    def __format__(self, spec: str) -> str:
        """Within another sentence it is said as that one is."""
        return format(self.said(), spec)


def later(made: Callable[..., str], /, *of: object, **values: object) -> Phrase:
    """Return what a function of words makes, to be made again in a reader's language."""
    with speaking(ENGLISH):
        text = made(*of, **values)
    return _phrase(text, made.__name__, of, values)


def phrase(template: str, /, **values: object) -> Phrase:
    """Return a sentence that is kept: `say`, for readers to come."""
    return later(say, template, **values)


def phrase_many(one: str, many: str, number: int, /, **values: object) -> Phrase:
    """Return a sentence about a number of things that is kept: `say_many`, for readers to come."""
    return later(say_many, one, many, number, **values)


def kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body as it is stored: plain, with how its phrases are made under a name of its own."""
    found = {".".join(path): _stored(each) for path, each in _phrases(body, ())}
    return {**body, PHRASES: found} if found else dict(body)


def revived(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored body as it was: what was a phrase is one again."""
    found = body.get(PHRASES)
    if not found:
        return dict(body)
    plain = {key: each for key, each in body.items() if key != PHRASES}
    return dict(_with_phrases(plain, (), found))


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


def _phrase(text: str, made_by: str, of: Sequence[Any], values: Mapping[str, Any]) -> Phrase:
    made = Phrase(text)
    made.made_by, made.of, made.values = made_by, tuple(of), values
    return made


def _phrases(part: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Phrase]]:
    if isinstance(part, Phrase):
        return [(path, part)]
    if isinstance(part, Mapping):
        return [found for key, each in part.items() for found in _phrases(each, (*path, str(key)))]
    if isinstance(part, list | tuple):
        return [found for place, each in enumerate(part) for found in _phrases(each, (*path, str(place)))]
    return []


def _with_phrases(part: Any, path: tuple[str, ...], found: Mapping[str, Any]) -> Any:
    if isinstance(part, str):
        stored = found.get(".".join(path))
        return part if stored is None else _read(stored, text=part)
    if isinstance(part, Mapping):
        return {key: _with_phrases(each, (*path, str(key)), found) for key, each in part.items()}
    if isinstance(part, list):
        return [_with_phrases(each, (*path, str(place)), found) for place, each in enumerate(part)]
    return part


def _stored(value: Any) -> Any:
    """Return a value of a phrase as JSON can hold it."""
    if isinstance(value, Phrase):
        values = {key: _stored(each) for key, each in value.values.items()}
        return {_PHRASE: value.made_by, "of": [_stored(each) for each in value.of], "values": values}
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, float):
        return float(value)  # whatever library's
    return [_stored(each) for each in value] if isinstance(value, list | tuple) else value


def _read(stored: Any, *, text: str | None = None) -> Any:
    if isinstance(stored, list):
        return [_read(each) for each in stored]
    if not isinstance(stored, Mapping):
        return stored
    if _MOMENT in stored:
        return datetime.fromisoformat(stored[_MOMENT])
    if _DAY in stored:
        return date.fromisoformat(stored[_DAY])
    of = tuple(_read(each) for each in stored["of"])
    values = {key: _read(each) for key, each in stored["values"].items()}
    if text is not None:
        return _phrase(text, stored[_PHRASE], of, values)
    return later(_MAKERS[stored[_PHRASE]], *of, **values)
