"""Text with a header line and delimited rows (CSV, TSV), read within bounds."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from charset_normalizer import from_bytes

from monitor.domain.errors import SourceError
from monitor.sources.parsing.bodies import refuse_pages
from monitor.sources.tables.table_rows import Row

_GUESSED_FROM = 65_536
_MOST_GUESSED = 2_000
_AROUND = 40
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]{1,80}")
# Letters of cp1252 three in a row, or what is neither a letter nor a usual mark there.
_NOT_WESTERN = re.compile(
    rb"[\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff]{3}"
    rb"|[\x81-\x84\x86-\x88\x8b\x8d\x8f\x90\x98\x9b\x9d\xa3\xa5\xa6\xa8\xaa\xac\xaf\xb3\xb8\xb9\xba\xbc-\xbf\xd7\xf7]"
)
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
    guess = "" if b"\0" in content[:_GUESSED_FROM] else _guessed(content)
    if not guess:
        raise SourceError(f"{what} is no text in a known encoding")
    return io.TextIOWrapper(io.BytesIO(content), guess, errors="replace", newline="")


def _guessed(content: bytes) -> str:
    """The likeliest encoding of text that is not UTF-8, "" if none; a few accents are too little to tell by.

    Where every byte beyond ASCII is a letter or mark of western Europe, and never three letters in a row,
    as words of other scripts have them, it is cp1252.
    """
    if not _NOT_WESTERN.search(content):
        return "cp1252"
    # The bytes that tell may come late in a long table.
    told = itertools.islice(_BEYOND_ASCII.finditer(content), _MOST_GUESSED)
    around = b"\n".join(content[max(0, each.start() - _AROUND) : each.end() + _AROUND] for each in told)
    guess = from_bytes(around[:_GUESSED_FROM]).best()
    return "" if guess is None else guess.encoding


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
