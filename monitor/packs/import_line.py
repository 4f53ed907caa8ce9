"""One line of an imported file as a reading, or every fault in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.domain.grade import is_grade
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Reading
from monitor.domain.problem import Problem
from monitor.domain.series import SeriesKey
from monitor.packs.cells import count_in
from monitor.packs.dates import DateOrder, WrittenDate, after, period_of, read_date
from monitor.packs.decimals import POINT, is_missing, read_number
from monitor.packs.nearest import nearest
from monitor.packs.period_ends import PeriodEnds

WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What lines may refer to. A reckoned `known_at` is never later than `now`.

    `lags_days`: how long after a period an indicator's value is usually known, by indicator.
    """

    file: str
    now: datetime
    indicators: Mapping[str, Indicator]
    citations: Collection[str]
    lags_days: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """How a whole file is written: where its columns are, how its dates and numbers read."""

    columns: Mapping[str, int]
    order: DateOrder | None = None
    pattern: str = ""
    decimal: str = POINT
    series: str = ""
    ends: PeriodEnds = PeriodEnds.DAY_AFTER

    def cell(self, cells: Sequence[str], column: str) -> str:
        """Return the cell of a column, empty where the file has no such column."""
        index = self.columns.get(column)
        return "" if index is None else cells[index]

    def date(self, text: str) -> WrittenDate | None:
        """Return the date a cell says."""
        return read_date(text, order=self.order, pattern=self.pattern)


def read_line(
    cells: Sequence[str], *, line: int, conventions: Conventions, context: ImportContext
) -> tuple[Reading | None, list[Problem]]:
    """Return the reading of one line, or None and every fault of the line."""
    each = _Line(context, conventions, line, cells)
    return each.reading(), each.faults


@dataclass(slots=True)
class _Line:
    """One line on its way to a reading."""

    context: ImportContext
    conventions: Conventions
    line: int
    cells: Sequence[str]
    faults: list[Problem] = field(default_factory=list)

    def reading(self) -> Reading | None:
        """Return the reading, or None after noting every fault of the line."""
        series, indicator = self._series()
        period = self._period(indicator)
        known_at, is_reckoned = self._known_at(period, indicator)
        value, low, high = self._value(indicator), self._bound("low"), self._bound("high")
        revision = self._revision()
        self._check_grade_and_citation()
        if self.faults or period is None or known_at is None:
            return None
        try:
            return Reading(
                series=series, period_start=period[0], period_end=period[1], value=value, low=low, high=high,
                known_at=known_at, is_reconstructed=is_reckoned, grade=self._cell("grade"),
                citation=self._cell("citation"), source_revision=revision, note=self._cell("note"),
            )  # fmt: skip
        except ValueError as error:
            self._fault("value", str(error).partition(": ")[2])
            return None

    def _cell(self, column: str) -> str:
        return self.conventions.cell(self.cells, column)

    def _fault(self, column: str, message: str, expected: str = "") -> None:
        self.faults.append(
            Problem(file=self.context.file, line=self.line, key=column, message=message, expected=expected)
        )

    def _series(self) -> tuple[str, Indicator | None]:
        said, wanted = self._cell("series"), self.conventions.series
        text = said or wanted
        known = self.context.indicators
        if said and wanted and said != wanted:
            self._fault("series", f"{said} is not the series asked for", wanted)
        try:
            key = SeriesKey.parse(text)
        except ValueError as error:
            self._fault("series", str(error))
            return text, None
        if key.indicator not in known:
            self._fault("series", f"no indicator {key.indicator!r}", nearest(key.indicator, known))
        return text, known.get(key.indicator)

    def _written(self, column: str) -> WrittenDate | None:
        text = self._cell(column)
        written = self.conventions.date(text)
        if written is None:
            self._fault(column, f"{text!r} is not a date", self.conventions.pattern or "such as 2025-11-30")
        return written

    def _period(self, indicator: Indicator | None) -> tuple[datetime, datetime] | None:
        start = self._written("period_start" if "period_start" in self.conventions.columns else "date")
        if start is None:
            return None
        if not self._cell("period_end"):
            cadence = indicator.cadence_days if indicator and not indicator.words else 1.0
            return period_of(start, cadence_days=cadence)
        written = self._written("period_end")
        if written is None:
            return None
        ends = self.conventions.ends
        end = after(written) if ends is PeriodEnds.LAST_DAY else written.start
        if end <= start.start:
            self._fault("period_end", "is not after the period's start", ends.words)
        return start.start, end

    def _value(self, indicator: Indicator | None) -> float | None:
        text = self._cell("value")
        words = {word.casefold(): value for word, value in indicator.words.items()} if indicator else {}
        if text.casefold() == WITHDRAWN:
            return None
        value = words.get(text.casefold(), read_number(text, decimal=self.conventions.decimal))
        if value is None:
            self._fault(
                "value", f"{text!r} is not a number", nearest(text.casefold(), words) if words else ""
            )
        return value

    def _bound(self, column: str) -> float | None:
        text = self._cell(column)
        value = read_number(text, decimal=self.conventions.decimal)
        if value is None and not is_missing(text):
            self._fault(column, f"{text!r} is not a number")
        return value

    def _revision(self) -> int:
        text = self._cell("revision") or "0"
        revision = count_in(text)
        if revision is None:
            self._fault("revision", f"{text!r} is not a revision", "a whole number from 0")
        return revision or 0

    def _check_grade_and_citation(self) -> None:
        grade, citation = self._cell("grade"), self._cell("citation")
        if grade and not is_grade(grade):
            self._fault(
                "grade", f"{grade!r} is not a grade", "a letter A to F and a digit 1 to 6, such as B2"
            )
        if citation and citation not in self.context.citations:
            known = nearest(citation, self.context.citations)
            others = "words about where it comes from in a column `note`, or a [[citation]] of a pack"
            self._fault("citation", f"no citation {citation!r}", f"{known}; {others}" if known else others)

    def _known_at(
        self, period: tuple[datetime, datetime] | None, indicator: Indicator | None
    ) -> tuple[datetime | None, bool]:
        now = self.context.now
        if self._cell("known_at"):
            written = self._written("known_at")
            if written is not None and written.start > now:
                self._fault("known_at", "lies in the future")
            elif written is not None and period is not None and written.start < period[0]:
                self._fault("known_at", "before the period starts: a forecast is not an observation")
            return (written.start if written is not None else None), False
        if period is None:
            return None, False
        if period[0] > now:
            self._fault("date", "the period has not begun: a forecast is not an observation")
        lag = self.context.lags_days.get(indicator.slug, 0.0) if indicator else 0.0
        reckoned = period[1] + timedelta(days=lag)
        return (reckoned, True) if reckoned <= now else (now, False)
