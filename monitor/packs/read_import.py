"""A file of values from anywhere as readings by line, with everything unclear or wrong in it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.domain.errors import InvalidInput
from monitor.domain.observation import Reading
from monitor.domain.problem import Problem
from monitor.packs.dates import (
    DateOrder,
    Span,
    WrittenDate,
    depends_on_order,
    is_numeric,
    orders_in,
    read_date,
)
from monitor.packs.decimals import POINT, is_missing, looks_like_number, signs_in
from monitor.packs.decode import DELIMITERS, Lines, decode, find_delimiter, split_lines
from monitor.packs.headings import heading_of
from monitor.packs.import_line import Conventions, ImportContext, read_line
from monitor.packs.period_ends import PeriodEnds, ends_in

_DATES = ("date", "period_start", "period_end", "known_at")
_NUMBERS = ("value", "low", "high")


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
    """What a file says: readings with their lines; faults of lines; `questions` stop the whole file."""

    readings: tuple[tuple[int, Reading], ...] = ()
    faults: tuple[Problem, ...] = ()
    questions: tuple[Problem, ...] = ()
    missing: tuple[int, ...] = ()
    recognised: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def read_import(data: bytes, context: ImportContext, options: ImportOptions) -> ImportRead:
    """Return what a file of values says; nothing is raised for what it holds."""
    try:
        text, encoding = decode(data)
        delimiter = options.delimiter or find_delimiter(text)
        lines = split_lines(text, delimiter)
    except InvalidInput as error:
        return ImportRead(questions=(Problem(file=context.file, message=str(error)),))
    return _Import(context, options, encoding, delimiter).read(lines)


class _Import:
    """One file on its way to readings: columns first, then what holds for whole columns, then the lines."""

    def __init__(self, context: ImportContext, options: ImportOptions, encoding: str, delimiter: str) -> None:
        self.context = context
        self.options = options
        self.delimiter = delimiter
        self.recognised = {"encoding": encoding, "delimiter": DELIMITERS.get(delimiter, delimiter)}
        self.columns: dict[str, int] = {}
        self.ignored: list[str] = []
        self.questions: list[Problem] = []
        self.faults: list[Problem] = []
        self.missing: list[int] = []
        self.order: DateOrder | None = None
        self.decimal = POINT
        self.ends = PeriodEnds.DAY_AFTER
        self.seen: dict[tuple[str, datetime, datetime, int], int] = {}

    def read(self, lines: Lines) -> ImportRead:
        """Return what the lines say."""
        self._find_columns(lines[0][1] if lines else [])
        readings: list[tuple[int, Reading]] = []
        if not self.questions:
            self._find_order(lines[1:])
            self._find_decimal(lines[1:])
            self._find_ends(lines[1:])
        if not self.questions:
            readings = list(self._readings(lines))
        return ImportRead(
            readings=tuple(readings), faults=tuple(self.faults), questions=tuple(self.questions),
            missing=tuple(self.missing), recognised=self.recognised, ignored=tuple(self.ignored),
        )  # fmt: skip

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

    def _texts(self, lines: Lines, columns: Collection[str]) -> list[str]:
        indexes = [self.columns[column] for column in columns if column in self.columns]
        return [cells[index] for _, cells in lines for index in indexes if index < len(cells)]

    def _find_order(self, lines: Lines) -> None:
        said = self.options.date_format
        if said and "%" not in said:
            self.order = DateOrder.MONTH_FIRST if said == DateOrder.MONTH_FIRST else DateOrder.DAY_FIRST
        elif not said:
            texts = [text for text in self._texts(lines, _DATES) if is_numeric(text)]
            orders = orders_in(texts)
            unclear = next(filter(depends_on_order, texts), "")
            self.order = min(orders) if texts and orders else None
            if unclear and len(orders) != 1:
                why = "could be day/month or month/day" if orders else "stands among dates of the other order"
                self._ask("date", f"{unclear} {why}", "--date-format dmy or --date-format mdy")
        self.recognised["dates"] = said or str(self.order or "iso")

    def _find_ends(self, lines: Lines) -> None:
        """Decide for the whole file whether an end date is the last day or the one after it."""
        if "period_end" not in self.columns:
            return
        pairs = [pair for _, cells in lines if (pair := self._dates(cells)) is not None]
        found = {PeriodEnds(self.options.ends)} if self.options.ends else ends_in(pairs)
        if len(found) == 1:
            self.ends = found.pop()
        elif pairs:
            how = "--ends last-day (the period includes it) or --ends day-after (it begins the next one)"
            day = f"{pairs[0][1].start:%Y-%m-%d}"
            self._ask("period_end", f"whether {day} belongs to the period it ends is not said", how)
        self.recognised["end dates"] = self.ends.words if pairs or self.options.ends else "exact times"

    def _dates(self, cells: Sequence[str]) -> tuple[WrittenDate, WrittenDate] | None:
        """Return the start and end of a line where both are dates without a time of day."""
        column = self.columns.get("period_start", self.columns.get("date", 0))
        if max(column, self.columns["period_end"]) >= len(cells):
            return None
        said = self.options.date_format
        pattern = said if "%" in said else ""
        start, end = (
            read_date(cells[index], order=self.order, pattern=pattern)
            for index in (column, self.columns["period_end"])
        )
        if start is None or end is None or Span.INSTANT in {start.span, end.span}:
            return None
        return start, end

    def _find_decimal(self, lines: Lines) -> None:
        texts = [text for text in self._texts(lines, _NUMBERS) if looks_like_number(text)]
        signs = {self.options.decimal} if self.options.decimal else signs_in(texts, delimiter=self.delimiter)
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

    def _readings(self, lines: Lines) -> Iterator[tuple[int, Reading]]:
        said = self.options.date_format
        conventions = Conventions(
            columns=self.columns, order=self.order, pattern=said if "%" in said else "",
            decimal=self.decimal, series=self.options.series, ends=self.ends,
        )  # fmt: skip
        width = len(lines[0][1])
        for line, cells in lines[1:]:
            if len(cells) != width:
                self._fault(line, "", f"{len(cells)} cells", str(width))
            elif is_missing(conventions.cell(cells, "value")):
                self.missing.append(line)
            else:
                reading, faults = read_line(cells, line=line, conventions=conventions, context=self.context)
                self.faults += faults
                if reading is not None and not self._is_twin(line, reading):
                    yield line, reading

    def _is_twin(self, line: int, reading: Reading) -> bool:
        name = (reading.series, reading.period_start, reading.period_end, reading.source_revision)
        first = self.seen.setdefault(name, line)
        if first != line:
            self._fault(line, "date", f"the same period as line {first}", "one value a period and revision")
        return first != line

    def _fault(self, line: int, column: str, message: str, expected: str) -> None:
        self.faults.append(
            Problem(file=self.context.file, line=line, key=column, message=message, expected=expected)
        )
