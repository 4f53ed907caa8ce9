"""A file of unknown encoding and delimiter as lines of cells, a block of lines at a time."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from charset_normalizer import from_bytes

from monitor.domain.errors import InvalidInput
from monitor.packs.headings import heading_of

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# What office programs in West Africa and Europe write; a wider guess takes short files for Turkish.
_OLD_ENCODINGS = ["cp1252", "iso8859_15", "cp850", "mac_roman"]
_SAMPLE_LINES, _SAMPLE_BYTES, _BLOCK_BYTES = 200, 1 << 20, 1 << 20
# Little enough to stay in a processor's cache.
_LINES_AT_ONCE, _TEXT_AT_ONCE = 4_000, 1 << 18
_HALF = 0.5

Lines = Sequence[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a file: the number of each, and its cells as they stand.

    Where no cell is in quotes the lines are kept as one text: their columns are found many times faster.
    """

    numbers: Sequence[int]
    split: list[list[str]] | None = None
    text: str = ""
    delimiter: str = ","

    @property
    def rows(self) -> list[list[str]]:
        """The cells of each line."""
        if self.split is not None:
            return self.split
        if not self.numbers:
            return []
        return [line.split(self.delimiter) for line in self.text.split("\n")]

    def from_content(self) -> "Block":
        """Return the lines from the first that is not of empty cells on."""
        blank = (at for at, cells in enumerate(self.rows) if any(map(str.strip, cells)))
        return self.without_first(next(blank, len(self.numbers)))

    def without_first(self, count: int = 1) -> "Block":
        """Return the lines but the first."""
        if self.split is not None:
            return Block(self.numbers[count:], self.split[count:])
        left = "\n".join(self.text.split("\n")[count:])
        return Block(self.numbers[count:], None, left, self.delimiter)

    def columns(self, width: int) -> list[Sequence[str]] | None:
        """Return the cells by column; None where a line is not so wide."""
        if self.split is not None:
            is_even = set(map(len, self.split)) == {width}
            return list(zip(*self.split, strict=True)) if is_even else None
        # The end of each line becomes a cell of its own: where all stand in a column, the lines are even.
        cells = self.text.replace("\n", f"{self.delimiter}\n{self.delimiter}").split(self.delimiter)
        step, ends = width + 1, len(self.numbers) - 1
        if len(cells) != ends * step + width or cells[width::step].count("\n") != ends:
            return None
        return [cells[place::step] for place in range(width)]


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file (its bytes, or where it lies) whose encoding and delimiter are known."""

    data: bytes | Path
    encoding: str
    delimiter: str

    def blocks(self) -> Iterator[Block]:
        """Yield the lines, some at a time, empty ones left out; InvalidInput where quotes do not close.

        Lines of empty cells or of spaces are among them.
        """
        with open_text(self.data, self.encoding) as text:
            is_begun = False
            for block in _blocks(text, self.delimiter):
                if not is_begun:
                    block = block.from_content()  # noqa: PLW2901 (the same block, without what is empty)
                is_begun = is_begun or bool(block.numbers)
                if block.numbers:
                    yield block


def recognise(data: bytes | Path, *, delimiter: str = "") -> TextFile:
    """Return how a file is written; InvalidInput if it is no text."""
    encoding = find_encoding(data)
    if delimiter:
        return TextFile(data, encoding, delimiter)
    with open_text(data, encoding) as text:
        return TextFile(data, encoding, find_delimiter(text.read(_SAMPLE_BYTES)))


def find_encoding(data: bytes | Path) -> str:
    """Return the encoding: UTF-8 and UTF-16 with and without mark, else an 8-bit one."""
    with _open(data) as file:
        head = file.read(_SAMPLE_BYTES)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for name, nulls in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if nulls and nulls.count(0) > len(nulls) * _HALF:
            return name
    if _is_utf8(data):
        return "utf-8"
    best = from_bytes(_unusual(data), cp_isolation=_OLD_ENCODINGS).best()
    return best.encoding if best is not None else "cp1252"


def open_text(data: bytes | Path, encoding: str) -> TextIO:
    """Open a file of that encoding; what an 8-bit one does not know is replaced."""
    return io.TextIOWrapper(_open(data), encoding=encoding, errors="replace", newline="")


def find_delimiter(sample: str) -> str:
    """Return the delimiter whose first line names most columns and whose other lines are as wide."""
    text = "".join(sample.splitlines(keepends=True)[:_SAMPLE_LINES])

    def score(delimiter: str) -> tuple[int, int, int]:
        try:
            lines = [cells for _, cells in split_lines(text, delimiter)]
        except InvalidInput:
            # Quotes that do not fit this delimiter fit another, or none: then whoever reads on says so.
            first = next(csv.reader([text.partition("\n")[0]], delimiter=delimiter), [])
            return sum(1 for cell in first if heading_of(cell) is not None), -1, len(first)
        header = lines[0] if lines else []
        known = sum(1 for cell in header if heading_of(cell) is not None)
        return known, sum(1 for cells in lines if len(cells) == len(header)), len(header)

    return max(DELIMITERS, key=score)


def split_lines(text: str, delimiter: str) -> Lines:
    """Return (line number, cells) of every line that is not empty; InvalidInput where quotes do not close."""
    return [
        (number, [cell.strip() for cell in cells])
        for block in _blocks(io.StringIO(text, newline=""), delimiter)
        for number, cells in zip(block.numbers, block.rows, strict=True)
        if any(map(str.strip, cells))
    ]


def _blocks(text: TextIO, delimiter: str) -> Iterator[Block]:
    """Yield plain blocks up to the first quote or lone carriage return, then what the csv module reads."""
    before = 0
    while part := text.read(_TEXT_AT_ONCE):
        part += text.readline()
        plain = part.replace("\r\n", "\n") if "\r" in part else part
        if '"' in plain or "\r" in plain:
            yield from _quoted_blocks(chain(io.StringIO(part, newline=""), text), delimiter, before)
            return
        plain = plain.removesuffix("\n")
        count = plain.count("\n") + 1
        numbers: Sequence[int] = range(before + 1, before + 1 + count)
        before += count
        if "\n\n" in f"\n{plain}\n":
            lines = plain.split("\n")
            numbers = [number for number, line in zip(numbers, lines, strict=True) if line]
            plain = "\n".join(filter(None, lines))
        if numbers:
            yield Block(numbers, text=plain, delimiter=delimiter)


def _quoted_blocks(lines: Iterable[str], delimiter: str, start: int) -> Iterator[Block]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        before = reader.line_num
        try:
            rows = list(islice(reader, _LINES_AT_ONCE))
        except csv.Error as error:
            raise InvalidInput(f"line {start + reader.line_num} is not CSV: {error}", field="file") from None
        if not rows:
            return
        numbers = _numbers(rows, start + before, start + reader.line_num)
        kept = [at for at, cells in enumerate(rows) if cells]
        if len(kept) < len(rows):
            numbers, rows = [numbers[at] for at in kept], [rows[at] for at in kept]
        if rows:
            yield Block(numbers, rows)


def _numbers(rows: list[list[str]], before: int, until: int) -> Sequence[int]:
    """Number lines by where each ends; a cell with line breaks in quotes takes several."""
    if until - before == len(rows):
        return range(before + 1, until + 1)
    return list(accumulate((1 + sum(map(_breaks, cells)) for cells in rows), initial=before))[1:]


def _breaks(cell: str) -> int:
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n")


def _open(data: bytes | Path) -> BinaryIO:
    return io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")


def _is_utf8(data: bytes | Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    with _open(data) as file:
        while block := file.read(_BLOCK_BYTES):
            if 0 in block:
                message = "is not a text file; expected CSV, not a spreadsheet or an archive"
                raise InvalidInput(message, field="file")
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
    return is_utf8


def _unusual(data: bytes | Path) -> bytes:
    """Return a small file, or of a large one the first lines that are not plain ASCII."""
    found = io.BytesIO()
    with _open(data) as file:
        head = file.read(_SAMPLE_BYTES)
        if len(head) < _SAMPLE_BYTES:
            return head
        file.seek(0)
        for line in iter(lambda: file.readline(_BLOCK_BYTES), b""):
            if not line.isascii():
                found.write(line)
            if found.tell() > _SAMPLE_BYTES:
                break
    return found.getvalue()
