"""What a pack's tables say about each other: names that lead nowhere or are there twice, unordered edges."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

from monitor.domain.derivations.formula import Formula, FormulaError
from monitor.domain.derivations.member import member_key
from monitor.domain.problem import Problem
from monitor.domain.scale import RISK, STANDING, Concern
from monitor.domain.scoring.hierarchy import circle_of
from monitor.domain.transforms import denominator
from monitor.packs import shapes
from monitor.packs.derived_references import formula_problems, member_problems
from monitor.packs.indicator_shapes import IndicatorTable
from monitor.packs.nearest import nearest
from monitor.packs.normalisations import ONE_OF, forms_in
from monitor.packs.shape import Shape
from monitor.packs.subject_shapes import SubjectTable, WeightSetTable
from monitor.packs.toml_files import RawTable
from monitor.packs.transforms import transform_faults

T = TypeVar("T", IndicatorTable, SubjectTable)
_BUILT_IN_SCALES = (STANDING.slug, RISK.slug)


@dataclass(frozen=True, slots=True)
class Entry:
    """One table as written, and typed where its shape is good."""

    raw: RawTable
    table: Shape | None


class Names:
    """Every name the pack defines, also in tables with faults, so that one fault stays one problem."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Gather the names from the tables as written."""
        self._entries = entries
        self.scales = [*_BUILT_IN_SCALES, *self.slugs("scale")]
        self._subjects = {
            str(entry.raw.values.get("slug")): entry for entry in entries if entry.raw.kind == "subject"
        }

    @cached_property
    def bare(self) -> set[str]:
        """The indicators that any subject places without a normalisation of the placement's own."""
        return {
            placement.series.partition(":")[0]
            for subject in self.typed(SubjectTable).values()
            for driver in subject.driver
            for placement in driver.placement
            if not forms_in(placement)
        }

    def slugs(self, kind: str) -> list[str]:
        """Return the slugs of all tables of a kind."""
        values = (entry.raw.values.get("slug") for entry in self._entries if entry.raw.kind == kind)
        return [value for value in values if isinstance(value, str)]

    def subject(self, slug: str) -> SubjectTable | None:
        """Return the typed subject of that slug, or None where it is unknown or has faults."""
        entry = self._subjects.get(slug)
        table = entry.table if entry else None
        return table if isinstance(table, SubjectTable) else None

    def typed(self, kind: type[T]) -> dict[str, T]:
        """Return the tables of a shape by slug, those without faults."""
        return {each.table.slug: each.table for each in self._entries if isinstance(each.table, kind)}

    def indicator(self, series: str) -> IndicatorTable | None:
        """Return the typed indicator of a series."""
        slug = series.partition(":")[0]
        tables = (entry.table for entry in self._entries if isinstance(entry.table, IndicatorTable))
        return next((table for table in tables if table.slug == slug), None)


def reference_problems(entries: Sequence[Entry]) -> list[Problem]:
    """Return every dangling reference, duplicate name and contradiction between tables."""
    names = Names(entries)
    problems = list(_duplicates(entries))
    for entry in entries:
        check = _CHECKS.get(type(entry.table))
        if check is not None:
            problems += check(entry.raw, entry.table, names)
    return problems


def _duplicates(entries: Iterable[Entry]) -> Iterator[Problem]:
    first: dict[str, RawTable] = {}
    for raw in (entry.raw for entry in entries):
        if raw.kind == "pack" or not ({"slug", "subject"} & raw.values.keys()):
            continue
        other = first.setdefault(raw.label, raw)
        if other is not raw:
            place = other.file if other.line is None else f"{other.file}:{other.line}"
            yield raw.problem(f"is already defined at {place}", key="slug", expected="each slug once a table")


def _known(raw: RawTable, key: str, name: str, kind: str, known: Sequence[str]) -> Iterator[Problem]:
    if name not in known:
        yield raw.problem(f"no {kind} {name!r}", key=key, expected=nearest(name, known))


def _no_forecast(raw: RawTable, key: str, slug: str, names: Names) -> Iterator[Problem]:
    table = names.indicator(slug)
    if table is not None and table.is_forecast:
        yield raw.problem(
            f"{slug} is a forecast, which is never scored", key=key, expected="what was observed"
        )


def _indicator(raw: RawTable, table: IndicatorTable, names: Names) -> Iterator[Problem]:
    if table.source:
        yield from _known(raw, "source", table.source, "source", names.slugs("source"))
    if not forms_in(table) and table.slug in names.bare:
        yield raw.problem("is missing", key="thresholds", expected=f"{ONE_OF}, since it is placed")
    yield from formula_problems(
        raw, table, known=names.slugs("indicator"), tables=names.typed(IndicatorTable)
    )
    for number, step in enumerate(table.transform, start=1):
        parameters = step.model_extra or {}
        if step.name == denominator.NAME and not transform_faults(step.name, parameters):
            indicator, known = parameters["series"].partition(":")[0], names.slugs("indicator")
            yield from _known(raw, f"transform.{number}.series", indicator, "indicator", known)
            yield from _no_forecast(raw, f"transform.{number}.series", indicator, names)


def _subject(raw: RawTable, table: SubjectTable, names: Names) -> Iterator[Problem]:
    yield from _known(raw, "scale", table.scale, "scale", names.scales)
    yield from _structure(raw, table)
    for driver in table.driver:
        for placement in driver.placement:
            key = f"driver.{driver.slug}.placement.{placement.series}.series"
            indicator = placement.series.partition(":")[0]
            yield from _known(raw, key, indicator, "indicator", names.slugs("indicator"))
            yield from _no_forecast(raw, key, indicator, names)
    yield from member_problems(raw, table, known=names.slugs("subject"), tables=names.typed(SubjectTable))


def _structure(raw: RawTable, table: SubjectTable) -> Iterator[Problem]:
    """Drivers under a driver that is not there or under themselves, and floors of no placement."""
    above = {driver.slug: driver.parent for driver in table.driver}
    for slug, parent in above.items():
        key, circle = f"driver.{slug}.parent", circle_of(slug, above)
        if circle:
            way = " under ".join(circle)
            yield raw.problem(f"lies under itself: {way}", key=key, expected="a way up to the subject")
        elif parent:
            yield from _known(raw, key, parent, "driver", [each for each in above if each != slug])
    for floor in table.floor:
        yield from _known(raw, f"floor.{floor.series}.series", floor.series, "placement", _placements(table))


def _weight_set(raw: RawTable, table: WeightSetTable, names: Names) -> Iterator[Problem]:
    yield from _known(raw, "subject", table.subject, "subject", names.slugs("subject"))
    subject = names.subject(table.subject)
    if subject is not None:
        for name in table.weights:
            yield from _known(raw, f"weights.{name}", name, "placement", _placements(subject))


def _placements(subject: SubjectTable) -> list[str]:
    return [
        f"{driver.slug}/{key}"
        for driver in subject.driver
        for key in (
            *(placement.series for placement in driver.placement),
            *(member_key(member.subject) for member in driver.member),
        )
    ]


def _rule(raw: RawTable, table: shapes.RuleTable, names: Names) -> Iterator[Problem]:
    yield from _known(raw, "subject", table.subject, "subject", names.slugs("subject"))
    subject = names.subject(table.subject)
    if subject is not None:
        placed = [name.partition("/")[2] for name in _placements(subject)]
        for key, name in _watched(table):
            if name not in placed:
                message = f"{table.subject} has no placement of {name}: the rule would never be evaluated"
                yield raw.problem(message, key=key, expected=nearest(name, placed))
    yield from _edges(raw, table, names)


def _watched(table: shapes.RuleTable) -> Iterator[tuple[str, str]]:
    """Yield the series a rule looks at, each after the key that names it; a broken formula is told apart."""
    if table.series:
        yield "series", table.series
    if table.formula:
        with suppress(FormulaError):
            yield from (("formula", name) for name in Formula(text=table.formula).operands)


def _edges(raw: RawTable, table: shapes.RuleTable, names: Names) -> Iterator[Problem]:
    enter = sorted((Concern[word.upper()], value) for word, value in table.enter.items())
    is_upward = table.measure != "value" or table.kind == "momentum"
    rises = True if is_upward else _rises(names.indicator(table.series or ""))
    if rises is None:
        rises = len(enter) < 2 or enter[-1][1] > enter[0][1]  # noqa: PLR2004
    for (concern, value), (worse, next_value) in pairwise(enter):
        if next_value == value or (next_value > value) is not rises:
            yield raw.problem(
                f"{concern.word} = {value:g} and {worse.word} = {next_value:g} break the order", key="enter",
                expected=f"{'rising' if rises else 'falling'} values from watch to critical",
            )  # fmt: skip
    for concern, value in enter:
        leave = table.exit.get(concern.word)  # type: ignore[call-overload]
        if leave is not None and (leave > value if rises else leave < value):
            yield raw.problem(
                f"{concern.word} ends at {leave:g} and begins at {value:g}", key="exit",
                expected="the milder side of enter",
            )  # fmt: skip


def _rises(indicator: IndicatorTable | None) -> bool | None:
    """Return whether a higher value is worse, None where the indicator leaves it to the rule."""
    if indicator is None:
        return None
    if indicator.thresholds is not None:
        return indicator.thresholds.critical > indicator.thresholds.calm
    if indicator.goalposts is not None:
        return indicator.goalposts.high > indicator.goalposts.low
    if indicator.curve:
        return indicator.curve[-1][1] > indicator.curve[0][1]
    return None if indicator.relative is None else indicator.relative.is_higher_worse


def _event(raw: RawTable, table: shapes.EventTable, names: Names) -> Iterator[Problem]:
    yield from _known(raw, "citation", table.citation, "citation", names.slugs("citation"))
    for subject in table.subjects:
        yield from _known(raw, "subjects", subject, "subject", names.slugs("subject"))


def _statement(raw: RawTable, table: shapes.StatementTable, names: Names) -> Iterator[Problem]:
    yield from _known(raw, "subject", table.subject, "subject", names.slugs("subject"))
    yield from _known(raw, "citation", table.citation, "citation", names.slugs("citation"))
    subject = names.subject(table.subject)
    if subject is not None and table.driver:
        yield from _known(raw, "driver", table.driver, "driver", [driver.slug for driver in subject.driver])


def _history(raw: RawTable, table: shapes.HistoryTable, names: Names) -> Iterator[Problem]:
    yield from _known(raw, "source", table.source, "source", names.slugs("source"))
    if table.citation is not None:
        yield from _known(raw, "citation", table.citation, "citation", names.slugs("citation"))


def _incidents(raw: RawTable, table: shapes.IncidentsTable, names: Names) -> Iterator[Problem]:
    yield from _known(raw, "source", table.source, "source", names.slugs("source"))


_CHECKS: dict[type, Callable[[RawTable, Any, Names], Iterator[Problem]]] = {
    IndicatorTable: _indicator,
    SubjectTable: _subject,
    WeightSetTable: _weight_set,
    shapes.RuleTable: _rule,
    shapes.EventTable: _event,
    shapes.StatementTable: _statement,
    shapes.HistoryTable: _history,
    shapes.IncidentsTable: _incidents,
}
