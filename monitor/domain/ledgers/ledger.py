"""The change ledger: why heat differs between two moments, as terms that add up exactly (heat.md 7)."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from monitor.domain.ledgers.cause import Cause, present_causes, share_over_causes
from monitor.domain.ledgers.side import (
    Moment,
    Side,
    driver_slugs,
    evidence_of,
    form_of,
    moved_rows,
    side_of,
    state_of,
)
from monitor.domain.ledgers.span import Form, State, attribute, tree_pressures
from monitor.domain.scale import FULL
from monitor.domain.scoring.attribution import passed_on

__all__ = ["Cause", "Ledger", "Moment", "Term", "ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One cause's part of the change of heat.

    `placement` is empty for a driver's weight, `driver` too for a method, the structure or a floor. `path`
    names the drivers from the topmost down to `driver`. Values are in the indicator's unit, None where there
    was none; `seq` and `period` are of the reading now in force (of the last one, where it was withdrawn).
    """

    cause: Cause
    heat_delta: float
    driver: str = ""
    path: tuple[str, ...] = ()
    placement: str = ""
    before_value: float | None = None
    after_value: float | None = None
    seq: int | None = None
    period: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The terms of a change; they add up to `delta_heat` within 1e-9.

    A heat that is None had no data: the delta is then from, or to, the heat of no pressure at all.
    """

    delta_heat: float
    before_heat: float | None
    after_heat: float | None
    terms: tuple[Term, ...]

    def by_cause(self) -> dict[Cause, float]:
        """Return the change of heat each cause accounts for."""
        sums: dict[Cause, float] = {}
        for term in self.terms:
            sums[term.cause] = sums.get(term.cause, 0.0) + term.heat_delta
        return sums

    def by_driver(self) -> dict[str, float]:
        """Return what each driver accounts for with all below it; "" is method, structure and floor."""
        sums: dict[str, float] = {}
        for term in self.terms:
            for driver in term.path or ("",):
                sums[driver] = sums.get(driver, 0.0) + term.heat_delta
        return sums


def ledger(before: Moment | Side, after: Moment | Side, *, only: AbstractSet[str] | None = None) -> Ledger:
    """Explain the change of heat between two moments, scored or not; terms of zero are left out.

    With `only`, no terms are reckoned of other placements than these; then the terms do not add up.
    """
    was, now = (each if isinstance(each, Side) else side_of(each) for each in (before, after))
    if np.isnan(was.raw) or np.isnan(now.raw):
        terms = [*_all_of(was, -1.0, Cause.WITHDRAWN, only), *_all_of(now, 1.0, Cause.FIRST_SEEN, only)]
        terms.append(Term(cause=Cause.METHOD, heat_delta=_calm(now.sign) - _calm(was.sign)))
    else:
        terms = list(_explain(was, now, only))
    terms.append(Term(cause=Cause.FLOOR, heat_delta=_lift(now) - _lift(was)))
    return Ledger(
        delta_heat=_heat_or_calm(now) - _heat_or_calm(was),
        before_heat=_heat(was),
        after_heat=_heat(now),
        terms=tuple(term for term in terms if term.heat_delta != 0),
    )


def _heat(side: Side) -> float | None:
    heat = float(side.scores.heat[0])
    return None if np.isnan(heat) else heat


def _heat_or_calm(side: Side) -> float:
    heat = _heat(side)
    return _calm(side.sign) if heat is None else heat


def _lift(side: Side) -> float:
    """Return how much heat the floors add to what was observed."""
    return (
        0.0
        if np.isnan(side.raw)
        else side.sign * float(side.scores.pressure[0] - side.scores.raw_pressure[0])
    )


def _all_of(side: Side, direction: float, cause: Cause, only: AbstractSet[str] | None) -> Iterator[Term]:
    """One term a placement for all the pressure of a side, against a moment without any data."""
    if np.isnan(side.raw):
        return
    found = side.scores.placements.points
    for slug in side.rows if only is None else sorted(only & side.rows.keys()):
        row = side.rows[slug]
        points = float(found[row, 0])
        if not np.isnan(points):
            yield _term(side, side, slug, cause, direction * side.sign * points)


def _explain(was: Side, now: Side, only: AbstractSet[str] | None) -> Iterator[Term]:
    """Data terms are the mean of those under the old and the new form, which has one term of its own."""
    was = moved_rows(was, now)
    slugs, drivers = list(dict.fromkeys([*was.rows, *now.rows])), driver_slugs(was, now)
    old, new = form_of(was, now, slugs, drivers), form_of(now, was, slugs, drivers)
    before, after = state_of(was, now, slugs, drivers), state_of(now, was, slugs, drivers)
    forms = [old] if old == new else [old, new]
    found = [attribute(form, before, after) for form in forms]
    parts = [form.sign / len(forms) for form in forms]
    for place, slug in enumerate(slugs):
        if only is not None and slug not in only:
            continue
        multiplier = sum(
            part * float(each.multiplier[place]) for part, each in zip(parts, found, strict=True)
        )
        entry = sum(part * float(each.entry[place]) for part, each in zip(parts, found, strict=True))
        yield from _placement_terms(was, now, slug, multiplier, entry)
    for place, slug in enumerate(drivers):
        entry = sum(part * float(each.driver_entry[place]) for part, each in zip(parts, found, strict=True))
        yield Term(cause=Cause.WEIGHT, driver=slug, path=_path(was, now, slug), heat_delta=entry)
    yield Term(cause=Cause.METHOD, heat_delta=_method_delta(old, new, before, after))


def _placement_terms(was: Side, now: Side, slug: str, multiplier: float, entry: float) -> Iterator[Term]:
    """The terms of the placement's pressure by cause, and that of its coming, going or weight."""
    is_there = [not np.isnan(side.pressure(slug)) for side in (was, now)]
    if not any(is_there):
        return
    yield _term(was, now, slug, _entry_cause(was, now, slug, is_there), entry)
    if all(is_there):
        shared = share_over_causes(evidence_of(was, slug), evidence_of(now, slug))
        net = now.pressure(slug) - was.pressure(slug)
        factors = passed_on(multiplier, np.array(list(shared.values())), net=net)
        for (cause, change), factor in zip(shared.items(), factors.tolist(), strict=True):
            yield _term(was, now, slug, cause, factor * change)


def _entry_cause(was: Side, now: Side, slug: str, is_there: list[bool]) -> Cause:
    """Name why a placement's weight took effect or ceased to: an edit, or data coming or going."""
    if is_there[0] == is_there[1]:
        return Cause.WEIGHT
    if slug not in was.rows or slug not in now.rows:
        return Cause.DEFINITION
    causes = present_causes(evidence_of(was, slug), evidence_of(now, slug))
    if causes and not {Cause.OBSERVATION, Cause.REVISION} & set(causes):
        return Cause.DEFINITION
    return Cause.FIRST_SEEN if is_there[1] else Cause.WITHDRAWN


def _term(was: Side, now: Side, slug: str, cause: Cause, heat_delta: float) -> Term:
    """Describe a placement's term by the reading now in force, or by the last one where there is none."""
    side = was if np.isnan(now.pressure(slug)) else now
    placements, row = side.scores.placements, side.rows[slug]
    driver = side.placed(slug).placement.driver
    return Term(
        cause=cause,
        heat_delta=heat_delta,
        driver=driver,
        path=_path(was, now, driver),
        placement=slug,
        before_value=_value(was, slug),
        after_value=_value(now, slug),
        seq=int(placements.seq[row, 0]),
        period=(int(placements.period_start[row, 0]), int(placements.period_end[row, 0])),
    )


def _path(was: Side, now: Side, driver: str) -> tuple[str, ...]:
    """Return the drivers from the topmost down to this one, as they lie now, or lay where one is gone."""
    parents = {each.slug: each.parent for side in (was, now) for each in side.moment.model.subject.drivers}
    path = [driver]
    while parents[path[0]]:
        path.insert(0, parents[path[0]])
    return tuple(path)


def _value(side: Side, slug: str) -> float | None:
    value = np.nan if slug not in side.rows else float(side.scores.placements.value[side.rows[slug], 0])
    return None if np.isnan(value) else value


def _method_delta(old: Form, new: Form, before: State, after: State) -> float:
    """Return the mean at both states of what the new form gives more than the old (heat.md 7, 5)."""
    gains = [_formed_heat(new, state) - _formed_heat(old, state) for state in (before, after)]
    return (gains[0] + gains[1]) / 2


def _formed_heat(form: Form, state: State) -> float:
    return _calm(form.sign) + form.sign * tree_pressures(form, state)[1]


def _calm(sign: float) -> float:
    """Return the heat of no pressure at all."""
    return FULL if sign < 0 else 0.0
