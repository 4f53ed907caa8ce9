"""A subject: what is watched, and how its pressures are combined."""

from dataclasses import dataclass, field
from enum import StrEnum


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
    """A group of placements under a subject."""

    slug: str
    name: str
    weight: float
    aggregation: Aggregation = field(default_factory=Aggregation)

    def __post_init__(self) -> None:
        """Refuse a weight that is not above 0."""
        if not self.weight > 0:
            message = f"driver {self.slug}: weight must be above 0"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is watched: a leader, a government, a country, a region, a route."""

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

    def driver_named(self, slug: str) -> Driver:
        """Return the driver of that slug."""
        return next(driver for driver in self.drivers if driver.slug == slug)

    @property
    def is_exercise(self) -> bool:
        """Whether this is a subject of a rehearsal (`assimi-goita@exercise-1`)."""
        return "@" in self.slug
