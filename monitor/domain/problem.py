"""A fault in data a person supplied: where it is and what was expected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault in a pack or an import; problems are returned as a list, never as the first exception."""

    file: str
    message: str
    line: int | None = None
    table: str = ""
    key: str = ""
    expected: str = ""

    def __str__(self) -> str:
        """`file:line table.key: message (expected ...)`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        name = ".".join(part for part in (self.table, self.key) if part)
        tail = f" (expected {self.expected})" if self.expected else ""
        return f"{place} {name}: {self.message}{tail}" if name else f"{place}: {self.message}{tail}"
