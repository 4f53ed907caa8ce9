"""Random trees for the engine's properties, drawn from a seed: quickly, and one number repeats a tree."""

import math
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK, STANDING
from monitor.domain.scoring.heat import compile_model
from monitor.domain.subject import Aggregation, Driver, Floor, Side, Subject
from tests.domain.vectors import columns, indicator, row

MEANS = ("arithmetic", "geometric", "harmonic", "worst_dominates", "max", "min")
METHODS = [Aggregation(method=method, of=of) for method in MEANS for of in Side] + [
    Aggregation(method="power", of=of, power=power)
    for power in (-2.0, -0.001, 0.0, 1e-6, 0.5, 3.0)
    for of in Side
]
WEIGHTS = (1.0, 1.0, 2.5, 0.3, 0.01)
# Where methods turn: benign, at a pole or a hair beside it, worst; ties are frequent.
CORNERS = (0.0, 1e-12, 1e-6, 0.01, 20.0, 20.0, 50.0, 99.99, 100.0)
EDGES = ((0, 100), (0, 50), (10, 60), (100, 0))
# A profile of a thousand examples (`make properties`) makes every property ten times as thorough.
_THOROUGH = settings.default.max_examples / 100


def seeded(examples):
    """Run a property over so many seeds, more under a more thorough profile."""

    def decorate(test):
        wanted = max(1, round(examples * _THOROUGH))
        quiet = [HealthCheck.too_slow]
        return settings(max_examples=wanted, suppress_health_check=quiet)(
            given(seed=st.integers(0, 2**32 - 1))(test)
        )

    return decorate


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A subject, its placements and their indicators, before they are compiled."""

    subject: Subject
    placements: tuple[Placement, ...]
    indicators: tuple = ()

    @property
    def model(self):
        found = {placement.series[:-5]: indicator(placement.series[:-5]) for placement in self.placements}
        found |= {each.slug: each for each in self.indicators}
        scale = STANDING if self.subject.scale == STANDING.slug else RISK
        return compile_model(self.subject, scale, self.placements, found)


def pick(rng, options):
    return options[int(rng.integers(len(options)))]


def plan(rng, *, depth=None, methods=METHODS, floors=True, most=2):
    """A tree of up to four levels of drivers; some have placements, some drivers, some both, some nothing."""
    depth = int(rng.integers(1, 5)) if depth is None else depth
    drivers, level = [], [""]
    for _ in range(depth):
        below = []
        for parent in level:
            for _ in range(int(rng.integers(1, most + 1))):
                below.append(_driver(rng, f"d{len(drivers)}", parent, methods))
                drivers.append(below[-1])
        level = [driver.slug for driver in below if rng.random() < 0.7][:2]
    homes = [driver.slug for driver in drivers for _ in range(int(rng.integers(0, most + 1)))] or ["d0"]
    placements = [
        Placement(subject="mali", driver=home, series=f"s{number}:mali", weight=pick(rng, WEIGHTS))
        for number, home in enumerate(homes)
    ]
    subject = Subject(
        slug="mali", name="Mali", kind="country", scale=pick(rng, ("risk", "standing")),
        drivers=tuple(drivers), aggregation=pick(rng, methods),
        floors=_floors(rng, placements) if floors else (),
    )  # fmt: skip
    return Plan(subject=subject, placements=tuple(placements))


def _driver(rng, slug, parent, methods):
    return Driver(
        slug=slug, name=slug, weight=pick(rng, WEIGHTS), aggregation=pick(rng, methods), parent=parent
    )


def _floors(rng, placements):
    if rng.random() < 0.6:
        return ()
    names = [pick(rng, placements).name for _ in range(int(rng.integers(1, 3)))]
    return tuple(
        Floor(placement=name, pressure=pick(rng, (30.0, 70.0)), reaches=pick(rng, (50.0, 100.0)))
        for name in names
    )


def edited(rng, old):
    """The same plan after one edit of each kind, each made or not by chance."""
    new = old
    for edit in EDITS.values():
        if rng.random() < 0.25:
            new = edit(rng, new)
    names = {placement.name for placement in new.placements}
    kept = tuple(floor for floor in new.subject.floors if floor.placement in names)
    return replace(new, subject=replace(new.subject, floors=kept))


def _weights(rng, old):
    return _change_one(rng, old, weight=pick(rng, WEIGHTS))


def _edges(rng, old):
    calm, critical = pick(rng, EDGES)
    own = ThresholdNormalisation(thresholds=Thresholds(calm=calm, critical=critical))
    return _change_one(rng, old, normalisation=own)


def _move_placement(rng, old):
    return _change_one(rng, old, driver=pick(rng, old.subject.drivers).slug)


def _change_one(rng, old, **changes):
    place = int(rng.integers(len(old.placements)))
    placed = [replace(each, **changes) if n == place else each for n, each in enumerate(old.placements)]
    return replace(old, placements=tuple(placed))


def _change_driver(rng, old, make):
    place = int(rng.integers(len(old.subject.drivers)))
    drivers = [make(each) if n == place else each for n, each in enumerate(old.subject.drivers)]
    return replace(old, subject=replace(old.subject, drivers=tuple(drivers)))


def _driver_weights(rng, old):
    return _change_driver(rng, old, lambda driver: replace(driver, weight=pick(rng, WEIGHTS)))


def _methods(rng, old):
    if rng.random() < 0.5:
        return replace(old, subject=replace(old.subject, aggregation=pick(rng, METHODS)))
    return _change_driver(rng, old, lambda driver: replace(driver, aggregation=pick(rng, METHODS)))


def _scale(rng, old):
    return replace(old, subject=replace(old.subject, scale=pick(rng, ("risk", "standing"))))


def _move_driver(rng, old):
    def move(driver):
        homes = ["", *(each.slug for each in old.subject.drivers)]
        return replace(
            driver,
            parent=pick(rng, [home for home in homes if driver.slug not in old.subject.path_to(home)]),
        )

    return _change_driver(rng, old, move)


def _drop(rng, old):
    return replace(old, placements=old.placements[: int(rng.integers(1, len(old.placements) + 1))])


def _add(rng, old):
    fresh = _driver(rng, "fresh", pick(rng, ["", *(each.slug for each in old.subject.drivers)]), METHODS)
    homes = (*old.subject.drivers, fresh)
    extra = [
        Placement(
            subject="mali", driver=pick(rng, homes).slug, series=f"new{n}:mali", weight=pick(rng, WEIGHTS)
        )
        for n in range(int(rng.integers(0, 3)))
    ]
    return replace(old, subject=replace(old.subject, drivers=homes), placements=(*old.placements, *extra))


def _new_floors(rng, old):
    return replace(old, subject=replace(old.subject, floors=_floors(rng, old.placements)))


EDITS = {
    "weight": _weights,
    "driver weight": _driver_weights,
    "thresholds": _edges,
    "method": _methods,
    "scale": _scale,
    "driver moved": _move_driver,
    "placement moved": _move_placement,
    "placement removed": _drop,
    "placement and driver added": _add,
    "floors": _new_floors,
}


def value(rng):
    return pick(rng, CORNERS) if rng.random() < 0.5 else round(float(rng.uniform(0, 100)), 2)


def series(rng):
    """Two days of a series: seen on both, first seen, revised, withdrawn, unchanged or never seen."""
    kind = rng.random()
    if kind < 0.1:
        return columns()
    rows = [] if kind < 0.25 else [row(0, value(rng))]
    if kind < 0.8:
        rows.append(row(1, value(rng)))
    if rows[0]["period_start"] == 0 and rng.random() < 0.4:
        rows.append(row(0, math.nan if rng.random() < 0.4 else value(rng), known=2))
    return columns(*rows)


def observations(rng, *plans):
    """Columns for every series of some plans."""
    names = sorted({placement.series for each in plans for placement in each.placements})
    return {name: series(rng) for name in names}


def generator(seed):
    return np.random.default_rng(seed)
