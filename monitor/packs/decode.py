"""A file of unknown encoding and delimiter as lines of cells."""

import codecs
import csv
from collections.abc import Sequence

from charset_normalizer import from_bytes

from monitor.domain.errors import InvalidInput
from monitor.packs.headings import heading_of

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# What office programs in West Africa and Europe write; a wider guess takes short files for Turkish.
_OLD_ENCODINGS = ["cp1252", "iso8859_15", "cp850", "mac_roman"]
_SAMPLE_LINES = 200
_HALF = 0.5

Lines = Sequence[tuple[int, list[str]]]


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: UTF-8 and UTF-16 with and without mark, else an 8-bit one."""
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig"), "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16"), "utf-16"
    for name, nulls in (("utf-16-le", data[1::2]), ("utf-16-be", data[0::2])):
        if nulls and nulls.count(0) > len(nulls) * _HALF:
            return data.decode(name), name
    if 0 in data:
        raise InvalidInput("is not a text file; expected CSV, not a spreadsheet or an archive", field="file")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        best = from_bytes(data, cp_isolation=_OLD_ENCODINGS).best()
        name = best.encoding if best is not None else "cp1252"
        return data.decode(name, errors="replace"), name


def find_delimiter(text: str) -> str:
    """Return the delimiter whose first line names most columns and whose other lines are as wide."""
    sample = "".join(text.splitlines(keepends=True)[:_SAMPLE_LINES])

    def score(delimiter: str) -> tuple[int, int, int]:
        lines = [cells for _, cells in split_lines(sample, delimiter)]
        header = lines[0] if lines else []
        known = sum(1 for cell in header if heading_of(cell) is not None)
        return known, sum(1 for cells in lines if len(cells) == len(header)), len(header)

    return max(DELIMITERS, key=score)


def split_lines(text: str, delimiter: str) -> Lines:
    """Return (line number, cells) of every line that is not empty; csv.Error where quotes do not close."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise InvalidInput(f"line {reader.line_num} is not CSV: {error}", field="file") from None
    return [(number, cells) for number, cells in lines if any(cells)]
