"""The results of an index as CSV texts, one table a level: units down, columns across, numbers in full."""

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from monitor.domain.series import Bools, Floats
from monitor.services.index_table import IndexColumn, IndexTable

_UNIT = ("unit", "name", "group")


def index_files(table: IndexTable) -> dict[str, str]:
    """Return text by file name: the index, its structure, each level of drivers, each step of indicators."""
    arrays: dict[str, Floats | Bools] = {
        "raw": table.raw,
        "value": table.value,
        "treated": table.treated,
        "imputed": table.imputed,
        "pressure": table.pressure,
        "heat": table.heat,
    }
    files = {"index.csv": _index(table), "structure.csv": _structure(table)}
    for level in table.drivers:
        for name in ("pressure", "heat", "present"):
            files[f"drivers-{level.depth}-{name}.csv"] = _wide(table, level.columns, getattr(level, name))
    for name, array in arrays.items():
        files[f"indicators-{name}.csv"] = _wide(table, table.indicators, array)
    return files


def _index(table: IndexTable) -> str:
    header = (*_UNIT, "subject", "heat", "rank", "level", "concern", "pressure", "coverage", "confidence",
              "imputed", "at")  # fmt: skip
    rows = (
        (
            each.unit, each.name, each.group, each.subject, _cell(each.heat), _cell(each.rank), each.level,
            "" if each.concern is None else each.concern.word, _cell(each.pressure), _cell(each.coverage),
            _cell(each.confidence), _cell(each.imputed), each.at.isoformat().replace("+00:00", "Z"),
        )
        for each in table.units
    )  # fmt: skip
    return _csv(header, rows)


def _structure(table: IndexTable) -> str:
    """Return what every column is: in which tables it stands, its parent and its weights."""
    levels = [(f"drivers-{level.depth}", level.columns) for level in table.drivers]
    rows = (
        (name, each.key, each.name, each.parent, _cell(each.weight), _cell(each.effective_weight))
        for name, columns in [*levels, ("indicators", table.indicators)]
        for each in columns
    )
    return _csv(("table", "column", "name", "parent", "weight", "effective_weight"), rows)


def _wide(table: IndexTable, columns: Sequence[IndexColumn], values: Floats | Bools) -> str:
    rows = (
        (each.unit, each.name, each.group, *map(_cell, line))
        for each, line in zip(table.units, values.tolist(), strict=True)
    )
    return _csv((*_UNIT, *(each.key for each in columns)), rows)


def _cell(value: float | bool | None) -> str:  # noqa: FBT001 - a cell of any of these
    """Write a number in full, 1 and 0 for yes and no, and nothing where there is none."""
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None or np.isnan(value) else repr(value).removesuffix(".0")


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
