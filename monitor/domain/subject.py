"""A subject: what is watched, and how its pressures are combined."""

from dataclasses import dataclass, field
from enum import StrEnum

from monitor.domain.scale import FULL


class Side(StrEnum):
    """On which side a mean is taken: pressures, or strengths (100 - pressure, turned back)."""

    PRESSURE = "pressure"
    STRENGTH = "strength"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """One level's method: arithmetic, geometric, harmonic, power, worst_dominates, max, min (heat.md 4)."""

    method: str = "arithmetic"
    of: Side = Side.PRESSURE
    power: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A group of placements and of further drivers; `parent` is the driver it lies under, "" the subject."""

    slug: str
    name: str
    weight: float
    aggregation: Aggregation = field(default_factory=Aggregation)
    parent: str = ""

    def __post_init__(self) -> None:
        """Refuse a weight that is not above 0."""
        if not self.weight > 0:
            message = f"driver {self.slug}: weight must be above 0"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """While a placement's pressure is at least `reaches`, the subject's is at least `pressure`.

    `placement` is its name within the subject, `driver/indicator:unit`.
    """

    placement: str
    pressure: float
    reaches: float = FULL

    def __post_init__(self) -> None:
        """Refuse a floor that lifts nothing, or that no pressure reaches."""
        for name, value in (("pressure", self.pressure), ("reaches", self.reaches)):
            if not 0 < value <= FULL:
                message = f"floor of {self.placement}: {name} must be above 0 and at most 100"
                raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is watched: a leader, a government, a country, a region, a route.

    `template` names what it was stamped from with others like it (an index over units), `group` the one of
    their groups it belongs to.
    """

    slug: str
    name: str
    kind: str
    scale: str
    drivers: tuple[Driver, ...]
    country: str = ""
    measures: str = ""
    aggregation: Aggregation = field(default_factory=Aggregation)
    min_coverage: float = 0.60
    description: str = ""
    floors: tuple[Floor, ...] = ()
    template: str = ""
    group: str = ""

    def driver_named(self, slug: str) -> Driver:
        """Return the driver of that slug."""
        return next(driver for driver in self.drivers if driver.slug == slug)

    def path_to(self, driver: str) -> tuple[str, ...]:
        """Return the drivers by slug from the topmost down to one; empty where it is not there."""
        parents = {each.slug: each.parent for each in self.drivers}
        path: tuple[str, ...] = ()
        while driver in parents and driver not in path:
            path, driver = (driver, *path), parents[driver]
        return path

    @property
    def is_exercise(self) -> bool:
        """Whether this is a subject of a rehearsal (`assimi-goita@exercise-1`)."""
        return "@" in self.slug
