"""The lines of an imported file as columns: each different text once, numbers as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from monitor.domain.series import Floats, Ints
from monitor.packs.decimals import Signs, looks_like_number
from monitor.packs.decode import Block

NUMBERS = ("value", "low", "high")
_ODD = -1


class Texts(dict[str, int]):
    """Different texts, numbered as they come."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


@dataclass(slots=True)
class TextColumn:
    """A column of words or dates: which of its different texts each line has."""

    texts: Texts = field(default_factory=Texts)
    parts: list[Ints] = field(default_factory=list)

    def add(self, cells: Sequence[str]) -> None:
        """Take the cells of some lines."""
        self.parts.append(np.fromiter(map(self.texts.__getitem__, cells), dtype=np.int32, count=len(cells)))

    @property
    def words(self) -> list[str]:
        """The different texts, as they are meant."""
        return [text.strip() for text in self.texts]

    def index(self) -> Ints:
        """Return the number of each line's text."""
        found: Ints = _joined(self.parts, np.int32)
        return found


@dataclass(slots=True)
class NumberColumn:
    """A column of numbers with a decimal point; what is none is kept as text (`odd`, by line)."""

    signs: Signs
    odd: Texts = field(default_factory=Texts)
    is_plain: bool = True
    parts: list[Floats] = field(default_factory=list)
    odd_parts: list[Ints] = field(default_factory=list)

    def add(self, cells: Sequence[str]) -> None:
        """Take the cells of some lines."""
        found = _plain_numbers(cells) if self.is_plain else None
        if found is not None:
            self.signs.add_plain(cells)
            self.parts.append(found)
            self.odd_parts.append(np.full(len(cells), _ODD, dtype=np.int32))
            return
        numbers = [_plain_number(cell) if self.is_plain else None for cell in cells]
        self.signs.add_plain(cell for cell, each in zip(cells, numbers, strict=True) if each is not None)
        before = len(self.odd)
        odd = [
            _ODD if each is not None else self.odd[cell] for cell, each in zip(cells, numbers, strict=True)
        ]
        fresh = [text.strip() for text in list(self.odd)[before:]] if len(self.odd) > before else []
        self.signs.add(text for text in fresh if looks_like_number(text))
        self.parts.append(np.array([np.nan if each is None else each for each in numbers]))
        self.odd_parts.append(np.array(odd, dtype=np.int32))

    @property
    def odd_words(self) -> list[str]:
        """The texts that are no plain numbers."""
        return [text.strip() for text in self.odd]

    def values(self) -> Floats:
        """Return the numbers, NaN where the text is odd."""
        found: Floats = _joined(self.parts, np.float64)
        return found

    def odd_index(self) -> Ints:
        """Return the number of each line's odd text, -1 where it is a plain number."""
        found: Ints = _joined(self.odd_parts, np.int32)
        return found


@dataclass(slots=True)
class ImportColumns:
    """A file's columns; lines of the wrong width stay out and are named in `misfits`."""

    places: Mapping[str, int]
    width: int
    is_plain: bool = True
    signs: Signs = field(default_factory=Signs)
    numbers: dict[str, NumberColumn] = field(default_factory=dict)
    texts: dict[str, TextColumn] = field(default_factory=dict)
    lines: list[Ints] = field(default_factory=list)
    misfits: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare a column of its kind for each that the file has."""
        for name in self.places:
            if name in NUMBERS:
                self.numbers[name] = NumberColumn(signs=self.signs, is_plain=self.is_plain)
            else:
                self.texts[name] = TextColumn()

    def add(self, block: Block) -> None:
        """Take some lines."""
        columns, numbers = block.columns(self.width), block.numbers
        if columns is None or not all(map(str.strip, columns[0])):
            columns, numbers = self._fitting(block)
        if not numbers:
            return
        self.lines.append(np.array(numbers, dtype=np.int32))
        for name, place in self.places.items():
            (self.numbers.get(name) or self.texts[name]).add(columns[place])

    def _fitting(self, block: Block) -> tuple[list[Sequence[str]], list[int]]:
        """Return the columns of the lines that are as wide as the first; note the others but empty ones."""
        kept: list[list[str]] = []
        numbers: list[int] = []
        for number, cells in zip(block.numbers, block.rows, strict=True):
            if not any(map(str.strip, cells)):
                continue
            if len(cells) == self.width:
                kept.append(cells)
                numbers.append(number)
            else:
                self.misfits.append((number, len(cells)))
        return list(zip(*kept, strict=True)), numbers

    def numbered(self) -> Ints:
        """Return the numbers of the lines."""
        found: Ints = _joined(self.lines, np.int32)
        return found


def _plain_numbers(cells: Sequence[str]) -> Floats | None:
    """Return cells as numbers if every one is plainly that; None else."""
    together = "".join(cells)
    if not together.isascii() or "_" in together:
        return None
    try:
        found = np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
    except ValueError:
        return None
    return found if np.isfinite(found).all() else None


def _plain_number(cell: str) -> float | None:
    try:
        number = float(cell) if cell.isascii() and "_" not in cell else None
    except ValueError:
        return None
    return number if number is not None and np.isfinite(number) else None


def _joined(parts: list[Any], kind: Any) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
