"""A file of values from anywhere as readings by line, with everything unclear or wrong in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from monitor.domain.errors import InvalidInput
from monitor.domain.observation import Reading
from monitor.domain.problem import Problem
from monitor.domain.reading_columns import ReadingColumns, columns_of, joined, ordered
from monitor.domain.series import Bools, Ints
from monitor.packs.dates import (
    DateOrder,
    Span,
    WrittenDate,
    depends_on_order,
    is_numeric,
    orders_in,
    read_date,
)
from monitor.packs.decimals import COMMA, POINT
from monitor.packs.decode import DELIMITERS, Block, TextFile, recognise
from monitor.packs.headings import heading_of
from monitor.packs.import_columns import ImportColumns
from monitor.packs.import_line import Conventions, ImportContext, read_line
from monitor.packs.import_rows import understand
from monitor.packs.period_ends import PeriodEnds, ends_in

_DATES = ("date", "period_start", "period_end", "known_at")
# So many faults are told; the others are counted.
MOST_FAULTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the person says about the file; what is left empty is recognised."""

    series: str = ""
    delimiter: str = ""
    decimal: str = ""
    date_format: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRead:
    """What a file says: readings with their lines; faults of lines; `questions` stop the whole file.

    `more_faults` lines are wrong beside those that are told.
    """

    columns: ReadingColumns = field(default_factory=lambda: columns_of(()))
    lines: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    faults: tuple[Problem, ...] = ()
    more_faults: int = 0
    questions: tuple[Problem, ...] = ()
    missing: tuple[int, ...] = ()
    recognised: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[tuple[int, Reading], ...]:
        """All readings, each with its line."""
        return self.first(len(self.lines))

    @property
    def wrong(self) -> int:
        """How many faults there are."""
        return len(self.faults) + self.more_faults

    def first(self, count: int) -> tuple[tuple[int, Reading], ...]:
        """Return the first readings, each with its line."""
        chosen = range(min(count, len(self.lines)))
        return tuple(zip(self.lines[: len(chosen)].tolist(), self.columns.readings(chosen), strict=True))


def read_import(data: bytes | Path, context: ImportContext, options: ImportOptions) -> ImportRead:
    """Return what a file of values says (its bytes, or where it lies); it is never held as a whole.

    Nothing is raised for what it holds.
    """
    try:
        file = recognise(data, delimiter=options.delimiter)
        return _Import(context, options, file).read()
    except InvalidInput as error:
        return ImportRead(questions=(Problem(file=context.file, message=str(error)),))


class _Import:
    """One file on its way to readings: columns first, then what holds for whole columns, then the lines."""

    def __init__(self, context: ImportContext, options: ImportOptions, file: TextFile) -> None:
        self.context = context
        self.options = options
        self.file = file
        self.recognised = {
            "encoding": file.encoding, "delimiter": DELIMITERS.get(file.delimiter, file.delimiter)
        }  # fmt: skip
        self.columns: dict[str, int] = {}
        self.ignored: list[str] = []
        self.questions: list[Problem] = []
        self.faults: list[Problem] = []
        self.more_faults = 0
        self.order: DateOrder | None = None
        self.decimal = POINT
        self.ends = PeriodEnds.DAY_AFTER

    def read(self) -> ImportRead:
        """Return what the lines say."""
        header = self._header()
        self._find_columns(header)
        if self.questions:
            return self._result()
        told = self._told(len(header), is_plain=self.options.decimal != COMMA)
        self._find_order(told)
        self._find_decimal(told)
        self._find_ends(told)
        if self.questions:
            return self._result()
        if self.decimal == COMMA and told.is_plain:
            told = self._told(len(header), is_plain=False)
        return self._readings(told)

    def _result(self, **found: Any) -> ImportRead:
        return ImportRead(
            faults=tuple(self.faults), more_faults=self.more_faults, questions=tuple(self.questions),
            recognised=self.recognised, ignored=tuple(self.ignored), **found,
        )  # fmt: skip

    def _header(self) -> list[str]:
        block = next(self.file.blocks(), Block((), []))
        return [cell.strip() for cell in block.rows[0]] if block.numbers else []

    def _told(self, width: int, *, is_plain: bool) -> ImportColumns:
        told = ImportColumns(places=self.columns, width=width, is_plain=is_plain)
        for number, block in enumerate(self.file.blocks()):
            told.add(block if number else block.without_first())
        return told

    def _ask(self, column: str, message: str, expected: str) -> None:
        self.questions.append(
            Problem(file=self.context.file, line=1, key=column, message=message, expected=expected)
        )

    def _find_columns(self, header: Sequence[str]) -> None:
        for index, name in enumerate(header):
            column = heading_of(name)
            if column is None:
                self.ignored.append(name)
            elif column in self.columns:
                self._ask(name, f"two columns mean {column}", "one; rename or remove the other")
            else:
                self.columns[column] = index
        self.recognised["columns"] = ", ".join(f"{header[at]} = {name}" for name, at in self.columns.items())
        if "value" not in self.columns:
            self._ask("value", "no column of values", "a heading such as `value`, `valeur` or `prix`")
        if not {"date", "period_start"} & self.columns.keys():
            self._ask("date", "no column of dates", "a heading `date`, `period_start`, `jour` or `mois`")
        if "series" not in self.columns and not self.options.series:
            self._ask(
                "series", "which series the values belong to is not said", "a column `series` or --series"
            )

    def _find_order(self, told: ImportColumns) -> None:
        said = self.options.date_format
        if said and "%" not in said:
            self.order = DateOrder.MONTH_FIRST if said == DateOrder.MONTH_FIRST else DateOrder.DAY_FIRST
        elif not said:
            words = [told.texts[name].words for name in _DATES if name in told.texts]
            texts = [text for column in words for text in column if is_numeric(text)]
            orders = orders_in(texts)
            unclear = next(filter(depends_on_order, texts), "")
            self.order = min(orders) if texts and orders else None
            if unclear and len(orders) != 1:
                why = "could be day/month or month/day" if orders else "stands among dates of the other order"
                self._ask("date", f"{unclear} {why}", "--date-format dmy or --date-format mdy")
        self.recognised["dates"] = said or str(self.order or "iso")

    def _find_ends(self, told: ImportColumns) -> None:
        """Decide for the whole file whether an end date is the last day or the one after it."""
        if "period_end" not in self.columns:
            return
        pairs = self._dates(told)
        found = {PeriodEnds(self.options.ends)} if self.options.ends else ends_in(pairs)
        if len(found) == 1:
            self.ends = found.pop()
        elif pairs:
            how = "--ends last-day (the period includes it) or --ends day-after (it begins the next one)"
            day = f"{pairs[0][1].start:%Y-%m-%d}"
            self._ask("period_end", f"whether {day} belongs to the period it ends is not said", how)
        self.recognised["end dates"] = self.ends.words if pairs or self.options.ends else "exact times"

    def _dates(self, told: ImportColumns) -> list[tuple[WrittenDate, WrittenDate]]:
        """Return the different pairs of start and end where both are dates without a time of day."""
        starts = told.texts["period_start" if "period_start" in told.texts else "date"]
        ends = told.texts["period_end"]
        dates = [
            [read_date(word, order=self.order, pattern=self._pattern) for word in column.words]
            for column in (starts, ends)
        ]
        pairs = starts.index().astype(np.int64) * len(dates[1]) + ends.index()
        _, firsts = np.unique(pairs, return_index=True)
        found = (divmod(pair, len(dates[1])) for pair in pairs[np.sort(firsts)].tolist())
        return [
            (start, end)
            for start, end in ((dates[0][first], dates[1][second]) for first, second in found)
            if start is not None and end is not None and Span.INSTANT not in {start.span, end.span}
        ]

    @property
    def _pattern(self) -> str:
        return self.options.date_format if "%" in self.options.date_format else ""

    def _find_decimal(self, told: ImportColumns) -> None:
        signs = {self.options.decimal} if self.options.decimal else told.signs.decided(
            delimiter=self.file.delimiter
        )  # fmt: skip
        if len(signs) == 1:
            self.decimal = signs.pop()
        else:
            why = (
                "such as 1,234 can be read in two ways"
                if signs
                else "use both a comma and a point as decimal sign"
            )
            self._ask("value", f"numbers {why}", "--decimal . or --decimal ,")
        self.recognised["decimal"] = self.decimal

    def _readings(self, told: ImportColumns) -> ImportRead:
        conventions = Conventions(
            columns=self.columns, order=self.order, pattern=self._pattern, decimal=self.decimal,
            series=self.options.series, ends=self.ends,
        )  # fmt: skip
        for line, width in told.misfits:
            self._fault(line, "", f"{width} cells", str(told.width))
        found = understand(told, conventions, self.context)
        columns, lines = found.readings, found.lines
        if len(found.unclear):
            more = list(self._one_by_one(set(found.unclear.tolist()), conventions))
            columns = joined(columns, columns_of([reading for _, reading in more]))
            lines = np.concatenate([lines, np.array([line for line, _ in more], dtype=lines.dtype)])
            order = np.argsort(lines, kind="stable")
            columns, lines = columns.rows(order), lines[order]
        is_twin = self._find_twins(columns, lines)
        self.faults.sort(key=lambda fault: fault.line or 0)
        return self._result(
            columns=columns.rows(~is_twin), lines=lines[~is_twin], missing=tuple(found.missing.tolist())
        )

    def _one_by_one(self, unclear: set[int], conventions: Conventions) -> Iterator[tuple[int, Reading]]:
        """Read once more the lines that were not understood at once: each says what it says, or why not."""
        for block in self.file.blocks():
            for line, cells in zip(block.numbers, block.rows, strict=True):
                if line in unclear and any(map(str.strip, cells)):
                    plain = [cell.strip() for cell in cells]
                    reading, faults = read_line(
                        plain, line=line, conventions=conventions, context=self.context
                    )
                    self._keep(faults)
                    if reading is not None:
                        yield line, reading

    def _find_twins(self, columns: ReadingColumns, lines: Ints) -> Bools:
        """Name the lines that repeat a period and revision of an earlier line."""
        spans = columns.period_end - columns.period_start
        order, repeats = ordered(columns.series_index, columns.period_start, spans, columns.source_revision)
        is_twin = np.zeros(len(lines), dtype=np.bool_)
        is_twin[order] = repeats
        first = 0
        for at in np.flatnonzero(repeats).tolist():
            first = first if repeats[at - 1] else at - 1
            text = f"the same period as line {lines[order[first]]}"
            self._fault(int(lines[order[at]]), "date", text, "one value a period and revision")
        return is_twin

    def _fault(self, line: int, column: str, message: str, expected: str) -> None:
        problem = Problem(file=self.context.file, line=line, key=column, message=message, expected=expected)
        self._keep([problem])

    def _keep(self, faults: Sequence[Problem]) -> None:
        room = max(0, MOST_FAULTS - len(self.faults))
        self.faults += faults[:room]
        self.more_faults += len(faults[room:])
