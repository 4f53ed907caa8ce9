"""Rows of a table: cells of text with their place, and columns found by any of their names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Rejected
from monitor.sources.parsing.periods import Stamp, read_date
from monitor.sources.tables.table_settings import TableSettings, Texts, columns_of, listed

_SHOWN = 160
_MOST_NAMED = 30


class Row(NamedTuple):
    """One row: where it stands ("line 7"), its cells as text by column, and what is wrong with all of it."""

    place: str
    cells: Mapping[str, str]
    fault: str = ""


class RowError(ValueError):
    """A row that is meant cannot be read: why, in words."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns that the settings name are found."""

    found: Mapping[str, str]

    def text(self, row: Row, column: str) -> str:
        """Return the trimmed text of a row's cell, "" for a column that is not named."""
        return row.cells.get(self.found[column], "").strip() if column else ""

    def date(self, row: Row, settings: TableSettings) -> Stamp:
        """Return a row's own date; RowError if it has none that can be read."""
        if settings.date:
            return self.stamp(row, settings.date, settings)
        parts = [self.text(row, column) for column in settings.date_parts]
        text = "-".join(part.zfill(2) for part in parts)
        return _stamp(text if all(parts) else "", "-".join(settings.date_parts), settings)

    def stamp(self, row: Row, column: str, settings: TableSettings) -> Stamp:
        """Return the date in one column; RowError if it has none that can be read."""
        return _stamp(self.text(row, column), column, settings)

    def require(self, row: Row, expected: Mapping[str, Texts]) -> None:
        """Raise RowError if one of these columns says none of its texts."""
        for column, texts in expected.items():
            if (found := self.text(row, column)) not in (wanted := listed(texts)):
                raise RowError(f"{column} is {found[:40]!r}, where {' or '.join(wanted)} is expected")

    def fits(self, row: Row, wanted: Mapping[str, Texts]) -> bool:
        """Whether each of these columns says one of its texts."""
        return not wanted or all(self.text(row, column) in listed(texts) for column, texts in wanted.items())


def _stamp(text: str, column: str, settings: TableSettings) -> Stamp:
    try:
        return read_date(text, settings.date_formats)
    except ValueError as error:
        raise RowError(f"{column}: {error}" if text else f"{column} is empty") from None


def find_columns(settings: TableSettings, present: Sequence[str]) -> Columns:
    """Return where each named column is, by its name or an alias; SourceError names those that are not."""
    found, absent = {}, []
    for column in columns_of(settings):
        names = [name for name in (column, *settings.aliases.get(column, ())) if name in present]
        if names:
            found[column] = names[0]
        else:
            absent.append(column)
    if absent:
        there = ", ".join(list(present)[:_MOST_NAMED])[:600] or "nothing"
        message = f"the table has no column {', '.join(sorted(absent))}; it has: {there}"
        raise SourceError(message, permanent=True)
    if twice := sorted(name for name in found.values() if present.count(name) > 1):
        raise SourceError(f"the table has more than one column {', '.join(twice)}", permanent=True)
    return Columns(found)


def rejected(row: Row, reason: object) -> Rejected:
    """Return a row that is not used, with what it says."""
    said = ", ".join(text for text in row.cells.values() if text)
    plain = "".join(each if each.isprintable() else " " for each in said[:_SHOWN])
    return Rejected(where=row.place, text=plain, reason=str(reason))


def check_share(bad: Collection[Rejected], *, meant: int) -> None:
    """Raise SourceError if more than half of the rows that are meant cannot be read."""
    if 2 * len(bad) <= meant:
        return
    first = next(iter(bad))
    message = (
        f"{len(bad)} of {meant} rows cannot be read, as if the layout had changed; "
        f"{first.where}: {first.reason}"
    )
    raise SourceError(message)
