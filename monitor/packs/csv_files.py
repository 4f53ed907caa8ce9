"""CSV files of a pack as lines of named cells, with every fault in their form by line number."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.domain.problem import Problem
from monitor.packs.nearest import nearest


@dataclass(slots=True, kw_only=True)
class CsvFile:
    """The lines of a CSV file; reading goes on past faults, which gather in `problems`."""

    file: str
    columns: Sequence[str]
    required: Sequence[str]
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, column: str, message: str, *, expected: str = "") -> None:
        """Note one fault of one cell."""
        self.problems.append(
            Problem(file=self.file, line=line, key=column, message=message, expected=expected)
        )

    def rows(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line number, cells by column); a line of the wrong width is a fault and left out."""
        lines = csv.reader(text.splitlines(keepends=True), strict=True)
        try:
            header = self._header(next(lines, []))
            if not header:
                return
            for cells in lines:
                if len(cells) == len(header):
                    named = dict.fromkeys(self.columns, "") | dict(
                        zip(header, map(str.strip, cells), strict=True)
                    )
                    yield lines.line_num, named
                elif any(cell.strip() for cell in cells):
                    self.fault(lines.line_num, "", f"{len(cells)} cells", expected=f"{len(header)}")
        except csv.Error as error:
            self.fault(lines.line_num, "", f"not CSV: {error}")

    def _header(self, cells: list[str]) -> list[str]:
        names = [cell.strip() for cell in cells]
        before = len(self.problems)
        for name in names:
            if name not in self.columns:
                self.fault(1, name, "no such column", expected=nearest(name, self.columns))
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.fault(1, name, "the column is there twice")
        for name in self.required:
            if name not in names:
                self.fault(1, name, "the column is missing")
        return names if len(self.problems) == before else []


def read_text(folder: Path, file: str) -> tuple[str, str]:
    """Return (text, "") of a file inside the pack's folder, or ("", why not)."""
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        return "", "lies outside the pack's folder"
    try:
        return path.read_text(encoding="utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return "", f"line {line} is not UTF-8"
    except OSError as error:
        return "", f"cannot be read: {(error.strerror or '').lower()}"
