"""Peers left unnamed: a yardstick or a filling from peers gets the units its indicator is placed for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.domain.derivations.filling import OF_GROUPS
from monitor.domain.problem import Problem
from monitor.packs.nearest import nearest
from monitor.packs.stamp import GROUP, UNIT, Stamps, Unit, nested
from monitor.packs.toml_files import RawTable

_PEERS = "peers"


def name_peers(stamps: Stamps) -> list[RawTable]:
    """Return the tables with every unit written out; a group that nobody gives is a problem."""
    placed = _units_placed(stamps.tables)
    known = {unit.cells[UNIT]: unit for units in stamps.units.values() for unit in units}
    return [_named(raw, placed, known, stamps.problems) for raw in stamps.tables]


def _units_placed(tables: Sequence[RawTable]) -> dict[str, list[str]]:
    """Return the units each indicator is placed for, in the order of the pack, each once."""
    found: dict[str, dict[str, None]] = {}
    for raw in tables:
        for placement in _placements(raw):
            indicator, _, unit = str(placement.get("series", "")).partition(":")
            if unit and not placement.get("not_applicable"):
                found.setdefault(indicator, {})[unit] = None
    return {indicator: list(units) for indicator, units in found.items()}


def _named(
    raw: RawTable, placed: Mapping[str, list[str]], known: Mapping[str, Unit], problems: list[Problem]
) -> RawTable:
    if raw.kind == "subject":
        for placement in _placements(raw):
            indicator = str(placement.get("series", "")).partition(":")[0]
            _fill_peers(placement, placed.get(indicator, []))
        return raw
    if raw.kind != "indicator":
        return raw
    units = placed.get(str(raw.values.get("slug")), [])
    values = dict(raw.values)
    _fill_peers(values, units)
    if isinstance(values.get("imputation"), dict):
        values["imputation"] = _with_units(raw, values["imputation"], units, known, problems)
    return replace(raw, values=values)


def _fill_peers(values: dict[str, Any], units: list[str]) -> None:
    relative = values.get("relative")
    if isinstance(relative, dict) and relative.get("against") == _PEERS and not relative.get(_PEERS):
        values["relative"] = relative | {_PEERS: units}


def _with_units(
    raw: RawTable,
    imputation: dict[str, Any],
    units: list[str],
    known: Mapping[str, Unit],
    problems: list[Problem],
) -> dict[str, Any]:
    found = {key: value for key, value in imputation.items() if key != GROUP}
    found["units"] = found.get("units") or units
    if imputation.get("by") in OF_GROUPS and not found.get("groups"):
        column = str(imputation.get(GROUP, GROUP))
        given = sorted({name for unit in known.values() for name in unit.cells})
        if column not in given:
            problems.append(
                raw.problem(f"no column {column!r} of units to group by", key="imputation.group",
                            expected=nearest(column, given))
            )  # fmt: skip
        groups = {name: unit.cells.get(column, "") for name, unit in known.items()}
        found["groups"] = {name: group for name, group in groups.items() if group and name in found["units"]}
    return found


def _placements(raw: RawTable) -> Iterator[dict[str, Any]]:
    if raw.kind == "subject":
        for driver in nested(raw.values.get("driver")):
            yield from nested(driver.get("placement"))
