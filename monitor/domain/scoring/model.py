"""A model: a subject's tree compiled with the definitions it is scored by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitor.domain.derivations.derived import Plan, indicator_of, plan
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Indicator, Normalisation
from monitor.domain.normalisations.normalisation import Unscored
from monitor.domain.normalisations.normalise import Curve, curve_of
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import Scale
from monitor.domain.scoring.hierarchy import TOP, Hierarchy, hierarchy_of, parents_of
from monitor.domain.series import Floats
from monitor.domain.subject import Subject
from monitor.domain.transforms.denominator import denominators


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A placement with its indicator, its driver's place in the subject and the weight in force."""

    placement: Placement
    indicator: Indicator
    driver_index: int
    weight: float
    _curves: list[Curve | None] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def curve(self) -> Curve | None:
        """The normalisation compiled, once; None where it waits for a fit."""
        if not self._curves:
            self._curves.append(_curve_of(self.normalisation))
        return self._curves[0]

    @property
    def normalisation(self) -> Normalisation:
        """The placement's own normalisation, else the indicator's."""
        return self.placement.normalisation or self.indicator.normalisation

    @property
    def denominators(self) -> dict[str, str]:
        """The keys of the series it is divided by, by the name its transforms give them."""
        return denominators(self.indicator, self.placement.series)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What `score` needs beside columns; sums run in the stored order of drivers and placements.

    A group's members are its placements in that order, then its drivers. A circle of drivers: InvalidInput.
    Placements that do not apply are apart: nothing is reckoned with them. `place_of` is each series' place
    among the placements; where a series is placed twice, that of the first by slug.
    `weights` are the placements' own, comparable within a driver, `driver_weights` the drivers'.
    `effective_weights` are each placement's share of the subject, the product of the shares on its path; they
    add up to 1. `weights_below` are for each driver those of all placements, comparable within it at any
    depth, 0 outside it. `scored` are the keys of every series it is scored by, derived ones and denominators
    included.
    """

    subject: Subject
    scale: Scale
    placements: tuple[Placed, ...]
    plan: Plan = field(default_factory=Plan)
    not_applicable: tuple[Placement, ...] = ()
    hierarchy: Hierarchy = field(init=False, repr=False, compare=False)
    place_of: Mapping[str, int] = field(init=False, repr=False, compare=False)
    weights: Floats = field(init=False, repr=False, compare=False)
    driver_weights: Floats = field(init=False, repr=False, compare=False)
    effective_weights: Floats = field(init=False, repr=False, compare=False)
    weights_below: Sequence[Floats] = field(init=False, repr=False, compare=False)
    scored: Sequence[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Arrange the drivers and find the series once: every scoring asks for them."""
        by_slug = sorted(enumerate(self.placements), key=lambda each: each[1].placement.slug, reverse=True)
        object.__setattr__(self, "place_of", {each.placement.series: place for place, each in by_slug})
        placed = [each.driver_index for each in self.placements]
        object.__setattr__(self, "hierarchy", hierarchy_of(parents_of(self.subject.drivers), placed))
        object.__setattr__(self, "scored", _scored(self.placements))
        self._weigh()

    def _weigh(self) -> None:
        weights = np.array([placed.weight for placed in self.placements], dtype=np.float64)
        across = np.array([driver.weight for driver in self.subject.drivers], dtype=np.float64)
        *below, (top, whole) = _weights_below(self.hierarchy, weights, across)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "driver_weights", across)
        object.__setattr__(self, "effective_weights", top / (whole or 1.0))
        object.__setattr__(self, "weights_below", [each for each, _ in below])
        for each in (weights, across, self.effective_weights, *self.weights_below):
            each.setflags(write=False)

    @property
    def series(self) -> list[str]:
        """The keys of every stored series it reads, operands and denominators included, sorted, each once."""
        return list(self.plan.stored)


def _curve_of(normalisation: Normalisation) -> Curve | None:
    try:
        return curve_of(normalisation)
    except InvalidInput:
        # Whoever scores it by itself says so, with the placement's name.
        return None


def _refuse_forecasts(keys: Iterable[str], indicators: Mapping[str, Indicator]) -> None:
    """Raise InvalidInput for a forecast among the series that a heat would be reckoned from."""
    for key in keys:
        indicator = indicator_of(key, indicators)
        if indicator is not None and indicator.is_forecast:
            raise InvalidInput(f"{key} is a forecast, which is never scored", field="series")


def _scored(placements: Iterable[Placed]) -> list[str]:
    return sorted({
        key for each in placements for key in (each.placement.series, *each.denominators.values())
    })  # fmt: skip


def _weights_below(tree: Hierarchy, own: Floats, across: Floats) -> list[tuple[Floats, float]]:
    """Return each driver's placements by weight and the sum of its members' weights; the subject's come last.

    A member driver's weight is spread over its placements; one without any counts nowhere.
    """
    found = [(np.zeros(len(own)), 0.0)] * (len(tree.groups) + 1)
    for driver, members in [*((each, tree.groups[each]) for each in tree.upward), (TOP, tree.top)]:
        weights = np.zeros(len(own))
        weights[members.placements] = own[members.placements]
        whole = float(np.cumsum([0.0, *own[members.placements]])[-1])
        for child in members.drivers:
            inside, total = found[child]
            if total > 0:
                weights += inside / total * across[child]
                whole += float(across[child])
        found[driver] = weights, whole
    return found


def compile_model(
    subject: Subject,
    scale: Scale,
    placements: Iterable[Placement],
    indicators: Mapping[str, Indicator],
    *,
    weight_set: WeightSet | None = None,
) -> Model:
    """Join a subject's placements with their indicators (by slug) and a lens's weights.

    Raises InvalidInput naming a placement whose driver or indicator is not there, a driver whose parent is
    not or that lies under itself, a floor whose placement is not, or a formula that cannot be reckoned.
    """
    drivers = {driver.slug: number for number, driver in enumerate(subject.drivers)}
    lens = {} if weight_set is None else weight_set.weights
    placed, absent = [], []
    for placement in placements:
        if placement.not_applicable:
            absent.append(placement)
            continue
        indicator = indicator_of(placement.series, indicators)
        if placement.driver not in drivers or indicator is None:
            missing = "indicator" if placement.driver in drivers else "driver"
            message = f"placement {placement.slug}: its {missing} is not defined"
            raise InvalidInput(message, field=missing)
        if isinstance(placement.normalisation or indicator.normalisation, Unscored):
            message = (
                f"placement {placement.slug}: indicator {indicator.slug} has no normalisation "
                "(expected thresholds or another form there, or of the placement's own)"
            )
            raise InvalidInput(message, field="thresholds")
        placed.append(
            Placed(
                placement=placement,
                indicator=indicator,
                driver_index=drivers[placement.driver],
                weight=float(lens.get(placement.slug, placement.weight)),
            )
        )
    names = [each.name for each in (*(one.placement for one in placed), *absent)]
    for floor in subject.floors:
        if floor.placement not in names:
            message = (
                f"subject {subject.slug}: its floor names {floor.placement}, which is no placement of it"
            )
            raise InvalidInput(message, field="floors")
    found = plan(_scored(placed), indicators)
    _refuse_forecasts(found.stored, indicators)
    return Model(
        subject=subject,
        scale=scale,
        placements=tuple(placed),
        plan=found,
        not_applicable=tuple(absent),
    )
