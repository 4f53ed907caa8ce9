"""Long lists in pieces that fit into one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
# Two values an item stay below SQLite's 32 766 and PostgreSQL's 65 535 parameters a statement.
_MOST = 10_000


def in_batches(items: Iterable[T], *, most: int = _MOST) -> Iterator[list[T]]:
    """Yield the items as lists of at most `most`; nothing for no items."""
    left = iter(items)
    while part := list(islice(left, most)):
        yield part
