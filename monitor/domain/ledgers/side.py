"""Sides: a subject scored at one moment, ready to be held against another (heat.md 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.derivations.derive import up_to
from monitor.domain.derivations.recipe import recipe_of
from monitor.domain.ledgers.cause import Evidence
from monitor.domain.ledgers.span import Form, State
from monitor.domain.scale import AlarmingEnd
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.hierarchy import TOP
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.scoring.scores import Scores
from monitor.domain.scoring.view import observed, visible
from monitor.domain.series import Columns, empty_columns
from monitor.domain.subject import Driver
from monitor.domain.transforms.denominator import columns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A subject as of epoch second `at`: definitions, and rows known by `known_at` (default `at`).

    With `max_seq` only rows committed up to it count.
    """

    model: Model
    columns: Mapping[str, Columns]
    at: int
    known_at: int | None = None
    max_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One moment, scored, with its placements by slug."""

    moment: Moment
    columns: Mapping[str, Columns]
    scores: Scores
    rows: Mapping[str, int]

    @property
    def raw(self) -> float:
        """The subject's pressure before floors."""
        return float(self.scores.raw_pressure[0])

    @property
    def sign(self) -> float:
        """Heat per point of pressure."""
        return -1.0 if self.moment.model.scale.alarming_end is AlarmingEnd.LOW else 1.0

    def pressure(self, slug: str) -> float:
        """Return a placement's pressure, NaN where it has none."""
        return float(self.scores.placements.pressure[self.rows[slug], 0]) if slug in self.rows else np.nan

    def placed(self, slug: str) -> Placed:
        """Return a placement of this side's model."""
        return self.moment.model.placements[self.rows[slug]]


def side_of(moment: Moment, scores: Scores | None = None) -> Side:
    """Score one moment; `scores` are given where that was done."""
    known = moment.at if moment.known_at is None else moment.known_at
    columns = up_to(moment.columns, moment.max_seq)
    if scores is None:
        scores = score(moment.model, columns, at=np.array([moment.at]), known_at=np.array([known]))
    slugs = {placed.placement.slug: number for number, placed in enumerate(moment.model.placements)}
    return Side(moment=moment, columns=columns, scores=scores, rows=slugs)


def evidence_of(side: Side, slug: str) -> Evidence:
    """Return what a side could see of one placement."""
    placed = side.placed(slug)
    columns = side.columns.get(placed.placement.series, empty_columns())
    others = columns_of(placed.denominators, side.columns)
    at, known = side.moment.at, int(side.scores.known_at[0])
    recipe = recipe_of(side.moment.model.plan, placed.placement.series)
    read = {key: side.columns.get(key, empty_columns()) for key in recipe.leaves}
    return Evidence(
        placed=placed,
        rows=visible(columns, at=at, known_at=known),
        at=at,
        leaves={key: visible(each, at=at, known_at=known) for key, each in read.items()},
        reckon=recipe.reckon if recipe.leaves else None,
        others={name: observed(visible(each, at=at, known_at=known)) for name, each in others.items()},
    )


def driver_slugs(was: Side, now: Side) -> list[str]:
    """Return the drivers of both sides, in order."""
    return list(
        dict.fromkeys(driver.slug for side in (was, now) for driver in side.moment.model.subject.drivers)
    )


def moved_rows(was: Side, now: Side) -> Side:
    """Return the earlier side with each placement that lies under another driver now by its name of now.

    A series that left one driver and came to one other is the same evidence; where it left or came to
    several, no one can say which went where.
    """
    left, came = _alone(was, now), _alone(now, was)
    names = {slug: came[series] for series, slug in left.items() if series in came}
    return replace(was, rows={names.get(slug, slug): row for slug, row in was.rows.items()})


def _alone(side: Side, other: Side) -> dict[str, str]:
    """Return the placements that only this side has by series, where it has one of that series."""
    slugs = [slug for slug in side.rows if slug not in other.rows]
    series = [side.placed(slug).placement.series for slug in slugs]
    return {each: slug for each, slug in zip(series, slugs, strict=True) if series.count(each) == 1}


def form_of(side: Side, other: Side, slugs: list[str], drivers: list[str]) -> Form:
    """Return a side's methods and structure; what it does not have is as on the other side."""
    known = _drivers(side, other)
    places = {slug: place for place, slug in enumerate(drivers)} | {"": TOP}
    placed = [(side if slug in side.rows else other).placed(slug) for slug in slugs]
    return Form(
        drivers=tuple(known[slug].aggregation for slug in drivers),
        subject=side.moment.model.subject.aggregation,
        sign=side.sign,
        parents=tuple(places[known[slug].parent] for slug in drivers),
        placed=tuple(places[each.placement.driver] for each in placed),
    )


def state_of(side: Side, other: Side, slugs: list[str], drivers: list[str]) -> State:
    """Return a side's placements and drivers in the order of both sides; absent drivers keep their weight."""
    known = _drivers(side, other)
    return State(
        pressures=np.array([side.pressure(slug) for slug in slugs]),
        weights=np.array([side.placed(slug).weight if slug in side.rows else 0.0 for slug in slugs]),
        driver_weights=np.array([known[slug].weight for slug in drivers]),
    )


def _drivers(side: Side, other: Side) -> dict[str, Driver]:
    """Return the drivers of both sides by slug, those of one side where both have them."""
    return {driver.slug: driver for each in (other, side) for driver in each.moment.model.subject.drivers}
