"""The nearest known name to one that is not known, for a message that helps."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_LISTED = 12


def nearest(name: str, known: Iterable[str]) -> str:
    """Return what to expect in place of an unknown name: the nearest known one, else those there are."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"`{close[0]}`"
    if not names:
        return "a defined one; there is none"
    more = " ..." if len(names) > _MOST_LISTED else ""
    return "one of " + ", ".join(names[:_MOST_LISTED]) + more
