"""Typed tables of a pack file as domain values; what the domain refuses becomes a problem."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.rule import MOMENTUM_DAYS, Measure, NoDataPolicy, Rule, RuleKind
from monitor.domain.citation import Citation
from monitor.domain.derivations.derived import RESERVED
from monitor.domain.derivations.filling import Filling, Imputation
from monitor.domain.derivations.impute import POINTWISE
from monitor.domain.derivations.member import member_key
from monitor.domain.errors import InvalidInput
from monitor.domain.event import Event
from monitor.domain.indicator import Derivation, Indicator, Normalisation, Transform
from monitor.domain.normalisations.normalisation import Unscored
from monitor.domain.normalisations.normalise import KNOT_PRESSURES
from monitor.domain.pack import Definition
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.problem import Problem
from monitor.domain.release import Release
from monitor.domain.scale import AlarmingEnd, Concern, Level, Scale
from monitor.domain.source import Source
from monitor.domain.statement import Question, Statement
from monitor.domain.subject import Aggregation, Driver, Floor, Side, Subject
from monitor.packs import shapes
from monitor.packs.derived_shapes import KEYS, derivation_of
from monitor.packs.derived_shapes import ONE_OF as ONE_WAY
from monitor.packs.indicator_shapes import ImputationTable, IndicatorTable
from monitor.packs.normalisations import FORMS, ONE_OF, forms_in
from monitor.packs.routing_shapes import RoutingTable
from monitor.packs.routing_tables import routing_of
from monitor.packs.shape import Edges, Shape
from monitor.packs.subject_shapes import DriverTable, FloorTable, PlacementTable, SubjectTable, WeightSetTable
from monitor.packs.toml_files import RawTable
from monitor.packs.transforms import transform_faults

_HOUR_SECONDS = 3600.0


@dataclass(slots=True, kw_only=True)
class Builder:
    """Builds the definitions of one table; faults gather in `problems`."""

    raw: RawTable
    problems: list[Problem] = field(default_factory=list)

    def definitions(self, table: Shape) -> list[Definition]:
        """Return the definitions of a table: one, a subject with its placements, or none."""
        build = _BUILDERS.get(type(table))
        found = [value for value in build(self, table) if value is not None] if build else []
        return [] if self.problems else found

    def attempt(self, make: Callable[[], Any], *, key: str = "") -> Any:
        """Return what `make` returns, or note the rule of the domain it breaks."""
        try:
            return make()
        except ValueError as error:
            said = str(error)
            self.fault(key, said.removeprefix(f"{self.raw.label.replace('.', ' ', 1)}: "))
            return None

    def fault(self, key: str, message: str, expected: str = "") -> None:
        """Note a fault of one key."""
        self.problems.append(self.raw.problem(message, key=key, expected=expected))

    def normalisation(self, table: IndicatorTable | PlacementTable, *, at: str = "") -> Normalisation | None:
        """Return the normalisation a table gives, None where it gives none; two at once are a fault."""
        first, *more = forms_in(table) or [""]
        for key in more:
            self.fault(f"{at}{key}", f"{first} is given too", ONE_OF)
        if more or not first:
            return None
        found: Normalisation | None = self.attempt(
            lambda: FORMS[first](getattr(table, first)), key=f"{at}{first}"
        )
        return found


def _citation(_: Builder, table: shapes.CitationTable) -> Iterator[Citation]:
    yield Citation(**table.model_dump())


def _source(builder: Builder, table: shapes.SourceTable) -> Iterator[Source]:
    if table.cron is not None and table.interval_seconds is not None:
        builder.fault("cron", "interval_seconds is given too", "one of the two")
    if table.interval_seconds is not None and table.jitter_seconds >= table.interval_seconds:
        builder.fault("jitter_seconds", "is not below interval_seconds", f"under {table.interval_seconds}")
    releases = tuple(Release(**each.model_dump()) for each in table.release)
    plain = table.model_dump(exclude={"release", "cron"})
    yield Source(**plain, cron=table.cron or "", releases=releases)


def _scale(builder: Builder, table: shapes.ScaleTable) -> Iterator[Scale | None]:
    levels = tuple(
        Level(name=level.name, low=level.low, high=level.high, concern=Concern[level.concern.upper()])
        for level in table.level
    )
    yield builder.attempt(
        lambda: Scale(
            slug=table.slug, name=table.name, alarming_end=AlarmingEnd(table.alarming_end), levels=levels,
            margin=table.margin, dwell=table.dwell,
        )
    )  # fmt: skip


def _indicator(builder: Builder, table: IndicatorTable) -> Iterator[Indicator | None]:
    transforms = tuple(
        Transform(name=step.name, parameters=dict(step.model_extra or {})) for step in table.transform
    )
    for number, step in enumerate(transforms, start=1):
        for key, message, expected in transform_faults(step.name, step.parameters):
            builder.fault(f"transform.{number}.{key}", message, expected)
    normalisation = builder.normalisation(table)
    if not forms_in(table):
        normalisation = Unscored()
    derived = _derivation(builder, table)
    plain = table.model_dump(exclude={"transform", "tags", "imputation", *KEYS, *FORMS})
    imputation = _imputation(builder, table)
    if normalisation is not None:
        yield builder.attempt(
            lambda: Indicator(
                **plain, tags=tuple(table.tags), transforms=transforms, normalisation=normalisation,
                imputation=imputation, derived=derived,
            )
        )  # fmt: skip


def _imputation(builder: Builder, table: IndicatorTable) -> Imputation | None:
    if table.imputation is None:
        return None
    for step in table.transform:
        if step.name not in POINTWISE:
            builder.fault(
                "imputation",
                f"{step.name} looks at more than one value, and a filled one is none of them",
                f"transforms among {', '.join(sorted(POINTWISE))}, or no imputation",
            )
    return _filling(builder, table.imputation)


def _filling(builder: Builder, table: ImputationTable) -> Imputation | None:
    plain = table.model_dump(exclude={"by", "units", "group"})
    found: Imputation | None = builder.attempt(
        lambda: Imputation(**plain, by=Filling(table.by), units=tuple(table.units)), key="imputation"
    )
    return found


def _subject(builder: Builder, table: SubjectTable) -> Iterator[Subject | Placement | None]:
    drivers = tuple(
        Driver(
            slug=driver.slug,
            name=driver.name,
            weight=driver.weight,
            aggregation=_aggregation(driver),
            parent=driver.parent,
        )
        for driver in table.driver
    )
    slugs = [driver.slug for driver in drivers]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        builder.fault(f"driver.{slug}", "the driver is there twice")
    floors = tuple(_floor(floor) for floor in table.floor)
    plain = table.model_dump(exclude={"driver", "floor", "method", "of", "power", "for_each"})
    yield Subject(**plain, drivers=drivers, floors=floors, aggregation=_aggregation(table))
    for driver in table.driver:
        yield from _placements(builder, table.slug, driver)


def _floor(table: FloorTable) -> Floor:
    reaches = KNOT_PRESSURES[table.reaches] if isinstance(table.reaches, str) else table.reaches
    return Floor(placement=table.series, reaches=reaches, pressure=table.pressure)


def _derivation(builder: Builder, table: IndicatorTable) -> Derivation | None:
    """Return how values are reckoned where they are not observed; only from others is no source needed."""
    first, *more = [name for name in KEYS if getattr(table, name) is not None] or [""]
    for name in more:
        builder.fault(name, f"{first} is given too", ONE_WAY)
    if not table.source and first in {"", "incidents"}:
        builder.fault("source", "is missing", "the slug of a source")
    if table.slug in RESERVED:
        builder.fault("slug", f"{table.slug!r} is taken for keys of another kind", "another slug")
    found: Derivation | None = builder.attempt(lambda: derivation_of(table), key=first)
    return found


def _placements(builder: Builder, subject: str, driver: DriverTable) -> Iterator[Placement]:
    seen: set[str] = set()
    for placement in driver.placement:
        at = f"driver.{driver.slug}.placement.{placement.series}"
        if placement.series in seen:
            builder.fault(at, "the series is placed twice under one driver")
        seen.add(placement.series)
        yield Placement(
            subject=subject, driver=driver.slug, series=placement.series, weight=placement.weight,
            normalisation=builder.normalisation(placement, at=f"{at}."),
            not_applicable=placement.not_applicable,
        )  # fmt: skip
    for member in driver.member:
        yield Placement(
            subject=subject, driver=driver.slug, series=member_key(member.subject), weight=member.weight
        )


def _aggregation(table: SubjectTable | DriverTable) -> Aggregation:
    return Aggregation(method=table.method, of=Side(table.of), power=table.power)


def _weight_set(_: Builder, table: WeightSetTable) -> Iterator[WeightSet]:
    weights = {f"{table.subject}/{name}": weight for name, weight in table.weights.items()}
    yield WeightSet(subject=table.subject, name=table.name, weights=weights)


def _days(table: shapes.RuleTable) -> int:
    return table.days or (MOMENTUM_DAYS[-1] if table.kind == "momentum" else 0)


def _rule(builder: Builder, table: shapes.RuleTable) -> Iterator[Rule | None]:
    keep = table.keep_firing_hours
    yield builder.attempt(
        lambda: Rule(
            slug=table.slug, name=table.name, kind=RuleKind(table.kind), subject=table.subject,
            series=table.series or "", formula=table.formula or "",
            lowest_concern=Concern[table.lowest_concern.upper()],
            measure=Measure(table.measure), minimum=table.minimum, days=_days(table),
            enter=_edges(table.enter), exit=_edges(table.exit),
            for_seconds=table.for_hours * _HOUR_SECONDS,
            for_count=table.for_count, keep_firing_seconds=None if keep is None else keep * _HOUR_SECONDS,
            lockout_seconds=None if table.lockout_hours is None else table.lockout_hours * _HOUR_SECONDS,
            absorbs_flapping=table.absorbs_flapping,
            no_data_policy=NoDataPolicy(table.no_data_policy), labels=table.labels, runbook=table.runbook,
            is_enabled=table.is_enabled,
        )
    )  # fmt: skip


def _routing(builder: Builder, table: RoutingTable) -> Iterator[Routing]:
    try:
        yield routing_of(table)
    except InvalidInput as error:
        builder.fault(error.field, str(error))


def _edges(edges: Edges) -> dict[Concern, float]:
    return {Concern[word.upper()]: value for word, value in edges.items()}


def _event(builder: Builder, table: shapes.EventTable) -> Iterator[Event]:
    if table.ends_on is not None and table.ends_on < table.starts_on:
        builder.fault("ends_on", "is before starts_on", "the last day, or nothing")
    yield Event(**table.model_dump(exclude={"subjects", "for_each"}), subjects=tuple(table.subjects))


def _statement(_: Builder, table: shapes.StatementTable) -> Iterator[Statement]:
    yield Statement(**table.model_dump(exclude={"question"}), question=Question(table.question))


_BUILDERS: dict[type, Callable[[Builder, Any], Iterator[Definition | None]]] = {
    shapes.CitationTable: _citation,
    shapes.SourceTable: _source,
    shapes.ScaleTable: _scale,
    IndicatorTable: _indicator,
    SubjectTable: _subject,
    WeightSetTable: _weight_set,
    shapes.RuleTable: _rule,
    RoutingTable: _routing,
    shapes.EventTable: _event,
    shapes.StatementTable: _statement,
}
