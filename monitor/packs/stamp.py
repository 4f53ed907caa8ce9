"""Templates: one table of a pack stamped over the lines of a units file, before anything else is read."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from monitor.domain.problem import Problem
from monitor.packs.csv_files import CsvFile, read_text
from monitor.packs.nearest import nearest
from monitor.packs.toml_files import RawTable

FOR_EACH = "for_each"
UNIT, NAME, GROUP, NOT_APPLICABLE = "unit", "name", "group", "not_applicable"
_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# Where names are slugs a unit stands in lower case; where a number is asked for a cell is read as one.
_SLUGS = frozenset({"slug", "subject", "subjects"})
_NUMBERS = frozenset({"weight", "min_coverage", "power"})
_REASON = "the units file lists it as not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One line of a units file: its cells by column, `unit` and `name` always among them."""

    cells: Mapping[str, str]

    @property
    def slug(self) -> str:
        """The unit as a slug: lower case, hyphens for all that is neither letter nor digit."""
        return re.sub(r"[^a-z0-9]+", "-", self.cells[UNIT].lower()).strip("-")


@dataclass(slots=True, kw_only=True)
class Stamps:
    """What stamping gave: the tables, what is wrong, and the units by file."""

    tables: list[RawTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    units: dict[str, list[Unit]] = field(default_factory=dict)


def stamp(raws: Sequence[RawTable], folder: Path, *, pack: str) -> Stamps:
    """Return the tables with each `for_each` stamped over its units; `pack` names a nameless template."""
    found = Stamps()
    for raw in raws:
        file = raw.values.get(FOR_EACH)
        if not isinstance(file, str):
            found.tables.append(raw)
            continue
        if file not in found.units:
            found.units[file] = _read_units(raw, folder, file, found.problems)
        units = found.units[file]
        unknown = _unknown(raw, units, found.problems)
        if not unknown:
            found.tables += [_stamped(raw, unit, number, pack) for number, unit in enumerate(units)]
    return found


def without_echoes(problems: Sequence[Problem], stamps: Stamps) -> list[Problem]:
    """Return the problems without those that a template has for one unit as for another before it."""
    tables: dict[str, RawTable] = {raw.label: raw for raw in stamps.tables if raw.unit}
    seen: set[tuple[object, ...]] = set()
    kept: list[Problem] = []
    for problem in problems:
        raw = tables.get(problem.table)
        key = _plain(problem, raw.unit) if raw is not None else (len(kept),)
        if key not in seen:
            kept.append(problem)
        seen.add(key)
    return kept


def _plain(problem: Problem, unit: str) -> tuple[object, ...]:
    slug = Unit(cells={UNIT: unit}).slug
    texts = (problem.table, problem.key, problem.message, problem.expected)
    return problem.file, problem.line, *(text.replace(unit, "{}").replace(slug, "{}") for text in texts)


def _read_units(raw: RawTable, folder: Path, file: str, problems: list[Problem]) -> list[Unit]:
    text, fault = read_text(folder, file)
    if fault:
        problems.append(raw.problem(f"{file} {fault}", key=FOR_EACH))
        return []
    header = next(csv.reader(text.splitlines()), [])
    table = CsvFile(file=file, columns=[cell.strip() for cell in header], required=(UNIT,))
    units: dict[str, Unit] = {}
    for line, cells in table.rows(text):
        unit = cells[UNIT]
        if not _UNIT.fullmatch(unit):
            table.fault(line, UNIT, f"{unit!r} is not a unit", expected="letters, digits, dots and hyphens")
        elif unit in units:
            table.fault(line, UNIT, f"the unit {unit} is there twice")
        else:
            units[unit] = Unit(cells=cells | {NAME: cells.get(NAME) or unit})
    if not table.problems and not units:
        table.fault(1, UNIT, "no unit", expected="a line for each")
    problems += table.problems
    return list(units.values())


def _unknown(raw: RawTable, units: Sequence[Unit], problems: list[Problem]) -> bool:
    """Whether a placeholder names no column, noting each."""
    known = list(units[0].cells) if units else []
    missing = sorted({name for text in _texts(raw.values) for name in _PLACE.findall(text)} - set(known))
    problems += (
        raw.problem(f"no column {name!r} for the placeholder {{{name}}}", expected=nearest(name, known))
        for name in missing
        if units
    )
    if NOT_APPLICABLE in known and raw.kind == "subject":
        problems += _inapplicable(raw, units)
    return bool(missing)


def _inapplicable(raw: RawTable, units: Sequence[Unit]) -> Iterator[Problem]:
    """Yield where a unit says that an indicator does not apply that its subject does not have."""
    placed = sorted({_indicator(each) for each in _placements(raw.values)})
    for unit in units:
        for indicator in _listed(unit):
            if indicator not in placed:
                yield raw.problem(
                    f"{unit.cells[UNIT]}: not_applicable names {indicator}, which the template does not have",
                    key=FOR_EACH, expected=nearest(indicator, placed),
                )  # fmt: skip


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _stamped(raw: RawTable, unit: Unit, number: int, pack: str) -> RawTable:
    values = {key: _filled(value, unit, key) for key, value in raw.values.items() if key != FOR_EACH}
    if raw.kind == "subject":
        values.setdefault("template", pack)
        values.setdefault(GROUP, unit.cells.get(GROUP, ""))
        _set_aside(values, _listed(unit))
    return replace(raw, values=values, unit=unit.cells[UNIT], number=raw.number + number)


def _filled(value: Any, unit: Unit, key: str) -> Any:
    if isinstance(value, dict):
        return {_text(name, unit, ""): _filled(item, unit, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, unit, key) for item in value]
    if not isinstance(value, str):
        return value
    text = _text(value, unit, key)
    return _number(text) if key in _NUMBERS and _PLACE.fullmatch(value) else text


def _text(text: str, unit: Unit, key: str) -> str:
    def cell(match: re.Match[str]) -> str:
        return unit.slug if match[1] == UNIT and key in _SLUGS else unit.cells[match[1]]

    return _PLACE.sub(cell, text)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _listed(unit: Unit) -> list[str]:
    return [part for part in re.split(r"[\s;,]+", unit.cells.get(NOT_APPLICABLE, "")) if part]


def _set_aside(values: dict[str, Any], indicators: Sequence[str]) -> None:
    """Mark the placements of indicators that do not apply to this unit."""
    for placement in _placements(values):
        if _indicator(placement) in indicators:
            placement["not_applicable"] = _REASON


def _placements(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for driver in nested(values.get("driver")):
        yield from nested(driver.get("placement"))


def nested(value: object) -> list[dict[str, Any]]:
    """Return the tables of a list of tables, none where it is something else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _indicator(placement: Mapping[str, Any]) -> str:
    return str(placement.get("series", "")).partition(":")[0]
