"""Wide history files: a line a unit and period, a column an indicator, as the tables of an index come."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.domain.observation import Reading
from monitor.domain.problem import Problem
from monitor.domain.transforms.comparison import base_span
from monitor.packs.csv_files import CsvFile
from monitor.packs.decimals import is_missing
from monitor.packs.history import COLUMNS, HistoryContext, row_reading
from monitor.packs.nearest import nearest
from monitor.packs.shapes import HistoryTable

PERIOD = "period"
# Columns of a line that hold for all of its values.
SHARED = ("period_start", "period_end", "known_at", "citation", "grade", "revision", "note")
_SPAN = ("period_start", "period_end")


def parse_wide_history(
    text: str, context: HistoryContext, table: HistoryTable
) -> tuple[list[Reading], list[Problem]]:
    """Return the readings of a wide file's text, and everything wrong with it; empty cells are no values."""
    header = [cell.strip() for cell in next(csv.reader(text.splitlines()), [])]
    file = CsvFile(file=context.file, columns=header, required=(table.unit_column,))
    wide = _Wide(
        file=file, context=context, table=table, indicators=_indicators(file, header, context, table)
    )
    _check_period(file, header, table)
    if file.problems:
        return [], file.problems
    readings = [reading for line, cells in file.rows(text) for reading in wide.readings(line, cells)]
    return readings, file.problems


@dataclass(slots=True, kw_only=True)
class _Wide:
    """Turns lines into readings; `indicators` are the slugs of the columns that hold values."""

    file: CsvFile
    context: HistoryContext
    table: HistoryTable
    indicators: Mapping[str, str]
    seen: dict[tuple[str, str, str], int] | None = None

    def readings(self, line: int, cells: Mapping[str, str]) -> Iterator[Reading]:
        """Yield the values of one line."""
        unit = cells[self.table.unit_column]
        span = self._span(line, cells)
        if span is None or self._is_repeated(line, unit, span, cells.get("revision", "")):
            return
        shared = {name: cells.get(name, "") for name in SHARED} | dict(zip(_SPAN, span, strict=True))
        for column, indicator in self.indicators.items():
            if is_missing(cells[column]):
                continue
            own = {"series": f"{indicator}:{unit}", "value": cells[column]}
            faults = _Renamed(file=self.file, unit=self.table.unit_column, value=column)
            found = row_reading(faults, line, dict.fromkeys(COLUMNS, "") | shared | own, self.context)
            if found is not None:
                yield found

    def _span(self, line: int, cells: Mapping[str, str]) -> tuple[str, str] | None:
        """Return the period's ends as text, from a period in words or from their own columns."""
        text = self.table.period or cells.get(PERIOD, "")
        if not text:
            return cells.get("period_start", ""), cells.get("period_end", "")
        try:
            start, end = base_span(text)
        except ValueError:
            self.file.fault(line, PERIOD, f"{text!r} is not a period", expected="2022, 2022-08 or 2022-08-01")
            return None
        return _day(start), _day(end)

    def _is_repeated(self, line: int, unit: str, span: tuple[str, str], revision: str) -> bool:
        self.seen = {} if self.seen is None else self.seen
        first = self.seen.setdefault((unit, span[0], span[1] + revision), line)
        if first != line:
            message = f"the same unit, period and revision as line {first}"
            self.file.fault(line, self.table.unit_column, message)
        return first != line


@dataclass(slots=True, kw_only=True)
class _Renamed:
    """Notes the faults of a value under the column of the wide file that it stands in."""

    file: CsvFile
    unit: str
    value: str

    @property
    def problems(self) -> list[Problem]:
        """The file's problems."""
        return self.file.problems

    def fault(self, line: int, column: str, message: str, *, expected: str = "") -> None:
        """Note one fault of one cell."""
        named = {"series": self.unit, "value": self.value}.get(column, column)
        self.file.fault(line, named, message, expected=expected)


def _indicators(
    file: CsvFile, header: list[str], context: HistoryContext, table: HistoryTable
) -> dict[str, str]:
    """Return which column holds which indicator, noting columns that hold nothing known."""
    apart = {table.unit_column, PERIOD, *SHARED, *table.ignore}
    found: dict[str, str] = {}
    for name in [*table.columns, *table.ignore]:
        if name not in header:
            file.fault(1, name, "there is no such column", expected=nearest(name, header))
    for column in header:
        slug = table.columns.get(column) or re.sub(r"[^a-z0-9]+", "-", column.lower()).strip("-")
        if column in table.columns or column not in apart:
            if slug in context.indicators:
                found[column] = slug
            else:
                file.fault(1, column, f"no indicator {slug!r}", expected=_expected(slug, context))
    for slug in sorted({slug for slug in found.values() if list(found.values()).count(slug) > 1}):
        file.fault(1, slug, "two columns hold this indicator")
    return found


def _expected(slug: str, context: HistoryContext) -> str:
    return f"{nearest(slug, context.indicators)}; name other columns in `ignore`"


def _check_period(file: CsvFile, header: list[str], table: HistoryTable) -> None:
    if not (table.period or PERIOD in header or set(_SPAN) <= set(header)):
        file.fault(
            1, PERIOD, "nothing says which period the values are of",
            expected="`period` in [[history]], or columns: period, or period_start and period_end",
        )  # fmt: skip


def _day(second: int) -> str:
    return f"{datetime.fromtimestamp(second, tz=UTC):%Y-%m-%d}"
