"""A table pasted from a spreadsheet as lines that an import can read, each with the cell it comes from."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from monitor.domain.errors import InvalidInput
from monitor.domain.wording import say
from monitor.packs.decode import find_delimiter, split_lines
from monitor.packs.headings import heading_of

# Which series a heading or a cell means: its key, or None.
Named = Callable[[str], str | None]

_TAB = "\t"
_CARRIED = ("date", "period_start", "period_end", "value", "low", "high", "grade", "known_at", "note")
_LINE = ("series", *_CARRIED)


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the table: its row, 1 for the heading, and the heading of its column."""

    row: int
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a cell, or with the whole column (`row` 1)."""

    place: Place
    message: str


@dataclass(slots=True)
class Pasted:
    """A table with one line a value: `lines` is what the import reads, `places[n]` the cell of its line n."""

    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    citations: dict[int, str] = field(default_factory=dict)
    lines: bytes = b""
    used: tuple[str, ...] = ()


def unfold(text: str, named: Named, *, series: str = "", most: int) -> Pasted:
    """Return a table as lines of series, dates and value; a column headed by a series gives its values.

    `series` is meant where no column says which. InvalidInput (`table`) for what is no table, or for more
    than `most` values.
    """
    try:
        rows = [cells for _, cells in split_lines(text, _delimiter(text))]
    except InvalidInput as error:
        raise InvalidInput(str(error), field="table") from None
    if len(rows) < len(("heading", "values")):
        raise InvalidInput(say("paste a heading and at least one row below it"), field="table")
    return _Unfolding(rows, named, series, most).pasted()


def _delimiter(text: str) -> str:
    """Cells from a spreadsheet are parted by tabs; else what parts the heading best."""
    return _TAB if _TAB in text.partition("\n")[0] else find_delimiter(text)


class _Unfolding:
    def __init__(self, rows: Sequence[list[str]], named: Named, series: str, most: int) -> None:
        self.header, self.rows = rows[0], rows[1:]
        self.named, self.series, self.most = named, series, most
        self.found = Pasted()
        self.meant: dict[str, int] = {}
        self.wide: dict[int, str] = {}
        self.told: list[dict[str, str]] = []

    def pasted(self) -> Pasted:
        self._find_columns()
        if not self.found.faults:
            for number, cells in enumerate(self.rows, start=2):
                self._row(number, cells)
            self.found.lines = self._written()
        return self.found

    def _find_columns(self) -> None:
        for at, name in enumerate(self.header):
            heading, key = heading_of(name), self.named(name)
            if heading == "citation" or (heading in _LINE and heading not in self.meant):
                self.meant[str(heading)] = at
                self.found.columns[name] = str(heading)
            elif key is not None:
                self.wide[at] = key
                self.found.columns[name] = key
            elif name:
                self.found.ignored.append(name)
        if not {"date", "period_start"} & self.meant.keys():
            self._blame(1, "", say("no column of dates: give one the heading date, jour or mois"))
        if "value" in self.meant and not self.wide and "series" not in self.meant and not self.series:
            self._blame(1, "", say("which series the values are of is not said: choose it, or add a column"))
        if "value" not in self.meant and not self.wide:
            said = say("no column of values: a heading is value, valeur or the name of a series")
            self._blame(1, ", ".join(self.found.ignored), said)

    def _row(self, number: int, cells: Sequence[str]) -> None:
        if len(cells) > len(self.header) and any(cells[len(self.header) :]):
            self._blame(number, "", say("more cells than the heading has"))
            return
        row = {name: self._cell(cells, at) for name, at in self.meant.items()}
        for at, key in self.wide.items():
            if self._cell(cells, at):
                self._line(number, self.header[at], row | {"series": key, "value": self._cell(cells, at)})
        if "value" in self.meant and not self.wide:
            self._tidy(number, row)

    def _tidy(self, number: int, row: dict[str, str]) -> None:
        said = row.get("series", "")
        key = self.named(said) if said else self.series
        if not key:
            message = (
                say("there is no series like {typed}", typed=said) if said else say("no series is named")
            )
            self._blame(number, self._heading("series"), message)
        elif row["value"]:
            self._line(number, self._heading("value"), row | {"series": key})

    def _line(self, number: int, column: str, line: dict[str, str]) -> None:
        if len(self.told) >= self.most:
            said = say("more than {most} values: import them as a file", most=self.most)
            raise InvalidInput(said, field="table")
        self.told.append(line)
        # The heading is line 1 of what the import reads.
        self.found.places[len(self.told) + 1] = Place(number, column)
        if line.get("citation"):
            self.found.citations[len(self.told) + 1] = line["citation"]

    def _written(self) -> bytes:
        self.found.used = tuple(name for name in _LINE if name in {"series", "value", *self.meant})
        out = io.StringIO()
        writer = csv.writer(out, delimiter=_TAB, lineterminator="\n")
        writer.writerow(self.found.used)
        for line in self.told:
            writer.writerow([" ".join(line.get(name, "").split()) for name in self.found.used])
        return out.getvalue().encode()

    def _heading(self, meaning: str) -> str:
        return self.header[self.meant[meaning]] if meaning in self.meant else ""

    def _blame(self, row: int, column: str, message: str) -> None:
        self.found.faults.append(Fault(place=Place(row, column), message=message))

    @staticmethod
    def _cell(cells: Sequence[str], at: int) -> str:
        return cells[at].strip() if at < len(cells) else ""
