"""A file of incidents from anywhere, a piece at a time: what is right as rows, what is wrong by line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from monitor.domain.errors import InvalidInput
from monitor.domain.problem import Problem
from monitor.packs.cells import count_in, day_in
from monitor.packs.csv_files import CsvFile
from monitor.packs.decode import Block, TextFile, recognise
from monitor.packs.incidents import COLUMNS, REQUIRED, country_in, incident_of

# So many faults are told; the others are counted.
MOST_FAULTS = 1_000
_DEGREES = {"latitude": 90.0, "longitude": 180.0}
_COUNTS = ("killed", "injured", "kidnapped")
_VALUES = attrgetter(*COLUMNS)

IncidentRow = tuple[Any, ...]


@dataclass(slots=True, kw_only=True)
class IncidentFile:
    """A file of incidents under way: what was found so far. Rows are the values of `COLUMNS`, in order."""

    name: str
    data: bytes | Path
    delimiter: str = ""
    faults: list[Problem] = field(default_factory=list)
    more_faults: int = 0
    ignored: tuple[str, ...] = ()
    question: str = ""
    read: int = 0
    _seen: set[str] = field(default_factory=set)

    @property
    def wrong(self) -> int:
        """How many faults were found."""
        return len(self.faults) + self.more_faults

    def rows(self) -> Iterator[list[IncidentRow]]:
        """Yield the right lines as rows, some at a time; the wrong ones go into `faults`."""
        try:
            file = recognise(self.data, delimiter=self.delimiter or self._delimiter())
            yield from self._rows(file)
        except InvalidInput as error:
            self.question = str(error)

    def _delimiter(self) -> str:
        """Return the sign that parts most of the known names of the first line."""
        found = recognise(self.data)
        first = next(found.blocks(), Block((), []))
        line = found.delimiter.join(first.rows[0]) if first.numbers else ""
        signs = (found.delimiter, ",", ";", "\t", "|")
        return max(signs, key=lambda sign: sum(name.strip() in COLUMNS for name in line.split(sign)))

    def _rows(self, file: TextFile) -> Iterator[list[IncidentRow]]:
        header: list[str] = []
        for number, block in enumerate(file.blocks()):
            if not number:
                header = [cell.strip() for cell in block.rows[0]]
                if not self._knows(header):
                    return
            found = self._part(header, block if number else block.without_first())
            self.read += len(found)
            if found:
                yield found

    def _knows(self, header: Sequence[str]) -> bool:
        self.ignored = tuple(name for name in header if name not in COLUMNS)
        missing = [name for name in REQUIRED if name not in header]
        twice = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
        if missing:
            self.question = f"no column {', '.join(missing)}; known columns are {', '.join(COLUMNS)}"
        elif twice:
            self.question = f"the column {twice[0]} is there twice"
        return not self.question

    def _part(self, header: list[str], block: Block) -> list[IncidentRow]:
        columns = block.columns(len(header)) if block.numbers else None
        found = _at_once(header, columns) if columns is not None else None
        if found is not None and self._is_fresh([row[0] for row in found]):
            return found
        return self._one_by_one(header, block)

    def _is_fresh(self, ids: Sequence[str]) -> bool:
        """Take ids in if each is told of for the first time."""
        fresh = set(ids)
        if len(fresh) < len(ids) or not self._seen.isdisjoint(fresh):
            return False
        self._seen |= fresh
        return True

    def _one_by_one(self, header: list[str], block: Block) -> list[IncidentRow]:
        found = []
        for line, cells in zip(block.numbers, block.rows, strict=True):
            plain = [cell.strip() for cell in cells]
            if not any(plain):
                continue
            table = CsvFile(file=self.name, columns=COLUMNS, required=REQUIRED)
            if len(plain) != len(header):
                table.fault(line, "", f"{len(plain)} cells", expected=f"{len(header)}")
            else:
                named = dict.fromkeys(COLUMNS, "") | dict(zip(header, plain, strict=True))
                incident = incident_of(table, line, named, "")
                if incident is not None and not self._is_fresh([incident.external_id]):
                    table.fault(line, "external_id", f"{incident.external_id} is in an earlier line already")
                elif incident is not None:
                    found.append(_VALUES(incident))
            self._keep(table.problems)
        return found

    def _keep(self, faults: Sequence[Problem]) -> None:
        room = max(0, MOST_FAULTS - len(self.faults))
        self.faults += faults[:room]
        self.more_faults += len(faults[room:])


def _at_once(header: list[str], columns: Sequence[Sequence[str]]) -> list[IncidentRow] | None:
    """Return the rows of columns in which nothing is wrong; None else."""
    given = {name: cells for name, cells in zip(header, columns, strict=True) if name in COLUMNS}
    taken: list[Any] = []
    for name in COLUMNS:
        if name not in given:
            taken.append(_nothing(name, len(columns[0])))
        elif name in _DEGREES:
            taken.append(_degrees(given[name], _DEGREES[name]))
        elif name in {"external_id", "description"}:
            cells = list(map(str.strip, given[name]))
            taken.append(cells if name == "description" or all(cells) else None)
        else:
            taken.append(_repeated(given[name], _READERS.get(name, str)))
        if taken[-1] is None:
            return None
    latitude, longitude = (taken[COLUMNS.index(name)] for name in _DEGREES)
    if any((north is None) is not (east is None) for north, east in zip(latitude, longitude, strict=True)):
        return None
    return list(zip(*taken, strict=True))


def _nothing(name: str, count: int) -> list[Any]:
    return [None if name in _DEGREES else 0 if name in _COUNTS else ""] * count


def _repeated(cells: Sequence[str], read: Callable[[str], Any]) -> list[Any] | None:
    """Read each different text once; None if one of them is wrong."""
    meanings = {text: read(text.strip()) for text in set(cells)}
    return None if None in meanings.values() else list(map(meanings.__getitem__, cells))


def _degrees(cells: Sequence[str], most: float) -> list[float | None] | None:
    together = "".join(cells)
    if not together.isascii() or "_" in together:
        return None
    try:
        found = [float(cell) if cell else None for cell in cells]
    except ValueError:
        return None
    return found if all(each is None or -most <= each <= most for each in found) else None


_READERS: dict[str, Callable[[str], Any]] = {
    "happened_on": lru_cache(maxsize=65_536)(day_in),
    "country": country_in,
    "kind": lambda text: text or None,
    **dict.fromkeys(_COUNTS, lambda text: count_in(text or "0")),
}
