"""Find things by a few letters of their names: every word typed must occur, at a word's start best of all."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")

# What a typed word costs where it begins a word, stands within one, or is only spread over one.
_AT_START, _WITHIN, _SPREAD = 0, 1, 4


def plain_text(text: str) -> str:
    """Return a text as it is compared: small letters, no accents, words parted by one space."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).split())


def cost(query: str, text: str) -> int | None:
    """Return how far a text is from what was typed, 0 for the nearest; None where it does not fit."""
    within = f" {plain_text(text)}"
    total = 0
    for word in plain_text(query).split():
        if f" {word}" in within:
            total += _AT_START
        elif word in within:
            total += _WITHIN
        elif _is_spread(word, within):
            total += _SPREAD
        else:
            return None
    return total


def ranked(query: str, things: Iterable[Thing], name: Callable[[Thing], str]) -> list[tuple[int, Thing]]:
    """Return the things that fit with what they cost, the nearest first, else in their own order."""
    found = [(each_cost, thing) for thing in things if (each_cost := cost(query, name(thing))) is not None]
    return sorted(found, key=lambda pair: pair[0])


def _is_spread(typed: str, text: str) -> bool:
    """Whether the letters typed come one after the other in a word that begins with the first of them."""
    return len(typed) > 1 and any(
        word.startswith(typed[0]) and _in_order(typed, word) for word in text.split()
    )


def _in_order(typed: str, word: str) -> bool:
    letters = iter(word)
    return all(letter in letters for letter in typed)
