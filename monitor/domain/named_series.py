"""Which series a source's settings name: written out, or one for each country, label or unit."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.domain.source import Source

_ANYTHING = r"[A-Za-z0-9][A-Za-z0-9._-]{0,78}"
_BRACES = re.compile(r"\\\{[^{}]*\\\}")


def names_series(source: Source, key: str) -> bool:
    """Whether the settings of a source name a series, `indicator:unit`, as one made of its answers."""
    tables = source.settings.get("series")
    if isinstance(tables, str):
        tables = [{"series": tables}]
    if not isinstance(tables, list | tuple):
        return False
    patterns = (pattern for table in tables if isinstance(table, Mapping) for pattern in _patterns(table))
    return any(re.fullmatch(pattern, key) for pattern in patterns)


def _patterns(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the keys of one table's series look like; without `units` every code is a unit."""
    if name := table.get("series"):
        yield _BRACES.sub(_ANYTHING, re.escape(str(name)))
    elif name := table.get("indicator"):
        units = table.get("units")
        given = units.values() if isinstance(units, Mapping) else ()
        told = "|".join(re.escape(str(each)) for each in given)
        yield f"{re.escape(str(name))}:(?:{told or _ANYTHING})"
