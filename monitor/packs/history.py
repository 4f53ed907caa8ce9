"""History files: values of series by period, as readings or as problems with line numbers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.domain.grade import is_grade
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Reading
from monitor.domain.problem import Problem
from monitor.packs.cells import count_in, moment_in, number_in
from monitor.packs.csv_files import CsvFile
from monitor.packs.nearest import nearest

COLUMNS = (
    "series", "period_start", "period_end", "value", "low", "high",
    "grade", "known_at", "citation", "revision", "note",
)  # fmt: skip
REQUIRED = ("series", "period_start", "period_end", "value")
WITHDRAWN = "withdrawn"
_MOMENT = "YYYY-MM-DD, or a full time with its zone such as 2025-11-30T06:00:00Z"
_Period = tuple[str, datetime, datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryContext:
    """What the rows of one file may refer to, and what they take from it."""

    file: str
    indicators: Mapping[str, Indicator | None]
    citations: Collection[str]
    citation: str = ""
    publication_lag_days: float = 0.0


def parse_history(text: str, context: HistoryContext) -> tuple[list[Reading], list[Problem]]:
    """Return the readings of a history file's text, and everything wrong with it."""
    table = CsvFile(file=context.file, columns=COLUMNS, required=REQUIRED)
    readings: list[Reading] = []
    seen: dict[_Period, int] = {}
    for line, cells in table.rows(text):
        reading = row_reading(table, line, cells, context)
        if reading is None:
            continue
        period = (reading.series, reading.period_start, reading.period_end, reading.source_revision)
        if period in seen:
            table.fault(line, "period_start", f"the same series, period and revision as line {seen[period]}")
        else:
            seen[period] = line
            readings.append(reading)
    return readings, table.problems


class Faults(Protocol):
    """What takes the faults of a line."""

    @property
    def problems(self) -> list[Problem]:
        """What was noted so far."""

    def fault(self, line: int, column: str, message: str, *, expected: str = "") -> None:
        """Note one fault of one cell."""


def row_reading(
    table: Faults, line: int, cells: Mapping[str, str], context: HistoryContext
) -> Reading | None:
    """Return the reading of one line's cells, or None; what is wrong with them goes to the table."""
    return _Row(table, line, cells, context).reading()


@dataclass(slots=True)
class _Row:
    """One line on its way to a reading; faults go to its table."""

    table: Faults
    line: int
    cells: Mapping[str, str]
    context: HistoryContext

    def reading(self) -> Reading | None:
        before = len(self.table.problems)
        self._check_names()
        start, end = self._moment("period_start"), self._moment("period_end")
        value, low, high = self._value(), self._bound("low"), self._bound("high")
        revision = self._revision()
        known_at, is_reckoned = self._known_at(start, end)
        if len(self.table.problems) > before or start is None or end is None or known_at is None:
            return None
        try:
            return Reading(
                series=self.cells["series"], period_start=start, period_end=end,
                value=value, low=low, high=high, grade=self.cells["grade"], citation=self._citation,
                known_at=known_at, is_reconstructed=is_reckoned, source_revision=revision,
                note=self.cells["note"],
            )  # fmt: skip
        except ValueError as error:
            self._fault("value", str(error).partition(": ")[2])
            return None

    @property
    def _citation(self) -> str:
        return self.cells["citation"] or self.context.citation

    def _fault(self, column: str, message: str, expected: str = "") -> None:
        self.table.fault(self.line, column, message, expected=expected)

    def _check_names(self) -> None:
        indicator, _, unit = self.cells["series"].partition(":")
        if not unit or " " in unit:
            self._fault(
                "series",
                f"{self.cells['series']!r} is not a series",
                "indicator:unit, such as fuel-price:mali",
            )
        elif indicator not in self.context.indicators:
            self._fault("series", f"no indicator {indicator!r}", nearest(indicator, self.context.indicators))
        if not self._citation:
            self._fault("citation", "the figure has no citation", "a citation's slug here or in [[history]]")
        elif self._citation not in self.context.citations:
            self._fault(
                "citation", f"no citation {self._citation!r}", nearest(self._citation, self.context.citations)
            )
        if self.cells["grade"] and not is_grade(self.cells["grade"]):
            self._fault(
                "grade", f"{self.cells['grade']!r} is not a grade", "a letter A to F and a digit 1 to 6"
            )

    def _moment(self, column: str) -> datetime | None:
        time = moment_in(self.cells[column])
        if time is None:
            self._fault(column, f"{self.cells[column]!r} is not a date", _MOMENT)
        return time

    def _value(self) -> float | None:
        text = self.cells["value"]
        if text == WITHDRAWN:
            return None
        indicator = self.context.indicators.get(self.cells["series"].partition(":")[0])
        words = indicator.words if indicator else {}
        value = words.get(text, number_in(text))
        if not text:
            self._fault("value", "no value", "a number; leave the line out where nothing is known")
        elif value is None and indicator is not None:
            # An indicator with faults of its own, or none at all, has its own problem: its words are unknown.
            expected = nearest(text, words) if words else "a number such as 1234.5"
            self._fault("value", f"{text!r} is not a number", expected)
        return value

    def _bound(self, column: str) -> float | None:
        value = number_in(self.cells[column])
        if value is None and self.cells[column]:
            self._fault(
                column, f"{self.cells[column]!r} is not a number", "a number such as 1234.5, or nothing"
            )
        return value

    def _revision(self) -> int:
        text = self.cells["revision"] or "0"
        revision = count_in(text)
        if revision is None:
            self._fault("revision", f"{text!r} is not a revision", "a whole number from 0")
        return revision or 0

    def _known_at(self, start: datetime | None, end: datetime | None) -> tuple[datetime | None, bool]:
        """Return when the value could be known; a leading `~` marks a stated time as reckoned."""
        text = self.cells["known_at"]
        if not text:
            return end and end + timedelta(days=self.context.publication_lag_days), True
        known_at = moment_in(text.removeprefix("~"))
        if known_at is None:
            self._fault("known_at", f"{text!r} is not a time", _MOMENT + ", or nothing")
        elif start is not None and known_at < start:
            self._fault("known_at", "before the period starts: a forecast is not an observation")
        return known_at, text.startswith("~")
