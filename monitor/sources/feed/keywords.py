"""Keyword sets over headlines: whole words and phrases, with accents and case folded."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from monitor.sources.settings import Settings, key

_WORD = re.compile(r"\w+")

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Phrases = Annotated[tuple[Phrase, ...], Field(max_length=100)]


class KeywordSet(Settings):
    """Which stories count: those with all of `all`, one of `any` and none of `none`."""

    series: str = key("Series that the count is a value of", "unrest-stories:mali")
    all: Phrases = key("Words and phrases that must all be there", ["mali"], ())
    any: Phrases = key("Words and phrases of which one must be there", ["blocus", "pénurie de carburant"], ())
    none: Phrases = key("Words and phrases of which none may be there", ["football"], ())

    @field_validator("all", "any", "none")
    @classmethod
    def _has_words(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        if empty := [phrase for phrase in phrases if not folded(phrase).strip()]:
            raise ValueError(f"{empty[0]!r} holds no word")
        return phrases

    @model_validator(mode="after")
    def _asks_for_something(self) -> "KeywordSet":
        if not self.all and not self.any:
            raise ValueError("a keyword set needs words under all or any")
        return self

    def matches(self, text: str) -> bool:
        """Whether a text that was folded counts."""
        return (
            _are_in(self.all, text) == len(self.all)
            and (not self.any or _are_in(self.any, text) > 0)
            and not _are_in(self.none, text)
        )


def folded(text: str) -> str:
    """Return a text's words in lower case without accents, one space before, between and after them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    return f" {' '.join(_WORD.findall(plain))} "


def _are_in(phrases: Sequence[str], text: str) -> int:
    return sum(_folded_phrase(phrase) in text for phrase in phrases)


@lru_cache(maxsize=8192)
def _folded_phrase(phrase: str) -> str:
    return folded(phrase)
