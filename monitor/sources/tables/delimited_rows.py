"""Text with a header line and delimited rows (CSV, TSV), read within bounds."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import TextIO

from charset_normalizer import from_bytes

from monitor.domain.errors import SourceError
from monitor.sources.parsing.bodies import refuse_pages
from monitor.sources.tables.table_rows import Row

_GUESSED_FROM = 65_536
_CHUNK = 1 << 20
_MOST_COLUMNS = 5_000
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of_table(content: bytes, *, content_type: str = "", encoding: str = "", what: str) -> TextIO:
    """Return a table's text, to be read line by line; SourceError if it is a page, empty, or no text."""
    is_wide = content[:2] in _WIDE
    if not is_wide:
        refuse_pages(content, content_type=content_type, what=what)
    expected = encoding or ("utf-16" if is_wide else "utf-8-sig")
    if _is_text(content, expected):
        return io.TextIOWrapper(io.BytesIO(content), expected, newline="")
    if encoding:
        raise SourceError(f"{what} is no text in {encoding}")
    guess = from_bytes(content[:_GUESSED_FROM]).best()
    if guess is None or b"\0" in content[:_GUESSED_FROM]:
        raise SourceError(f"{what} is no text in a known encoding")
    return io.TextIOWrapper(io.BytesIO(content), guess.encoding, errors="replace", newline="")


def _is_text(content: bytes, encoding: str) -> bool:
    """Whether all of it is text in an encoding, looked at piece by piece to hold no second copy."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for place in range(0, len(content), _CHUNK):
            decoder.decode(content[place : place + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def is_encoding(name: str) -> bool:
    """Whether a name is that of an encoding of text."""
    try:
        codecs.lookup(name)
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return True


def header_and_rows(
    text: TextIO, *, delimiter: str, comment: str, header_row: int, what: str
) -> tuple[Sequence[str], Iterator[Row]]:
    """Return the names of the columns, and the rows with their lines; SourceError at what is no row.

    Passed over: `header_row` - 1 lines before the header, empty rows, rows that begin with `comment`, and a
    row of HXL tags.
    """
    lines = csv.reader(text, delimiter=delimiter, strict=True)
    rows = _cells(lines, comment=comment, what=what)
    header: list[str] = []
    for _ in range(header_row):
        _, header = next(rows, (0, []))
    names = [name.strip() for name in header]
    if not any(names):
        raise SourceError(f"{what} has no line of column names")
    if len(names) > _MOST_COLUMNS:
        raise SourceError(f"{what} has {len(names)} columns, more than {_MOST_COLUMNS}", permanent=True)
    return names, _rows(names, rows)


def _rows(names: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    for line, cells in rows:
        if _is_tags(cells):
            continue
        # A row of another length is cut off, or its cells stand under the wrong names.
        is_whole = len(cells) == len(names) or (len(cells) > len(names) and not any(cells[len(names) :]))
        fault = "" if is_whole else f"it has {len(cells)} cells, where there are {len(names)} columns"
        yield Row(f"line {line}", dict(zip(names, cells, strict=False)), fault)


def _cells(lines: Iterator[list[str]], *, comment: str, what: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row with its line; a csv.Error says where."""
    count = 0
    try:
        for cells in lines:
            count = int(getattr(lines, "line_num", count))
            is_comment = bool(comment and cells and cells[0].startswith(comment))
            if not is_comment and any(cell and not cell.isspace() for cell in cells):
                yield count, cells
    except csv.Error as error:
        count = int(getattr(lines, "line_num", count))
        raise SourceError(f"{what}: line {count} is no row of a table: {error}") from None


def _is_tags(cells: Sequence[str]) -> bool:
    """Whether a row holds HXL tags: each cell is empty or begins with #."""
    # Nearly every row is done with here.
    if cells[0] and cells[0].lstrip()[:1] != "#":
        return False
    return all(not cell or cell.lstrip().startswith("#") for cell in cells)
