"""The cells of a workbook as text, read by a process of its own.

A workbook may claim a cell in the last row and column of a sheet, and the library that reads it then makes
room for all between, or stops its process. So it is read in a child with bounds of memory and time.
"""

import io
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import orjson

from monitor.domain.errors import SourceError

MOST_CELLS = 4_000_000
_MOST_MEMORY = 1024 * 1024 * 1024
_MOST_SECONDS = 30
_FAILED = 3
_LONGEST_SAID = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows of cells as text, from the first one on."""

    name: str
    rows: Sequence[Sequence[str]]


def read_sheet(content: bytes, *, sheet: str | int, what: str) -> Sheet:
    """Return one sheet by its name, or its number counted from 1; SourceError if it cannot be read."""
    command = [sys.executable, "-I", "-m", "monitor.sources.tables.excel_cells"]
    given = orjson.dumps({"sheet": sheet}) + b"\n" + content
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=_MOST_SECONDS, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        raise SourceError(f"{what} took more than {_MOST_SECONDS} s to read", permanent=True) from None
    if done.returncode == _FAILED:
        said = done.stdout.decode("utf-8", "replace")[:_LONGEST_SAID]
        raise SourceError(f"{what} {said}", permanent=True)
    if done.returncode:
        # Python ends with what went wrong, the library's own process begins with it.
        lines = done.stderr.decode("utf-8", "replace").split("\n")
        said = next(
            (line for line in (lines[::-1] if done.returncode > 0 else lines) if line), "no reason given"
        )
        message = f"{what} is damaged, or larger than it may be ({said[:_LONGEST_SAID]})"
        raise SourceError(message, permanent=True)
    found = orjson.loads(done.stdout)
    return Sheet(found["name"], found["rows"])


def cell_text(cell: Any) -> str:
    """Return a cell as text: whole numbers without a point, days without a time, nothing as nothing."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


class _Unreadable(Exception):
    """Why a workbook cannot be read, as the end of a sentence that begins with its name."""


def _chosen(names: Sequence[str], *, sheet: str | int) -> str:
    there = ", ".join(names[:20]) or "none"
    if isinstance(sheet, int):
        if not 1 <= sheet <= len(names):
            raise _Unreadable(f"has no sheet number {sheet}; it has {len(names)}: {there}")
        return names[sheet - 1]
    if sheet not in names:
        raise _Unreadable(f"has no sheet {sheet!r}; it has: {there}")
    return sheet


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Yield all rows from the first of the sheet on, cells that hold nothing included."""
    last_row, last_column = sheet.end or (0, 0)
    if (last_row + 1) * (last_column + 1) > MOST_CELLS:
        raise _Unreadable(f"has {last_row + 1} rows of {last_column + 1} cells, more than is taken")
    # The library begins with the first row of the sheet, but with the first column that holds something.
    before = [""] * (sheet.start or (0, 0))[1]
    for row in sheet.iter_rows():
        yield before + [cell_text(cell) for cell in row]


def _fill_merged(rows: list[list[str]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Let the text of a merged cell stand in each of its cells; figures stay, so that they count once."""
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        text = rows[top][left]
        if not text or text.replace(".", "", 1).replace("-", "", 1).isdigit():
            continue
        for row in rows[top : bottom + 1]:
            for place in range(left, min(right + 1, len(row))):
                row[place] = row[place] or text


def _answer(content: bytes, *, sheet: str | int) -> bytes:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = _chosen(workbook.sheet_names, sheet=sheet)
        found = workbook.get_sheet_by_name(name)
        rows = list(_rows(found))
        _fill_merged(rows, found.merged_cell_ranges or ())
    except PasswordError:
        raise _Unreadable("is locked by a password") from None
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        raise _Unreadable(f"is no workbook that can be read: {error}") from None
    return orjson.dumps({"name": name, "rows": rows})


def main() -> None:
    """Read a line of options and a workbook; write its sheet as JSON, or why not with exit code 3."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sheet = orjson.loads(sys.stdin.buffer.readline())["sheet"]
    try:
        answer, code = _answer(sys.stdin.buffer.read(), sheet=sheet), 0
    except _Unreadable as error:
        answer, code = str(error).encode(), _FAILED
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()
    sys.exit(code)


if __name__ == "__main__":
    main()
