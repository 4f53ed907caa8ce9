"""Robustness: how often the level would be the same under somewhat different weights (heat.md 5)."""

from collections.abc import Mapping

import numpy as np

from monitor.domain.scoring.heat import heat_of, score
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.tree import combine_tree
from monitor.domain.series import Columns, Floats


def share_keeping_level(
    model: Model,
    columns: Mapping[str, Columns],
    at: int,
    *,
    generator: np.random.Generator,
    known_at: int | None = None,
    draws: int = 1000,
    spread: float = 0.25,
) -> float | None:
    """Return the share (0 to 1) of seeded draws of all weights within +-spread that keep the level.

    Weights are drawn evenly and the level is read without hysteresis; None where there is no heat.
    """
    known = None if known_at is None else np.array([known_at])
    scores = score(model, columns, at=np.array([at]), known_at=known)
    if np.isnan(scores.heat[0]):
        return None
    level = model.scale.level_for(float(scores.heat[0]))
    pressures = weight_draws(
        model, scores.placements.pressure, generator=generator, draws=draws, spread=spread
    )
    heats = heat_of(model.scale, pressures).tolist()
    return sum(model.scale.level_for(heat) is level for heat in heats) / draws


def weight_draws(
    model: Model,
    pressures: Floats,
    *,
    generator: np.random.Generator,
    draws: int = 1000,
    spread: float = 0.25,
) -> Floats:
    """Return the subject's pressure in draws of all weights, evenly within +-spread of their own.

    `pressures` are placements x 1; the same generator gives the same draws to every subject of one tree.
    """
    placements = generator.uniform(1 - spread, 1 + spread, (len(model.placements), draws))
    drivers = generator.uniform(1 - spread, 1 + spread, (len(model.subject.drivers), draws))
    return combine_tree(
        model,
        pressures,
        weights=model.weights[:, None] * placements,
        driver_weights=model.driver_weights[:, None] * drivers,
    ).pressure
