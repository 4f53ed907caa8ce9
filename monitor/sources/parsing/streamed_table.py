"""Rows of a large table of text, plain or packed, unpacked and read line by line within bounds."""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from monitor.domain.errors import SourceError
from monitor.sources.parsing.bodies import refuse_pages, shown

MOST_CHARACTERS = 400_000_000
_MOST_A_LINE = 1_000_000
_MOST_COLUMNS = 2_000
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

Row = dict[str, str]
TYPES_OF_TABLES = frozenset({"text/csv", "text/plain", "application/gzip", "application/zip"})
"""Types of the bodies that are read here."""


def rows_of_table(
    content: bytes,
    *,
    what: str,
    needed: Sequence[str],
    content_type: str = "",
    most_characters: int = MOST_CHARACTERS,
) -> Iterator[tuple[int, Row]]:
    """Yield (line, row) of a comma-separated table; rows of HXL tags and empty ones are passed over.

    SourceError: no table, a column of `needed` missing, a row of another length, text that is not UTF-8, or
    more than `most_characters` once unpacked.
    """
    refuse_pages(content, content_type=content_type, what=what)
    lines = _lines(content, what=what, most_characters=most_characters)
    cells = csv.reader(lines, strict=True)
    try:
        header = _header(next(cells, []), needed=needed, what=what)
        for row in cells:
            if not any(row) or row[0].startswith("#"):
                continue
            if len(row) != len(header):
                found = f"{len(row)} columns where the header has {len(header)}"
                raise SourceError(f"{what}, line {cells.line_num}: {found}; it may be cut off")
            yield cells.line_num, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise SourceError(f"{what}, line {cells.line_num} is no row of a table: {error}") from None


def _header(names: Sequence[str], *, needed: Sequence[str], what: str) -> list[str]:
    header = [name.strip() for name in names]
    if missing := [name for name in needed if name not in header]:
        told = shown(", ".join(header))
        raise SourceError(f"{what} has no column {', '.join(missing)}; its columns: {told}", permanent=True)
    if len(set(header)) != len(header) or len(header) > _MOST_COLUMNS:
        raise SourceError(f"{what}: two columns have one name, or there are too many", permanent=True)
    return header


def _lines(content: bytes, *, what: str, most_characters: int) -> Iterator[str]:
    is_wide = content.startswith(_UTF16)
    try:
        with _opened(content, what=what) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-16" if is_wide else "utf-8-sig", newline="")
            yield from _bounded(text, what=what, most_characters=most_characters)
    except UnicodeDecodeError as error:
        raise SourceError(f"{what} is not UTF-8 text (at byte {error.start} of a block)") from None
    except _DAMAGED as error:
        raise SourceError(f"{what} cannot be unpacked ({error}); it may be cut off") from None


def _opened(content: bytes, *, what: str) -> IO[bytes] | gzip.GzipFile:
    packed = io.BytesIO(content)
    if content.startswith(_GZIP):
        return gzip.GzipFile(fileobj=packed)
    if not content.startswith(_ZIP):
        return packed
    archive = zipfile.ZipFile(packed)
    tables = [each for each in archive.infolist() if each.filename.lower().endswith((".csv", ".tsv"))]
    if len(tables) != 1:
        raise SourceError(f"{what} holds {len(tables)} tables, where one .csv is expected", permanent=True)
    return archive.open(tables[0])


def _bounded(text: io.TextIOWrapper, *, what: str, most_characters: int) -> Iterable[str]:
    size = 0
    while line := text.readline(_MOST_A_LINE):
        size += len(line)
        if size > most_characters or len(line) == _MOST_A_LINE:
            raise SourceError(
                f"{what} is larger than {most_characters} characters, or one line of it", permanent=True
            )
        yield line
