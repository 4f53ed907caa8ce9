"""Monthly histories by country, and what was known of them when each month came out."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from monitor.domain.series import Columns, Floats

# A month of the candidate releases comes out about the 20th of the next.
OUT_AFTER = timedelta(days=20)

Vintages = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A country's months, oldest first, with their last values; `vintages` by the month they came out in."""

    country: str
    months: tuple[str, ...]
    values: Floats
    vintages: Vintages = field(default_factory=dict)

    def known(self, place: int) -> Floats:
        """Return the months up to `place` as they stood when that month came out."""
        found = self.values[: place + 1].copy()
        if vintage := self.vintages.get(following(self.months[place])):
            found = np.array(
                [vintage.get(month, old) for month, old in zip(self.months, found, strict=False)]
            )
        return found

    def columns(self) -> Columns:
        """Return every value with when it became known: a row for each change."""
        rows: list[tuple[int, int, int, float]] = []
        before: Floats = np.empty(0)
        for place, month in enumerate(self.months):
            known, now = self.known(place), _second(_out(month))
            for number, value in enumerate(known):
                if number >= len(before) or before[number] != value:
                    rows.append((*_period(self.months[number]), now, float(value)))
            before = known
        start, end, known_at, value = (np.array(each) for each in zip(*rows, strict=True))
        return Columns(
            period_start=start, period_end=end, known_at=known_at, value=value,
            seq=np.arange(1, len(rows) + 1), source_revision=np.zeros(len(rows), dtype=np.int64),
            low=np.full(len(rows), np.nan), high=np.full(len(rows), np.nan), grade=np.ones(len(rows)),
        )  # fmt: skip

    def place_out(self, at: datetime) -> int:
        """Return the newest month that had come out at a moment, -1 for none."""
        outs = [_second(_out(month)) for month in self.months]
        return int(np.searchsorted(outs, _second(at), side="right")) - 1


def read_histories(path: Path, vintages: Path | None = None) -> list[History]:
    """Return the countries of a wide table: `month_end` and a column a country; empty cells are refused."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        [header, *rows] = csv.reader(file)
    months = tuple(row[0][:7] for row in rows)
    _check(path, header, months)
    told = {} if vintages is None else _vintages(vintages)
    values = np.array([[_number(path, line, cell) for cell in row[1:]] for line, row in enumerate(rows, 2)])
    return [
        History(country=country, months=months, values=values[:, place], vintages=told.get(country, {}))
        for place, country in enumerate(header[1:])
    ]


def following(month: str) -> str:
    """Return the month after one, as 2018-01."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _vintages(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            of_country = found.setdefault(row["country"], {})
            of_country.setdefault(row["vintage"], {})[row["month_end"][:7]] = float(row["fatalities"])
    return found


def _check(path: Path, header: Sequence[str], months: Sequence[str]) -> None:
    if not header or header[0] != "month_end":
        message = f"{path}: the first column is named {header[:1]}, expected month_end"
        raise SystemExit(message)
    for before, after in pairwise(months):
        if after != following(before):
            message = f"{path}: {after} stands after {before}, expected {following(before)}"
            raise SystemExit(message)


def _number(path: Path, line: int, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        message = f"{path}, line {line}: {cell!r} is no number"
        raise SystemExit(message) from None


def _period(month: str) -> tuple[int, int]:
    return _second(_first(month)), _second(_first(following(month)))


def _first(month: str) -> datetime:
    return datetime(int(month[:4]), int(month[5:7]), 1, tzinfo=UTC)


def _out(month: str) -> datetime:
    return _first(following(month)) + OUT_AFTER


def _second(at: datetime) -> int:
    return int(at.timestamp())
