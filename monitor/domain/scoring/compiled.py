"""Compiled models: subjects of one shape as matrices, so that all of them are scored in a few expressions.

What `score` gives for observed values in force, to the bit, without freshness, holding and all else that
depends on a history: pressures and heats of many subjects from one table of values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.normalise import Curve, curve_of
from monitor.domain.normalisations.ramps import RampMatrix, climb, matrix_of
from monitor.domain.scoring.heat import heat_of
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.tree import combine_tree
from monitor.domain.series import Floats, Ints

# So many numbers are worked on together: few enough to stay in the processor's cache.
TOGETHER = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Heats:
    """Pressures of placements x subjects x moments, and the subjects' pressure and heat x moments."""

    placements: Floats
    pressure: Floats
    heat: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Subjects of one shape: lines of equally many ramps as matrices (by rows), other curves one by one.

    Rows are placements x subjects, so that a subject's placements lie one table apart.
    """

    model: Model
    subjects: int
    lines: tuple[tuple[Ints, RampMatrix], ...]
    curves: tuple[tuple[int, Curve], ...]
    weights: Floats
    driver_weights: Floats

    def heats(self, values: Floats) -> Heats:
        """Score placements x subjects x moments of indicator values; NaN is not observed."""
        moments = values.shape[2]
        found = np.empty(values.shape)
        pressure, step = np.empty((self.subjects, moments)), max(1, TOGETHER // max(1, values[:, :, 0].size))
        for start in range(0, moments, step):
            part = values[:, :, start : start + step]
            pressures = self._pressures(part)
            found[:, :, start : start + step] = pressures
            combined = combine_tree(
                self.model, pressures, weights=self.weights, driver_weights=self.driver_weights
            )
            pressure[:, start : start + step] = combined.pressure
        return Heats(placements=found, pressure=pressure, heat=heat_of(self.model.scale, pressure))

    def _pressures(self, values: Floats) -> Floats:
        rows = values.reshape(-1, values.shape[2])
        if len(self.lines) == 1 and not self.curves:
            return climb(self.lines[0][1], rows).reshape(values.shape)
        found = np.empty(rows.shape)
        for places, matrix in self.lines:
            found[places] = climb(matrix, rows[places])
        for place, curve in self.curves:
            found[place] = curve.pressure(rows[place])
        return found.reshape(values.shape)


def compile_models(models: Sequence[Model]) -> Compiled:
    """Compile subjects that differ in names, lines and weights alone; InvalidInput for another shape."""
    first = models[0]
    for model in models:
        if _shape(model) != _shape(first):
            message = f"subject {model.subject.slug} is not of the shape of {first.subject.slug}"
            raise InvalidInput(message, field="subject")
    places = range(len(first.placements))
    curves = [curve_of(model.placements[place].normalisation) for place in places for model in models]
    counts = [None if each.ramps is None else len(each.ramps.origins) for each in curves]
    return Compiled(
        model=first,
        subjects=len(models),
        lines=tuple(_lines(curves, counts, count) for count in sorted({c for c in counts if c is not None})),
        curves=tuple((row, curve) for row, curve in enumerate(curves) if curve.ramps is None),
        weights=np.stack([model.weights for model in models], axis=1)[:, :, None],
        driver_weights=np.stack([model.driver_weights for model in models], axis=1)[:, :, None],
    )


def _lines(curves: Sequence[Curve], counts: Sequence[int | None], count: int) -> tuple[Ints, RampMatrix]:
    rows = [row for row, own in enumerate(counts) if own == count]
    return np.array(rows), matrix_of([ramps for row in rows if (ramps := curves[row].ramps) is not None])


def _shape(model: Model) -> tuple[object, ...]:
    """Return all that combining goes by beside weights."""
    subject = model.subject
    places = {placed.placement.name: place for place, placed in enumerate(model.placements)}
    return (
        model.scale,
        subject.aggregation,
        tuple(driver.aggregation for driver in subject.drivers),
        model.hierarchy.parents,
        model.hierarchy.placed,
        tuple((places[floor.placement], floor.reaches, floor.pressure) for floor in subject.floors),
    )
