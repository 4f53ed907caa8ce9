"""Rows into readings: which series a row is meant for, its period and figures, and several made one."""

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Rejected, Window
from monitor.domain.observation import Reading
from monitor.sources.parsing.figures import read_figure
from monitor.sources.parsing.periods import Stamp, after, period_of
from monitor.sources.tables.table_rows import Columns, Row, RowError
from monitor.sources.tables.table_settings import SeriesTable, TableSettings, Texts

_COMBINE: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "max": max,
    "count": len,
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
}
# What is told wrongly where one of its rows cannot be read; of sums, even if it is not known which.
_SUMMED = frozenset({"sum", "count"})
_JOINED = frozenset(_COMBINE) - {"first", "last"}
_MOST_FILLED = 50_000
_UNIT_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_LONGEST_UNIT = 79


class _Cell(NamedTuple):
    """What one reading stands for: a series' period, as it was known at a moment."""

    series: str
    start: datetime
    end: datetime
    known_at: datetime
    revision: int


class _Figures(NamedTuple):
    """A row's value and bounds."""

    value: float
    low: float | None
    high: float | None
    place: str


class _Plan(NamedTuple):
    """One table of series, with its conditions parted once: those of `where`, the words those may say."""

    table: SeriesTable
    where: Mapping[str, Texts]
    words: Mapping[str, Texts]


def _plan(table: SeriesTable) -> _Plan:
    where = {column: texts for column, texts in table.where.items() if column not in table.expect}
    return _Plan(table, where, {c: texts for c, texts in table.expect.items() if c in table.where})


class Readings:
    """Takes rows one by one, and makes readings of them."""

    def __init__(self, settings: TableSettings, columns: Columns, *, now: datetime) -> None:
        """Begin with no row."""
        self._settings, self._columns, self._now = settings, columns, now
        self._missing = frozenset(settings.missing)
        self._plans = tuple(map(_plan, settings.series))
        self._periods: dict[str, tuple[datetime, datetime]] = {}
        self._lacking: dict[_Cell, str] = {}
        self._cells: dict[_Cell, tuple[SeriesTable, list[_Figures]]] = {}

    def take(self, row: Row) -> bool:
        """Return whether a row is meant for a series and has a value; RowError if it cannot be read."""
        is_meant = False
        for plan in self._plans:
            if series := self._series(row, plan):
                table = plan.table
                cell = self._placed(row, series, table)
                try:
                    if not self._is_chosen(row, plan):
                        continue
                    figures = self._figures(row, table)
                except RowError:
                    if table.combine in _JOINED:
                        self._lacking.setdefault(cell, row.place)
                    raise
                self._cells.setdefault(cell, (table, []))[1].append(figures)
                is_meant = True
        return is_meant

    def doubt(self, row: Row) -> None:
        """Raise SourceError if a row that cannot be read at all may belong to a sum or a count."""
        if summed := [table for table in self._settings.series if table.combine in _SUMMED]:
            name = summed[0].series or summed[0].indicator
            raise SourceError(f"{row.place}: {row.fault}; {name} would be told without it")

    def made(self, *, window: Window | None, fill: bool) -> tuple[tuple[Reading, ...], tuple[Rejected, ...]]:
        """Return the readings in order, and the periods that several rows dispute."""
        readings: list[Reading] = []
        disputed: list[Rejected] = []
        # A million rows take much room: what is made is let go, unless zeros are told by it later.
        is_kept = any(table.empty_is_zero for table in self._settings.series)
        for cell in sorted(self._cells):
            table, rows = self._cells[cell] if is_kept else self._cells.pop(cell)
            if place := self._lacking.get(cell):
                reason = f"a {table.combine} for {cell.start:%Y-%m-%d} would lack this row, so none is given"
                disputed.append(Rejected(where=place, text=cell.series, reason=reason))
                continue
            if table.combine and window is not None and window.cuts(cell.start, cell.end, now=self._now):
                continue
            try:
                readings.append(self._reading(cell, *_combined(cell, table, rows)))
            except ValueError as error:
                disputed.append(Rejected(where=_places(rows), text=cell.series, reason=str(error)))
        if disputed and not readings:
            raise SourceError(f"{disputed[0].where}: {disputed[0].reason}", permanent=True)
        zeros = self._zeros(window) if fill and not disputed else ()
        return (*readings, *(self._reading(cell, 0.0, None, None) for cell in zeros)), tuple(disputed)

    def _series(self, row: Row, plan: _Plan) -> str:
        """The series that a row has a value for, "" if none; columns of `expect` are looked at later."""
        columns, table = self._columns, plan.table
        if not columns.fits(row, plan.where):
            return ""
        if table.value and columns.text(row, table.value) in self._missing:
            return ""
        if table.series:
            return table.series
        code = columns.text(row, table.unit_column)
        unit = table.units.get(code, "") if table.units else _unit(code, case=table.unit_case)
        return f"{table.indicator}:{unit}" if unit else ""

    def _placed(self, row: Row, series: str, table: SeriesTable) -> _Cell:
        try:
            return self._cell(row, series)
        except RowError as error:
            if table.combine in _SUMMED:
                message = f"{row.place}: {error}; a {table.combine} of {series} would be told without it"
                raise SourceError(message) from None
            raise

    def _is_chosen(self, row: Row, plan: _Plan) -> bool:
        """Whether `where` means the row, once its columns say words that are known.

        A word that is not known would be passed over, and what it stands for silently left out.
        """
        if not plan.words:
            return True
        self._columns.require(row, plan.words)
        return self._columns.fits(row, plan.table.where)

    def _figures(self, row: Row, table: SeriesTable) -> _Figures:
        if table.expect:
            self._columns.require(row, table.expect)
        if not table.value or table.combine == "count":
            return _Figures(1.0, None, None, row.place)
        value = self._figure(row, table.value, table.scale)
        if value is None:
            raise RowError(f"{table.value} says nothing")
        low = self._figure(row, table.low, table.scale) if table.low else None
        high = self._figure(row, table.high, table.scale) if table.high else None
        return _Figures(value, *((low, high) if table.scale > 0 else (high, low)), row.place)

    def _figure(self, row: Row, column: str, scale: float) -> float | None:
        text = self._columns.text(row, column)
        if not column or text in self._missing:
            return None
        try:
            figure = read_figure(text, decimal=self._settings.decimal) * scale
        except ValueError as error:
            raise RowError(f"{column}: {error}") from None
        if not math.isfinite(figure):
            raise RowError(f"{column}: {text!r} times {scale:g} is no number")
        return figure

    def _cell(self, row: Row, series: str) -> _Cell:
        settings = self._settings
        start, end = self._period(row)
        known_at = self._now
        if settings.known_at and self._columns.text(row, settings.known_at):
            stated = self._columns.stamp(row, settings.known_at, settings)
            known_at = min(after(stated), self._now)
        return _Cell(series, start, end, known_at, self._revision(row) if settings.revision else 0)

    def _period(self, row: Row) -> tuple[datetime, datetime]:
        """The period of a row; many rows are of few dates, so each text is read once."""
        settings = self._settings
        if settings.end:
            start = self._columns.date(row, settings).start
            end = after(self._columns.stamp(row, settings.end, settings))
            if end <= start:
                raise RowError(f"{settings.end} is before {settings.date}")
            return start, end
        text = self._columns.text(row, settings.date)
        if settings.date and text in self._periods:
            return self._periods[text]
        try:
            found = period_of(self._columns.date(row, settings), settings.period)
        except RowError:
            raise
        except ValueError as error:
            raise RowError(str(error)) from None
        if settings.date:
            self._periods[text] = found
        return found

    def _revision(self, row: Row) -> int:
        if not (text := self._columns.text(row, self._settings.revision)):
            return 0
        if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - an integer of 32 bits
            raise RowError(f"{self._settings.revision}: {text[:40]!r} is no number of a revision")
        return int(text)

    def _reading(self, cell: _Cell, value: float, low: float | None, high: float | None) -> Reading:
        return Reading(
            series=cell.series,
            period_start=cell.start,
            period_end=cell.end,
            value=value,
            low=low,
            high=high,
            known_at=cell.known_at,
            grade=self._settings.grade,
            citation=self._settings.citation,
            source_revision=cell.revision,
        )

    def _zeros(self, window: Window | None) -> Iterator[_Cell]:
        """The periods that a counted series has no row of, though the source was asked for all of it."""
        for table in self._settings.series:
            if not table.empty_is_zero:
                continue
            units = dict.fromkeys(table.units.values())
            for name in [table.series] if table.series else [f"{table.indicator}:{each}" for each in units]:
                there = {(cell.start, cell.end) for cell in self._cells if cell.series == name}
                for start, end in self._asked(window):
                    if (start, end) not in there:
                        yield _Cell(name, start, end, self._now, 0)

    def _asked(self, window: Window | None) -> Iterator[tuple[datetime, datetime]]:
        """The whole periods that lie in what was asked for, or between the first row and the last."""
        if window is not None:
            first = datetime.combine(window.first, time(), UTC)
            last = datetime.combine(window.last, time(), UTC) + timedelta(days=1)
        elif self._cells:
            first = min(cell.start for cell in self._cells)
            last = max(cell.end for cell in self._cells)
        else:
            return
        start, end = period_of(Stamp(first, "hour"), self._settings.period)
        for _ in range(_MOST_FILLED):
            if end > min(last, self._now):
                return
            if start >= first:
                yield start, end
            start, end = period_of(Stamp(end, "hour"), self._settings.period)


def _combined(
    cell: _Cell, table: SeriesTable, rows: Sequence[_Figures]
) -> tuple[float, float | None, float | None]:
    first = rows[0]
    if len(rows) == 1 and table.combine != "count":
        return first.value, first.low, first.high
    same = all((each.value, each.low, each.high) == (first.value, first.low, first.high) for each in rows)
    if table.combine == "count":
        return float(len(rows)), None, None
    if same and not table.combine:
        return first.value, first.low, first.high
    if not table.combine:
        message = f"{cell.series} has {len(rows)} values for {cell.start:%Y-%m-%d}; say how to combine them"
        raise ValueError(message)
    how = _COMBINE[table.combine]
    lows = [each.low for each in rows if each.low is not None]
    highs = [each.high for each in rows if each.high is not None]
    value = how([each.value for each in rows])
    if not math.isfinite(value):
        message = f"{cell.series}: the {table.combine} for {cell.start:%Y-%m-%d} is no number"
        raise ValueError(message)
    return (
        value,
        how(lows) if len(lows) == len(rows) else None,
        how(highs) if len(highs) == len(rows) else None,
    )


def _unit(code: str, *, case: str) -> str:
    if not code:
        return ""
    unit = {"lower": code.lower(), "upper": code.upper()}.get(case, code)
    if not set(unit) <= _UNIT_SIGNS or not unit[0].isalnum() or len(unit) > _LONGEST_UNIT:
        raise RowError(f"{code[:40]!r} is no name of a unit; say in units what it stands for")
    return unit


def _places(rows: Sequence[_Figures]) -> str:
    return ", ".join(each.place for each in rows[:5])
