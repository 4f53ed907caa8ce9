"""A model: a subject's tree compiled with the definitions it is scored by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from monitor.domain.denominator import denominators
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Indicator, Normalisation
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import FULL, Scale
from monitor.domain.series import Floats, Ints, SeriesKey
from monitor.domain.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A placement with its indicator, its driver's place in the subject and the weight in force."""

    placement: Placement
    indicator: Indicator
    driver_index: int
    weight: float

    @property
    def normalisation(self) -> Normalisation:
        """The placement's own normalisation, else the indicator's."""
        return self.placement.normalisation or self.indicator.normalisation

    @property
    def denominators(self) -> dict[str, str]:
        """The keys of the series it is divided by, by the name its transforms give them."""
        return denominators(self.indicator, self.placement.series)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """While a placement's pressure is at least `reaches`, the subject's is at least `pressure`."""

    placement: str
    pressure: float
    reaches: float = FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What `score` needs beside columns; sums run in the stored order of drivers and placements."""

    subject: Subject
    scale: Scale
    placements: tuple[Placed, ...]
    floors: tuple[Floor, ...] = ()

    @property
    def series(self) -> list[str]:
        """The keys of every series it reads, denominators included, sorted, each once."""
        own = {placed.placement.series for placed in self.placements}
        return sorted(own.union(*(placed.denominators.values() for placed in self.placements)))

    @property
    def weights(self) -> Floats:
        """The placements' own weights, comparable within a driver."""
        return np.array([placed.weight for placed in self.placements], dtype=np.float64)

    @property
    def driver_weights(self) -> Floats:
        """The drivers' weights."""
        return np.array([driver.weight for driver in self.subject.drivers], dtype=np.float64)

    @property
    def effective_weights(self) -> Floats:
        """Each placement's share of the whole subject; they add up to 1."""
        index = np.array([placed.driver_index for placed in self.placements], dtype=np.int64)
        within = np.bincount(index, weights=self.weights, minlength=len(self.subject.drivers))
        drivers = np.where(within > 0, self.driver_weights, 0.0)
        whole = np.cumsum(drivers)[-1] if len(drivers) else 1.0
        return self.weights / within[index] * drivers[index] / whole

    def members(self, driver_index: int) -> Ints:
        """Return the places of a driver's placements, in order."""
        return np.flatnonzero([placed.driver_index == driver_index for placed in self.placements])


def compile_model(
    subject: Subject,
    scale: Scale,
    placements: Iterable[Placement],
    indicators: Mapping[str, Indicator],
    *,
    weight_set: WeightSet | None = None,
    floors: Iterable[Floor] = (),
) -> Model:
    """Join a subject's placements with their indicators (by slug) and a lens's weights.

    Raises InvalidInput naming a placement whose driver or indicator is not there.
    """
    drivers = {driver.slug: number for number, driver in enumerate(subject.drivers)}
    lens = {} if weight_set is None else weight_set.weights
    placed = []
    for placement in placements:
        indicator = indicators.get(SeriesKey.parse(placement.series).indicator)
        if placement.driver not in drivers or indicator is None:
            missing = "indicator" if placement.driver in drivers else "driver"
            message = f"placement {placement.slug}: its {missing} is not defined"
            raise InvalidInput(message, field=missing)
        placed.append(
            Placed(
                placement=placement,
                indicator=indicator,
                driver_index=drivers[placement.driver],
                weight=float(lens.get(placement.slug, placement.weight)),
            )
        )
    return Model(subject=subject, scale=scale, placements=tuple(placed), floors=tuple(floors))
