"""A JSON answer as rows of a table: objects, lists, or columns that are lists themselves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonpath import JSONPath

from monitor.domain.errors import SourceError
from monitor.sources.parsing.bodies import said, shown
from monitor.sources.tables.json_paths import certain_part, compiled, nodes
from monitor.sources.tables.table_rows import Row

_LONGEST_CELL = 4_000
_DEEPEST = 20
_MOST_UNROLLED = 200_000

# How a column is found in a row: a key, keys one below the other, or a path.
Way = str | Sequence[str] | JSONPath


def rows_at(path: JSONPath, document: Any, *, what: str) -> list[Any]:
    """Return what the path of the rows finds; SourceError if the place where they should be is not there."""
    found = nodes(path, document)
    if not found:
        place = certain_part(path)
        held = nodes(place, document)
        if not held or not (held[0] is None or isinstance(held[0], list | dict)):
            there = f"{keys_of(document)}{said(document)}"
            raise SourceError(f"{what} has nothing at {place}, where rows are expected; it has: {there}")
    return found


def keys_of(document: Any) -> str:
    """Return what a document has at its top, for a sentence."""
    if isinstance(document, dict):
        return ", ".join(map(str, list(document)[:30]))[:400] or "nothing"
    if isinstance(document, list):
        inside = f", the first of which is {shown(document[0])}" if document else ""
        return f"a list of {len(document)}{inside}"
    return shown(document)


def way_to(column: str) -> Way:
    """Return how a column is found: `date`, `country.id`, or a path such as `$.source[*].shortname`."""
    if column.startswith("$"):
        return compiled(column)
    steps = column.split(".")
    return column if len(steps) == 1 else steps[:_DEEPEST]


def table_of(
    found: Sequence[tuple[str, Any]],
    columns: Sequence[str],
    *,
    arrays: Mapping[str, str],
    start: str,
    step: str,
) -> tuple[Sequence[str], list[Row]]:
    """Return the columns that are there and the rows; `found` are the places and values of each.

    `arrays`: columns that are lists in each row, which becomes a row for each of their places; with `start`
    and `step` (columns of seconds) these have a column `time`.
    """
    ways = {column: way_to(column) for column in columns if column not in arrays and column != "time"}
    if "time" in columns and not start:
        ways["time"] = "time"
    lists = {column: way_to(path) for column, path in arrays.items()}
    present: set[str] = set()
    rows: list[Row] = []
    for place, value in found:
        row = _one(place, value, ways, present)
        if not lists or row.fault:
            rows.append(row)
            continue
        rows += _many(row, value, lists, start=start, step=step, present=present)
        if len(rows) > _MOST_UNROLLED:
            raise SourceError(
                f"the lists hold more than {_MOST_UNROLLED:,} values; ask for less", permanent=True
            )
    # Where no row can be read at all, that is to be said, and not that a column is gone.
    is_open = all(row.fault for row in rows)
    names = [column for column in columns if is_open or column in present]
    keys = [str(key) for _, value in found[:1] if isinstance(value, dict) for key in value]
    return list(dict.fromkeys([*names, *keys])), rows


def _one(place: str, value: Any, ways: Mapping[str, Way], present: set[str]) -> Row:
    held = dict(enumerate_texts(value)) if isinstance(value, list) else value
    if not isinstance(held, dict):
        return Row(place, {"": shown(value)}, "it is no object")
    cells: dict[str, str] = {}
    for column, way in ways.items():
        is_there, found = _follow(held, way)
        if is_there:
            present.add(column)
            cells[column] = cell_text(found)
    return Row(place, cells)


def _many(
    row: Row, value: Any, lists: Mapping[str, Way], *, start: str, step: str, present: set[str]
) -> Iterator[Row]:
    """Yield a row for each place of the lists of one."""
    columns = {column: _follow(value, way)[1] for column, way in lists.items()}
    if wrong := [column for column, found in columns.items() if not isinstance(found, list)]:
        yield Row(row.place, row.cells, f"{wrong[0]} is no list")
        return
    if len(lengths := {len(found) for found in columns.values()}) > 1:
        yield Row(row.place, row.cells, f"its lists are of {' and '.join(map(str, sorted(lengths)))} values")
        return
    times = _times(value, start=start, step=step)
    if start and times is None:
        yield Row(row.place, row.cells, f"{start} and {step} are no whole numbers of seconds")
        return
    present.update(columns, ["time"] if start else [])
    # One more than is taken says that they are too many.
    for number in range(min(next(iter(lengths)), _MOST_UNROLLED + 1)):
        cells = {**row.cells, **{column: cell_text(found[number]) for column, found in columns.items()}}
        if times is not None:
            cells["time"] = str(times[0] + number * times[1])
        yield Row(f"{row.place}, value {number}", cells)


def _times(value: Any, *, start: str, step: str) -> tuple[int, int] | None:
    if not start:
        return None
    found = [_follow(value, way_to(column))[1] for column in (start, step)]
    if not all(isinstance(each, int) and not isinstance(each, bool) and 0 < each < 2**45 for each in found):
        return None
    return found[0], found[1]


def enumerate_texts(values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values of a list under their numbers as texts: a row that is a list has columns 0, 1, ..."""
    return ((str(number), value) for number, value in enumerate(values))


def _follow(row: Any, way: Way) -> tuple[bool, Any]:
    """Whether there is something at the end of a way, and what."""
    if isinstance(way, JSONPath):
        found = nodes(way, row)
        return bool(found), found[0] if len(found) == 1 else found
    if isinstance(way, str):
        return way in row, row.get(way)
    if (whole := ".".join(way)) in row:
        return True, row[whole]
    for step in way:
        if not isinstance(row, dict) or step not in row:
            # What a missing parent would hold is missing too; the column may be in other rows.
            return False, None
        row = row[step]
    return True, row


def cell_text(value: Any) -> str:
    """Return a value as the text of a cell: null as nothing, a list with commas between."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:_LONGEST_CELL]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        inside = (
            cell_text(each) if not isinstance(each, list | dict) else shown(each) for each in value[:100]
        )
        return ", ".join(inside)[:_LONGEST_CELL]
    return shown(value) if isinstance(value, dict) else str(value)
