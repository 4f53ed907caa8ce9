"""The columns of an imported file as readings: what repeats is understood once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.grade import is_grade
from monitor.domain.indicator import Indicator
from monitor.domain.reading_columns import ReadingColumns
from monitor.domain.series import Bools, Floats, Ints, SeriesKey
from monitor.packs.cells import count_in
from monitor.packs.dates import WrittenDate, after, period_of
from monitor.packs.decimals import is_missing, read_number
from monitor.packs.import_columns import ImportColumns
from monitor.packs.import_line import WITHDRAWN, Conventions, ImportContext
from monitor.packs.period_ends import PeriodEnds

_MILLION = 1_000_000
_NEVER = np.iinfo(np.int64).min
_FEW_CODES = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """Readings in the order of their lines, lines without a value, and lines to be looked at one by one."""

    readings: ReadingColumns
    lines: Ints
    missing: Ints
    unclear: Ints


@dataclass(slots=True)
class _Rows:
    """The lines that are understood so far: `ok` takes out every line about which there is any doubt."""

    columns: ImportColumns
    conventions: Conventions
    context: ImportContext
    ok: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.ok = np.ones(len(self.columns.numbered()), dtype=np.bool_)

    @property
    def count(self) -> int:
        return len(self.ok)

    def text(self, name: str) -> tuple[list[str], Ints]:
        """Return the different texts of a column and which each line has; "" where there is no column."""
        column = self.columns.texts.get(name)
        if column is None:
            return [""], np.broadcast_to(np.int32(0), self.count)
        return column.words, column.index()

    def series(self) -> tuple[list[str], list[Indicator | None], Ints]:
        """Return the series of each line and the indicators of the series."""
        words, index = self.text("series")
        wanted = self.conventions.series
        keys = [word or wanted for word in words]
        found = [self._indicator(key) if wanted in {"", key} else None for key in keys]
        self.ok &= np.array([each is not None for each in found], dtype=np.bool_)[index]
        return keys, found, index

    def _indicator(self, key: str) -> Indicator | None:
        try:
            return self.context.indicators.get(SeriesKey.parse(key).indicator)
        except ValueError:
            return None

    def dates(self, name: str) -> tuple[list[WrittenDate | None], Ints]:
        """Return the dates of a column; one with a part of a second is looked at by itself."""
        words, index = self.text(name)
        found = [self.conventions.date(word) if word else None for word in words]
        return [None if each is None or each.start.microsecond else each for each in found], index

    def periods(self, indicators: list[Indicator | None], series: Ints) -> tuple[Ints, Ints]:
        """Return the start and end of each line's period as epoch seconds."""
        name = "period_start" if "period_start" in self.columns.texts else "date"
        starts, start_index = self.dates(name)
        end_words, _ = self.text("period_end")
        ends, end_index = self.dates("period_end")
        days = [each.cadence_days if each and not each.words else 1.0 for each in indicators]
        different = sorted(set(days))
        cadence = np.array([different.index(day) for day in days], dtype=np.int64)[series]
        code = (start_index.astype(np.int64) * len(ends) + end_index) * len(different) + cadence
        codes, index = _numbered(code, below=len(starts) * len(ends) * len(different))
        found = np.full((len(codes), 2), _NEVER, dtype=np.int64)
        for at, each in enumerate(codes.tolist()):
            rest, cadence_at = divmod(each, len(different))
            start, end = starts[rest // len(ends)], ends[rest % len(ends)]
            if start is None or (end is None and end_words[rest % len(ends)]):
                continue
            period = (
                period_of(start, cadence_days=different[cadence_at])
                if end is None
                else (start.start, after(end) if self.conventions.ends is PeriodEnds.LAST_DAY else end.start)
            )
            if period[1] > period[0]:
                found[at] = epoch(period[0]), epoch(period[1])
        self.ok &= (found[:, 0] != _NEVER)[index]
        return found[index, 0], found[index, 1]

    def known_at(
        self, indicators: list[Indicator | None], series: Ints, start: Ints, end: Ints
    ) -> tuple[Ints, Bools]:
        """Return when each line was known, and whether that was reckoned."""
        now = self.context.now
        words, index = self.text("known_at")
        dates, _ = self.dates("known_at")
        is_read = [not word or date is not None for word, date in zip(words, dates, strict=True)]
        self.ok &= np.array(is_read, dtype=np.bool_)[index]
        said = np.array([_NEVER if date is None else epoch(date.start) for date in dates], dtype=np.int64)[
            index
        ]
        is_said = said != _NEVER
        self.ok &= np.where(is_said, (said <= _floor(now)) & (said >= start), start <= _floor(now))
        lags = [self.context.lags_days.get(each.slug, 0.0) if each else 0.0 for each in indicators]
        lag = np.array([round(each * DAY_SECONDS * _MILLION) for each in lags], dtype=np.int64)[series]
        reckoned = end + -(-lag // _MILLION)
        now_micros = _floor(now) * _MILLION + now.microsecond
        is_past = end * _MILLION + lag <= now_micros
        known = np.where(is_said, said, np.where(is_past, reckoned, epoch(now)))
        return known, is_past & ~is_said

    def values(self, indicators: list[Indicator | None], series: Ints) -> tuple[Floats, Bools]:
        """Return the value of each line (NaN: withdrawn) and which lines have none."""
        column = self.columns.numbers["value"]
        values, odd, words = column.values(), column.odd_index(), column.odd_words
        is_missing_text = np.array([is_missing(word) for word in words] or [False], dtype=np.bool_)
        is_odd = odd >= 0
        missing: Bools = is_odd & is_missing_text[odd]
        code = series.astype(np.int64) * (len(words) + 1) + odd
        codes, index = np.unique(code[is_odd], return_inverse=True)
        found: list[tuple[float, bool]] = []
        for each in codes.tolist():
            indicator = indicators[each // (len(words) + 1)]
            found.append(self._odd_value(words[each % (len(words) + 1)], indicator))
        if found:
            values[is_odd] = np.array([value for value, _ in found])[index]
            self.ok[is_odd] &= np.array([is_read for _, is_read in found], dtype=np.bool_)[index]
        has_numeric_words = [bool(each and any(map(_is_number, each.words))) for each in indicators]
        self.ok &= ~np.array(has_numeric_words, dtype=np.bool_)[series]
        return values, missing

    def _odd_value(self, text: str, indicator: Indicator | None) -> tuple[float, bool]:
        if text.casefold() == WITHDRAWN:
            return np.nan, True
        words = {word.casefold(): value for word, value in indicator.words.items()} if indicator else {}
        value = words.get(text.casefold(), read_number(text, decimal=self.conventions.decimal))
        return (np.nan, False) if value is None else (value, True)

    def bounds(self, name: str) -> Floats:
        """Return the numbers of `low` or `high`, NaN where there is none."""
        column = self.columns.numbers.get(name)
        if column is None:
            return np.broadcast_to(np.float64(np.nan), self.count)
        values, odd = column.values(), column.odd_index()
        read = [read_number(word, decimal=self.conventions.decimal) for word in column.odd_words]
        is_read = [
            number is not None or is_missing(word)
            for number, word in zip(read, column.odd_words, strict=True)
        ]
        is_odd = odd >= 0
        if is_odd.any():
            values[is_odd] = np.array([np.nan if each is None else each for each in read])[odd[is_odd]]
            self.ok[is_odd] &= np.array(is_read, dtype=np.bool_)[odd[is_odd]]
        return values

    def checked(self, name: str, is_right: Any) -> tuple[tuple[str, ...], Ints]:
        """Return a column of few words, of which each must be right or empty."""
        words, index = self.text(name)
        self.ok &= np.array([not word or is_right(word) for word in words], dtype=np.bool_)[index]
        return tuple(words), index


def understand(columns: ImportColumns, conventions: Conventions, context: ImportContext) -> Understood:
    """Return the readings of a file's columns; of what is unclear in any way only the line."""
    rows = _Rows(columns, conventions, context)
    keys, indicators, series = rows.series()
    start, end = rows.periods(indicators, series)
    known, is_reconstructed = rows.known_at(indicators, series, start, end)
    value, missing = rows.values(indicators, series)
    low, high = rows.bounds("low"), rows.bounds("high")
    least, most = np.where(np.isnan(low), value, low), np.where(np.isnan(high), value, high)
    rows.ok &= np.isnan(value) | ((least <= value) & (value <= most))
    grades, grade = rows.checked("grade", is_grade)
    citations, citation = rows.checked("citation", context.citations.__contains__)
    revisions, revision = rows.checked("revision", lambda word: count_in(word) is not None)
    notes, note = rows.text("note")
    counts = np.array([count_in(word or "0") or 0 for word in revisions], dtype=np.int64)
    good = rows.ok & ~missing
    numbers = columns.numbered()
    return Understood(
        readings=ReadingColumns(
            series=tuple(keys), series_index=series, period_start=start, period_end=end, known_at=known,
            value=value, low=low, high=high, is_reconstructed=is_reconstructed, grades=grades,
            grade_index=grade, citations=citations, citation_index=citation, notes=tuple(notes),
            note_index=note, source_revision=counts[revision],
        ).rows(good),
        lines=numbers[good],
        missing=numbers[missing],
        unclear=numbers[~rows.ok & ~missing],
    )  # fmt: skip


def _numbered(codes: Ints, *, below: int) -> tuple[Ints, Ints]:
    """Return the different codes in order, and which each line has; few possible ones need no sorting."""
    if below > _FEW_CODES:
        found, index = np.unique(codes, return_inverse=True)
        return found, index
    is_there = np.zeros(below, dtype=np.bool_)
    is_there[codes] = True
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[codes]


def _floor(time: datetime) -> int:
    return epoch(time.replace(microsecond=0))


def _is_number(word: str) -> bool:
    return read_number(word, decimal=".") is not None or read_number(word, decimal=",") is not None
