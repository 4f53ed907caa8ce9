"""A Pack as the tables of its TOML file, without what is at its default."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from monitor.domain.alerting.rule import Rule
from monitor.domain.derivations.member import member_of
from monitor.domain.indicator import Indicator, Normalisation
from monitor.domain.normalisations.normalise import KNOT_PRESSURES
from monitor.domain.pack import IncidentFile, Pack
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import Concern, Scale
from monitor.domain.source import Source
from monitor.domain.subject import Aggregation, Driver, Floor, Subject
from monitor.packs import shapes
from monitor.packs.derived_shapes import MemberTable
from monitor.packs.derived_shapes import table_of as derived_table
from monitor.packs.indicator_shapes import IndicatorTable
from monitor.packs.normalisations import given, table_of
from monitor.packs.routing_tables import table_of_routing
from monitor.packs.shapes import CoverageTable
from monitor.packs.subject_shapes import DriverTable, FloorTable, PlacementTable, SubjectTable

_HOUR_SECONDS = 3600.0


def tables_of(pack: Pack) -> dict[str, Any]:
    """Return the document of `pack.toml`: one entry a kind of table that the pack has."""
    tables: dict[str, list[dict[str, Any]]] = {
        "citation": [_plain(each, shapes.CitationTable) for each in pack.citations],
        "source": [_source(each) for each in pack.sources],
        "scale": [_scale(each) for each in pack.scales],
        "indicator": [_indicator(each) for each in pack.indicators],
        "subject": [_subject(each, pack.placements) for each in pack.subjects],
        "weight_set": [_weight_set(each) for each in pack.weight_sets],
        "rule": [_rule(each) for each in pack.rules],
        "routing": [table_of_routing(each) for each in pack.routings],
        "event": [_plain(each, shapes.EventTable) for each in pack.events],
        "statement": [_plain(each, shapes.StatementTable) for each in pack.statements],
        "history": [{"file": each.file, "source": each.source} for each in pack.history],
        "incidents": [_incidents(each) for each in pack.incidents],
        "geo": [_plain(each, shapes.GeoTable) for each in pack.geo],
    }
    head = _plain(pack.edition, shapes.PackTable)
    return {"pack": head} | {kind: items for kind, items in tables.items() if items}


def _plain(value: Any, shape: type[BaseModel]) -> dict[str, Any]:
    return _kept(asdict(value), shape)


def _kept(values: Mapping[str, Any], shape: type[BaseModel]) -> dict[str, Any]:
    """Return the keys of a shape, as TOML can hold them, that are not at their default."""
    plain = {key: _toml(values[key]) for key in shape.model_fields if values.get(key) is not None}
    return {key: value for key, value in plain.items() if value != shape.model_fields[key].default}


def _toml(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _toml(item) for key, item in value.items()}
    return [_toml(item) for item in value] if isinstance(value, tuple | list) else value


def _incidents(file: IncidentFile) -> dict[str, Any]:
    table: dict[str, Any] = {"file": file.file, "source": file.source}
    covered = [_kept(asdict(each), CoverageTable) for each in file.covered]
    return table | ({"covered": covered} if covered else {})


def _source(source: Source) -> dict[str, Any]:
    releases = [_plain(each, shapes.ReleaseTable) for each in source.releases]
    return _kept(asdict(source) | {"cron": source.cron or None, "release": releases}, shapes.SourceTable)


def _scale(scale: Scale) -> dict[str, Any]:
    levels = [asdict(level) | {"concern": level.concern.word} for level in scale.levels]
    return _kept(
        asdict(scale) | {"level": levels, "alarming_end": scale.alarming_end.value}, shapes.ScaleTable
    )


def _indicator(indicator: Indicator) -> dict[str, Any]:
    steps = [{"name": step.name, **_toml(step.parameters)} for step in indicator.transforms]
    filling = None if indicator.imputation is None else given(asdict(indicator.imputation))
    nested = {"transform": steps, **_normalisation(indicator.normalisation), "imputation": filling}
    nested |= derived_table(indicator.derived)
    return _kept(asdict(indicator) | nested, IndicatorTable)


def _normalisation(normalisation: Normalisation | None) -> dict[str, Any]:
    return {} if normalisation is None else table_of(normalisation)


def _subject(subject: Subject, placements: Iterable[Placement]) -> dict[str, Any]:
    own = [placement for placement in placements if placement.subject == subject.slug]
    drivers = [
        _driver(driver, [each for each in own if each.driver == driver.slug]) for driver in subject.drivers
    ]
    nested = {"driver": drivers, "floor": [_floor(each) for each in subject.floors]}
    flat = asdict(subject) | _aggregation(subject.aggregation) | nested
    return _kept(flat, SubjectTable)


def _floor(floor: Floor) -> dict[str, Any]:
    words = {pressure: word for word, pressure in KNOT_PRESSURES.items()}
    return _kept(
        asdict(floor) | {"series": floor.placement, "reaches": words.get(floor.reaches, floor.reaches)},
        FloorTable,
    )


def _driver(driver: Driver, placements: Iterable[Placement]) -> dict[str, Any]:
    members = [
        _kept({"subject": member_of(each.series), "weight": each.weight}, MemberTable)
        for each in placements
        if member_of(each.series) is not None
    ]
    placements = [each for each in placements if member_of(each.series) is None]
    placed = [_kept(asdict(each) | _normalisation(each.normalisation), PlacementTable) for each in placements]
    return _kept(
        asdict(driver) | _aggregation(driver.aggregation) | {"placement": placed, "member": members},
        DriverTable,
    )


def _aggregation(aggregation: Aggregation) -> dict[str, Any]:
    return {"method": aggregation.method, "of": aggregation.of.value, "power": aggregation.power}


def _weight_set(weight_set: WeightSet) -> dict[str, Any]:
    weights = {
        name.removeprefix(f"{weight_set.subject}/"): weight for name, weight in weight_set.weights.items()
    }
    return {"subject": weight_set.subject, "name": weight_set.name, "weights": weights}


def _rule(rule: Rule) -> dict[str, Any]:
    keep, lockout = rule.keep_firing_seconds, rule.lockout_seconds
    return _kept(
        asdict(rule)
        | {
            "kind": rule.kind.value,
            "series": rule.series or None,
            "formula": rule.formula or None,
            "lowest_concern": rule.lowest_concern.word,
            "measure": rule.measure.value,
            "days": rule.days or None,
            "enter": _edges(rule.enter),
            "exit": _edges(rule.exit),
            "for_hours": rule.for_seconds / _HOUR_SECONDS,
            "keep_firing_hours": None if keep is None else keep / _HOUR_SECONDS,
            "lockout_hours": None if lockout is None else lockout / _HOUR_SECONDS,
            "no_data_policy": rule.no_data_policy.value,
        },
        shapes.RuleTable,
    )


def _edges(edges: Mapping[Concern, float]) -> dict[str, float]:
    return {Concern(concern).word: value for concern, value in edges.items()}
