"""Long lists in pieces that fit into one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
# PostgreSQL reads a list of pairs as nested conditions: at 10 000 it runs out of stack.
_MOST = 1_000


def in_batches(items: Iterable[T], *, most: int = _MOST) -> Iterator[list[T]]:
    """Yield the items as lists of at most `most`; nothing for no items."""
    left = iter(items)
    while part := list(islice(left, most)):
        yield part
