"""A language nobody speaks: every letter of a sentence is wide, so that what nobody translated stands out."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from html import unescape

from monitor.domain.wording import ENGLISH
from tests.languages.catalogue import forms, translated

_WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in map(chr, range(33, 127)) if letter.isalpha()}
_PLACE = re.compile(r"(\{[^}]*\})")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_UNSEEN = re.compile(r"<(style|script|title)\b.*?</\1>|<[^>]*>", re.DOTALL)
# Attributes that are read out, or shown where nothing else is.
_TOLD = re.compile(r'\b(?:aria-label|placeholder|title|alt|data-empty)="([^"]*)"')
# What a source, a gate or a program said when it happened is shown as it was said, and marked so.
_ENGLISH = re.compile(r'<(?!html)(\w+)[^>]*\blang="en"[^>]*>.*?</\1>', re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+|/alerts/\S+|\S+@\S+")


def wide(text: str) -> str:
    """Widen the letters of a template, and leave its places."""
    return "".join(part if _PLACE.fullmatch(part) else part.translate(_WIDE) for part in _PLACE.split(text))


PSEUDO = replace(
    ENGLISH,
    code="fr",
    months=tuple(map(wide, ENGLISH.months)),
    long_months=tuple(map(wide, ENGLISH.long_months)),
    days=tuple(map(wide, ENGLISH.days)),
    translate=wide,
    choose=lambda one, many, number: wide(ENGLISH.choose(one, many, number)),
)


def narrow_words(text: str, *, known: Sequence[str] = ()) -> set[str]:
    """Return the words that were written and not said, but for addresses and known names."""
    text = _ENGLISH.sub(" ", text)
    told = " ".join(_TOLD.findall(text))
    seen = _ADDRESS.sub(" ", unescape(f"{_UNSEEN.sub(' ', text)} {told}"))
    for name in sorted(known, key=len, reverse=True):
        seen = re.sub(rf"\b{re.escape(name)}\b", " ", seen, flags=re.IGNORECASE)
    return set(_WORD.findall(seen))


@cache
def _catalogued() -> frozenset[str]:
    return frozenset(forms(message)[0][0] for message in translated("fr") if message.id)


def _wide_if_catalogued(text: str) -> str:
    return wide(text) if text in _catalogued() else text


# The same, but what no catalogue holds stays narrow: a text that was put together and then said.
STRICT = replace(PSEUDO, translate=_wide_if_catalogued)
