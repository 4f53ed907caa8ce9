"""The TOML files of a pack folder as one list of raw tables that know where they stand."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.domain.problem import Problem
from monitor.packs.nearest import nearest
from monitor.packs.shapes import TABLES

_SINGLE = "pack"
_NAMES = ("slug", "name", "file", "series")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table as written: its kind, its file and line, its keys, and the unit it was stamped for."""

    kind: str
    file: str
    line: int | None
    values: dict[str, Any]
    number: int = 1
    unit: str = ""

    @property
    def label(self) -> str:
        """`indicator.fuel-price`: what a problem calls this table."""
        if self.kind == _SINGLE:
            return self.kind
        if self.kind == "weight_set":
            return f"{self.kind}.{self.values.get('subject')}/{self.values.get('name')}"
        named = (self.values[key] for key in _NAMES if isinstance(self.values.get(key), str))
        return f"{self.kind}.{next(named, self.number)}"

    def problem(self, message: str, *, key: str = "", expected: str = "") -> Problem:
        """Return a problem with this table or one of its keys."""
        return Problem(
            file=self.file, line=self.line, table=self.label, key=key, message=message, expected=expected
        )


def read_tables(folder: Path) -> tuple[list[RawTable], list[Problem]]:
    """Return the tables of all `*.toml` of a folder, `pack.toml` first, and what cannot be read."""
    tables: list[RawTable] = []
    problems: list[Problem] = []
    if not folder.is_dir():
        return tables, [Problem(file=folder.name, message="there is no such folder")]
    for path in sorted(folder.glob("*.toml"), key=lambda each: (each.name != "pack.toml", each.name)):
        found, faults = read_file(path)
        tables += found
        problems += faults
    packs = [table for table in tables if table.kind == _SINGLE]
    if not packs and not problems:
        problems.append(Problem(file="pack.toml", table="pack", message="the pack has no [pack] table"))
    problems += [
        table.problem(f"[pack] is already in {packs[0].file}", expected="it once in a folder")
        for table in packs[1:]
    ]
    return tables, problems


def read_file(path: Path) -> tuple[list[RawTable], list[Problem]]:
    """Return the tables of one file, and what cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        return [], [
            Problem(file=path.name, message=f"byte {error.start} is not UTF-8", expected="UTF-8 text")
        ]
    except OSError as error:
        return [], [Problem(file=path.name, message=f"cannot be read: {error.strerror}")]
    except tomllib.TOMLDecodeError as error:
        return [], [_syntax_problem(path.name, str(error), text.count("\n") + 1)]
    tables: list[RawTable] = []
    problems: list[Problem] = []
    for kind, value in document.items():
        fault = _fault_of(kind, value)
        if fault is None:
            tables += _split(kind, value, file=path.name, text=text)
        else:
            problems.append(Problem(file=path.name, table=kind, message=fault[0], expected=fault[1]))
    return tables, problems


def _syntax_problem(file: str, message: str, last_line: int) -> Problem:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    said = message[: place.start()] if place else message
    line = int(place[1]) if place and place[1] else last_line
    column = f" in column {place[2]}" if place and place[2] else ""
    return Problem(file=file, line=line, message=f"not TOML{column}: {said[:1].lower()}{said[1:]}")


def _fault_of(kind: str, value: object) -> tuple[str, str] | None:
    if kind not in TABLES:
        return "no such table", nearest(kind, TABLES)
    is_list = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if kind == _SINGLE:
        return None if isinstance(value, dict) else (f"must be written [{kind}]", f"[{kind}]")
    return None if is_list else (f"must be written [[{kind}]]", f"[[{kind}]]")


def _split(kind: str, value: Any, *, file: str, text: str) -> Iterator[RawTable]:
    items = [value] if kind == _SINGLE else value
    lines = _header_lines(kind, text)
    # Headers quoted in a string, or tables written inline, make the count differ: then no line is given.
    known = lines if len(lines) == len(items) else [None] * len(items)
    for number, (item, line) in enumerate(zip(items, known, strict=True), start=1):
        yield RawTable(kind=kind, file=file, line=line, values=item, number=number)


def _header_lines(kind: str, text: str) -> list[int]:
    pattern = re.compile(rf"^\s*\[+\s*{kind}\s*\]+\s*(#.*)?$")
    return [number for number, line in enumerate(text.splitlines(), start=1) if pattern.match(line)]
