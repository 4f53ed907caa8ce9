"""csv_http: any CSV or TSV file over HTTP, its columns mapped to series by the source's settings."""

import codecs
import csv
import io
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from charset_normalizer import from_bytes

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Fetcher, Harvest
from monitor.domain.observation import Reading
from monitor.domain.source import Source

_MISSING = ("", "NA", "N/A", "NaN", "null", "-")
_COMBINE: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "max": max,
}
_FIRST: Mapping[str, Callable[[datetime], datetime]] = {
    "day": lambda moment: moment,
    "week": lambda moment: moment,
    "month": lambda moment: moment.replace(day=1),
    "year": lambda moment: moment.replace(month=1, day=1),
}
_NEXT: Mapping[str, Callable[[datetime], datetime]] = {
    "day": lambda start: start + timedelta(days=1),
    "week": lambda start: start + timedelta(days=7),
    "month": lambda start: (start.replace(day=1) + timedelta(days=32)).replace(day=1),
    "year": lambda start: start.replace(year=start.year + 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mapped:
    """Which rows and columns make one series."""

    series: str
    value: str
    where: Mapping[str, str]
    low: str = ""
    high: str = ""
    combine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How the file is to be read."""

    date: str
    date_format: str
    period: str
    delimiter: str
    decimal: str
    missing: frozenset[str]
    grade: str
    citation: str
    mapped: tuple[_Mapped, ...]


class CsvHttpSource:
    """Settings: `url`, `date` (a column), `series` (tables of series, value, where, low, high, combine).

    Optional: `delimiter` (","), `date_format` ("%Y-%m-%d"), `period` (day, week, month, year), `decimal`
    ("."), `missing` (texts that mean no value), `grade`, `citation`, `allow_http`. Rows that make the same
    period of a series need `combine`: sum, mean, median, min or max.
    """

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings."""
        try:
            _layout(source)
        except SourceError as error:
            return (str(error),)
        return ()

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return every reading of the file; Unchanged if it is the one read last."""
        layout = _layout(source)
        answer = fetcher.get(str(source.settings["url"]), revalidate=True)
        text = _text(answer.content, answer.headers.get("content-type", ""))
        return Harvest(readings=tuple(_readings(text, layout, now=ask.now)))


def _layout(source: Source) -> _Layout:
    given: dict[str, Any] = dict(source.settings)
    if not given.get("url") or not given.get("date") or not given.get("series"):
        raise SourceError(f"source {source.slug} needs the settings url, date and series", permanent=True)
    if given.get("period", "day") not in _NEXT:
        raise SourceError(f"source {source.slug}: period is one of {', '.join(_NEXT)}", permanent=True)
    try:
        mapped = tuple(_Mapped(**{"where": {}, **table}) for table in given["series"])
    except TypeError as error:
        raise SourceError(f"source {source.slug}: series: {error}", permanent=True) from error
    if unknown := {each.combine for each in mapped} - {"", *_COMBINE}:
        raise SourceError(f"source {source.slug}: no such combine: {', '.join(unknown)}", permanent=True)
    return _Layout(
        date=given["date"],
        date_format=given.get("date_format", "%Y-%m-%d"),
        period=given.get("period", "day"),
        delimiter=given.get("delimiter", ","),
        decimal=given.get("decimal", "."),
        missing=frozenset(given.get("missing", _MISSING)),
        grade=given.get("grade", ""),
        citation=given.get("citation", ""),
        mapped=mapped,
    )


def _text(content: bytes, content_type: str) -> str:
    """The file as text; a page that says something went wrong is no file."""
    if content.lstrip()[:1] == b"<" or "html" in content_type:
        raise SourceError("the answer is a page, not a table")
    is_wide = content[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        guess = from_bytes(content[:65_536]).best()
    if guess is None:
        raise SourceError("the answer is no text in a known encoding")
    return content.decode(guess.encoding, errors="replace")


def _readings(text: str, layout: _Layout, *, now: datetime) -> Iterator[Reading]:
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=layout.delimiter, strict=True)
    named = {layout.date} | {
        column
        for each in layout.mapped
        for column in (each.value, each.low, each.high, *each.where)
        if column
    }
    try:
        if absent := sorted(named - set(rows.fieldnames or ())):
            raise SourceError(f"the file has no column {', '.join(absent)}", permanent=True)
        cells: dict[tuple[int, datetime], list[tuple[float, float | None, float | None]]] = {}
        for row in rows:
            for place, mapped in enumerate(layout.mapped):
                if _is_meant(row, mapped, layout):
                    start = _start(row, layout, line=rows.line_num)
                    cells.setdefault((place, start), []).append(_figures(row, mapped, layout, rows.line_num))
    except csv.Error as error:
        raise SourceError(f"line {rows.line_num} is no row of a table: {error}") from error
    for (place, start), figures in sorted(cells.items()):
        yield _reading(layout.mapped[place], start, figures, layout, now=now)


def _reading(
    mapped: _Mapped,
    start: datetime,
    figures: Sequence[tuple[float, float | None, float | None]],
    layout: _Layout,
    *,
    now: datetime,
) -> Reading:
    value, low, high = _combined(figures, mapped, start)
    try:
        return Reading(
            series=mapped.series,
            period_start=start,
            period_end=_NEXT[layout.period](start),
            value=value,
            low=low,
            high=high,
            known_at=now,
            grade=layout.grade,
            citation=layout.citation,
        )
    except ValueError as error:
        raise SourceError(str(error)) from error


def _is_meant(row: Mapping[str, str | None], mapped: _Mapped, layout: _Layout) -> bool:
    """Rows of tags (HXL), of other places and without a value are passed over; a value of 0 is a value."""
    date, value = (row[layout.date] or "").strip(), (row[mapped.value] or "").strip()
    if not date or date.startswith("#") or value in layout.missing:
        return False
    return all((row[column] or "").strip() == wanted for column, wanted in mapped.where.items())


def _start(row: Mapping[str, str | None], layout: _Layout, *, line: int) -> datetime:
    text = (row[layout.date] or "").strip()
    try:
        moment = datetime.strptime(text, layout.date_format)  # noqa: DTZ007 (given its zone below)
    except ValueError:
        raise SourceError(f"line {line}: {text[:40]!r} is no date like {layout.date_format}") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return _FIRST[layout.period](moment)


def _figures(
    row: Mapping[str, str | None], mapped: _Mapped, layout: _Layout, line: int
) -> tuple[float, float | None, float | None]:
    value = _figure(row[mapped.value], layout, line)
    low, high = (
        _figure(row[column], layout, line)
        if column and (row[column] or "").strip() not in layout.missing
        else None
        for column in (mapped.low, mapped.high)
    )
    return value, low, high


def _figure(text: str | None, layout: _Layout, line: int) -> float:
    plain = (text or "").strip()
    if layout.decimal != ".":
        plain = plain.replace(".", "").replace(layout.decimal, ".")
    else:
        plain = plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in plain:
        raise SourceError(f"line {line}: {str(text)[:40]!r} is no number")
    return value


def _combined(
    figures: Sequence[tuple[float, float | None, float | None]], mapped: _Mapped, start: datetime
) -> tuple[float, float | None, float | None]:
    if len(figures) == 1:
        return figures[0]
    if not mapped.combine:
        raise SourceError(
            f"{mapped.series} has {len(figures)} values for {start:%Y-%m-%d}; say how to combine them",
            permanent=True,
        )
    how = _COMBINE[mapped.combine]
    value = how([each[0] for each in figures])
    lows, highs = ([each[side] for each in figures] for side in (1, 2))
    return (
        value,
        how([low for low in lows if low is not None]) if None not in lows else None,
        how([high for high in highs if high is not None]) if None not in highs else None,
    )
