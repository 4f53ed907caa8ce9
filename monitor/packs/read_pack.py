"""A pack folder as one frozen Pack, or every problem in it at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.rule import Rule
from monitor.domain.citation import Citation
from monitor.domain.event import Event
from monitor.domain.incident import Coverage
from monitor.domain.indicator import Indicator
from monitor.domain.pack import Definition, Geo, HistoryFile, IncidentFile, Pack
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.problem import Problem
from monitor.domain.scale import Scale
from monitor.domain.source import Source
from monitor.domain.statement import Statement
from monitor.domain.subject import Subject
from monitor.packs import shapes
from monitor.packs.advice import pack_warnings
from monitor.packs.build import Builder
from monitor.packs.check_shape import check_shape
from monitor.packs.csv_files import read_text
from monitor.packs.history import HistoryContext, parse_history
from monitor.packs.incidents import parse_incidents
from monitor.packs.name_peers import name_peers
from monitor.packs.references import Entry, Names, reference_problems
from monitor.packs.stamp import stamp, without_echoes
from monitor.packs.toml_files import RawTable, read_tables
from monitor.packs.wide_history import parse_wide_history

T = TypeVar("T")
_LISTS: dict[str, type] = {
    "citations": Citation,
    "sources": Source,
    "scales": Scale,
    "indicators": Indicator,
    "subjects": Subject,
    "placements": Placement,
    "weight_sets": WeightSet,
    "rules": Rule,
    "routings": Routing,
    "events": Event,
    "statements": Statement,
    "history": HistoryFile,
    "incidents": IncidentFile,
    "geo": Geo,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRead:
    """What reading a folder gave: the pack where there are no problems; warnings do not stand in its way."""

    pack: Pack | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def read_pack(folder: Path) -> PackRead:
    """Read and check the pack in a folder; nothing is raised for what its files hold."""
    raws, problems = read_tables(folder)
    slug = next((str(raw.values.get("slug")) for raw in raws if raw.kind == "pack"), "")
    stamps = stamp(raws, folder, pack=slug)
    tables = name_peers(stamps)
    problems += stamps.problems
    entries = [_typed(raw, problems) for raw in tables]
    problems += reference_problems(entries)
    definitions = [value for entry in entries for value in _built(entry, problems)]
    files = _Files(folder=folder, entries=entries, definitions=definitions, problems=problems)
    values = [*definitions, *(value for entry in entries for value in files.values(entry))]
    head = next((entry.table for entry in entries if isinstance(entry.table, shapes.PackTable)), None)
    if problems or head is None:
        return PackRead(pack=None, problems=tuple(without_echoes(problems, stamps)))
    lists: dict[str, Any] = {name: _only(kind, values) for name, kind in _LISTS.items()}
    pack = Pack(**head.model_dump(), **lists)
    return PackRead(pack=pack, warnings=tuple(pack_warnings(pack, folder)))


def _typed(raw: RawTable, problems: list[Problem]) -> Entry:
    table, faults = check_shape(raw, shapes.TABLES[raw.kind])
    problems += faults
    return Entry(raw, table)


def _built(entry: Entry, problems: list[Problem]) -> list[Definition]:
    builder = Builder(raw=entry.raw)
    found = builder.definitions(entry.table) if entry.table is not None else []
    problems += builder.problems
    return found


def _only(kind: type[T], values: Sequence[object]) -> tuple[T, ...]:
    return tuple(value for value in values if isinstance(value, kind))


@dataclass(slots=True, kw_only=True)
class _Files:
    """Reads the files that tables name; their faults join the pack's problems."""

    folder: Path
    entries: Sequence[Entry]
    definitions: Sequence[Definition]
    problems: list[Problem]

    def values(self, entry: Entry) -> Sequence[HistoryFile | IncidentFile | Geo]:
        """Return what the file of one table holds."""
        table = entry.table
        if isinstance(table, shapes.HistoryTable | shapes.IncidentsTable | shapes.GeoTable):
            text, fault = read_text(self.folder, table.file)
            if fault:
                self.problems.append(entry.raw.problem(f"{table.file} {fault}", key="file"))
            elif isinstance(table, shapes.HistoryTable):
                return [self._history(table, text)]
            elif isinstance(table, shapes.IncidentsTable):
                return [self._incidents(entry.raw, table, text)]
            else:
                return self._geo(entry.raw, table, text)
        return []

    def _history(self, table: shapes.HistoryTable, text: str) -> HistoryFile:
        names = Names(self.entries)
        built = {value.slug: value for value in self.definitions if isinstance(value, Indicator)}
        sources = {value.slug: value for value in self.definitions if isinstance(value, Source)}
        source = sources.get(table.source)
        context = HistoryContext(
            file=table.file,
            indicators=dict.fromkeys(names.slugs("indicator")) | built,
            citations=frozenset(names.slugs("citation")),
            citation=table.citation or "",
            publication_lag_days=source.publication_lag_days if source else 0.0,
        )
        readings, faults = (
            parse_wide_history(text, context, table)
            if table.layout == "wide"
            else parse_history(text, context)
        )
        self.problems += faults
        return HistoryFile(file=table.file, source=table.source, readings=tuple(readings))

    def _incidents(self, raw: RawTable, table: shapes.IncidentsTable, text: str) -> IncidentFile:
        incidents, faults = parse_incidents(text, file=table.file, source=table.source)
        self.problems += faults
        covered = []
        for number, each in enumerate(table.covered, start=1):
            try:
                covered.append(Coverage(**each.model_dump()))
            except ValueError as error:
                self.problems.append(raw.problem(str(error), key=f"covered.{number}.covers_until"))
        return IncidentFile(
            file=table.file, source=table.source, incidents=tuple(incidents), covered=tuple(covered)
        )

    def _geo(self, raw: RawTable, table: shapes.GeoTable, text: str) -> list[Geo]:
        try:
            outline: Any = json.loads(text)
        except json.JSONDecodeError as error:
            self.problems.append(
                Problem(file=table.file, line=error.lineno, message=f"not JSON: {error.msg}")
            )
            return []
        if not isinstance(outline, dict) or outline.get("type") != "FeatureCollection":
            self.problems.append(
                raw.problem(f"{table.file} is not GeoJSON", key="file", expected="a FeatureCollection")
            )
            return []
        return [Geo(**table.model_dump())]
