"""Leave one out: a subject's heat and level without each of its indicators in turn."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.scoring.heat import heat_of
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.tree import combine_tree
from monitor.domain.series import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """Heat and level (read without hysteresis) without one placement; None where nothing is left.

    Subjects rank by heat; floors that name the placement left out are not reached.
    """

    placement: str
    pressure: float | None
    heat: float | None
    level: str

    def rank(self, others: Floats) -> int | None:
        """Return its place among others by heat, 1 the highest."""
        return None if self.heat is None else rank(self.heat, others)


def leave_one_out(model: Model, pressures: Floats) -> tuple[Without, ...]:
    """Return what is left without each placement; `pressures` are one a placement, NaN where unobserved."""
    table = np.repeat(pressures[:, None], len(pressures), axis=1)
    np.fill_diagonal(table, np.nan)
    combined = combine_tree(model, table).pressure
    heats = heat_of(model.scale, combined)
    return tuple(
        _without(model, number, float(combined[number]), float(heats[number]))
        for number in range(len(pressures))
    )


def rank(heat: float, others: Floats) -> int:
    """Return the place of a heat among others, 1 the highest; equal ones share the least number."""
    return 1 + int(np.count_nonzero(others > heat))


def _without(model: Model, number: int, pressure: float, heat: float) -> Without:
    is_left = not np.isnan(pressure)
    return Without(
        placement=model.placements[number].placement.slug,
        pressure=pressure if is_left else None,
        heat=heat if is_left else None,
        level=model.scale.level_for(heat).name if is_left else "",
    )
