"""Printing tables and trees: to a terminal as wide as it is, to a file or a pipe in full."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

# Wider than any line: a program that reads the text gets each row on one line, with nothing cut off.
_FULL = 100_000


def print_table(what: "RenderableType") -> None:
    """Print what rich can render."""
    from rich.console import Console

    is_cut = sys.stdout.isatty()
    Console(width=None if is_cut else _FULL).print(what, soft_wrap=not is_cut, crop=is_cut)
