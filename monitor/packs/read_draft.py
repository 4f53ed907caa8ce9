"""A draft: a TOML file of pack tables, as much of each as differs, merged over the definitions in force."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from monitor.domain.pack import Definition, Pack
from monitor.domain.problem import Problem
from monitor.packs import shapes
from monitor.packs.build import Builder
from monitor.packs.check_shape import check_shape, models_in
from monitor.packs.indicator_shapes import TransformTable
from monitor.packs.nearest import nearest
from monitor.packs.normalisations import FORMS
from monitor.packs.references import Entry, reference_problems
from monitor.packs.routing_shapes import RouteTable
from monitor.packs.tables_of import tables_of
from monitor.packs.toml_files import RawTable, read_file

IN_FORCE = "(in force)"
_KINDS = (
    "citation",
    "source",
    "scale",
    "indicator",
    "subject",
    "weight_set",
    "rule",
    "routing",
    "event",
    "statement",
)
_NAMES = ("slug", "series", "name")
# Lists whose order is their meaning are taken as they are written.
_IN_ORDER = (TransformTable, RouteTable)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRead:
    """The definitions a draft changes or adds, whole; none where it has problems.

    `seen` are the versions it was read against, by name (`rule fuel-high`), where the reader knows them.
    """

    values: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: Mapping[str, int] = field(default_factory=dict)


def read_draft(path: Path, in_force: Pack, *, kinds: Iterable[str] = _KINDS) -> DraftRead:
    """Read a draft against all definitions in force; every fault is a problem naming file, table and key.

    A key left out keeps what is in force. Tables of fixed keys (thresholds) and lists of named tables
    (drivers, placements, levels) are merged item by item; everything else is taken as it is written. Another
    way to normalise takes the place of the one in force.
    """
    raws, problems = read_file(path)
    allowed = tuple(kinds)
    problems += [
        raw.problem("does not belong in a draft", expected=f"tables of {', '.join(allowed)}")
        for raw in raws
        if raw.kind not in allowed
    ]
    base = {_key(kind, table): table for kind, table in _tables(in_force)}
    merged = [_merged(raw, base) for raw in raws if raw.kind in allowed]
    entries = [_typed(raw, problems) for raw in merged]
    problems += [
        fault for entry in entries if entry.table is None and (fault := _unknown(entry.raw, base)) is not None
    ]
    ours = {_key(raw.kind, raw.values) for raw in merged}
    others = [_known(kind, table) for kind, table in _tables(in_force) if _key(kind, table) not in ours]
    if not raws and not problems:
        problems.append(Problem(file=path.name, message="is empty", expected="a table, such as [[rule]]"))
    problems += [each for each in reference_problems([*entries, *others]) if each.file != IN_FORCE]
    known = {(type(each), each.slug): each for each in in_force.definitions}
    built = [value for entry in entries for value in _built(entry, problems)]
    values = [value for value in built if known.get((type(value), value.slug)) != value]
    if not values and not problems:
        problems.append(Problem(file=path.name, message="nothing differs from the definitions in force"))
    return DraftRead(problems=tuple(problems)) if problems else DraftRead(values=tuple(values))


def _tables(in_force: Pack) -> Iterator[tuple[str, dict[str, Any]]]:
    document = tables_of(in_force)
    for kind in _KINDS:
        for table in document.get(kind, []):
            yield kind, table


def _key(kind: str, table: Mapping[str, Any]) -> tuple[str, str, str]:
    if kind == "weight_set":
        return kind, str(table.get("subject")), str(table.get("name"))
    return kind, str(table.get("slug")), ""


def _merged(raw: RawTable, base: Mapping[tuple[str, str, str], dict[str, Any]]) -> RawTable:
    before = base.get(_key(raw.kind, raw.values))
    if before is None:
        return raw
    return replace(raw, values=_merge(before, raw.values, shapes.TABLES[raw.kind]))


def _merge(before: Mapping[str, Any], after: Mapping[str, Any], shape: type[BaseModel]) -> dict[str, Any]:
    """Lay the keys written over those in force, as deep as the shape is fixed.

    Transforms and routes have names too, but their order is what counts: they are taken as written.
    """
    if any(form in after for form in FORMS):
        before = {key: value for key, value in before.items() if key not in FORMS or key in after}
    merged = dict(before)
    for key, value in after.items():
        models = models_in(shape.model_fields[key].annotation) if key in shape.model_fields else []
        merged[key] = _laid_over(before.get(key), value, models[0]) if models else value
    return merged


def _unknown(raw: RawTable, base: Mapping[tuple[str, str, str], Any]) -> Problem | None:
    """Say of a table with faults that it is not in force: its slug may be a slip."""
    key = _key(raw.kind, raw.values)
    if key in base or raw.kind == "weight_set":
        return None
    known = [slug for kind, slug, _ in base if kind == raw.kind]
    message = f"no {raw.kind} {key[1]!r} is in force, so it must be whole"
    return raw.problem(message, key="slug", expected=nearest(key[1], known))


def _laid_over(before: Any, after: Any, shape: type[BaseModel]) -> Any:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _merge(before, after, shape)
    is_named = shape not in _IN_ORDER and isinstance(after, list) and isinstance(before, list)
    if is_named and all(map(_name, [*before, *after])):
        named = {_name(item): item for item in before}
        for item in after:
            known = named.get(_name(item))
            named[_name(item)] = item if known is None else _merge(known, item, shape)
        return list(named.values())
    return after


def _name(item: object) -> str:
    """Return what an item of a list goes by."""
    if not isinstance(item, Mapping):
        return ""
    return next((str(item[key]) for key in _NAMES if isinstance(item.get(key), str)), "")


def _typed(raw: RawTable, problems: list[Problem]) -> Entry:
    table, faults = check_shape(raw, shapes.TABLES[raw.kind])
    problems += faults
    return Entry(raw, table)


def _known(kind: str, table: dict[str, Any]) -> Entry:
    """Return a table in force; what no longer has its shape is only a name here."""
    raw = RawTable(kind=kind, file=IN_FORCE, line=None, values=table)
    return Entry(raw, check_shape(raw, shapes.TABLES[kind])[0])


def _built(entry: Entry, problems: list[Problem]) -> list[Definition]:
    builder = Builder(raw=entry.raw)
    found = builder.definitions(entry.table) if entry.table is not None else []
    problems += builder.problems
    return found
