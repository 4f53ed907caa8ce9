"""What would flip the level, in the indicators' own words and units."""

import math
from dataclasses import dataclass

from monitor.domain.indicator import Indicator
from monitor.domain.scoring.model import Model
from monitor.domain.suggestions.flip import Crossing, Flip
from monitor.services.overview.derivations import placement_name
from monitor.services.overview.words import value_words
from monitor.storage.snapshot import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipRow:
    """One indicator that can cross alone, as it is told: `wanted` is rounded to the far side."""

    series: str
    name: str
    value: str
    wanted: str
    heat: float
    steps: float
    spreads: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingView:
    """The next level one way and the indicators that can take the subject there alone."""

    crossing: Crossing
    rows: tuple[FlipRow, ...]


def crossing_views(
    known: Definitions, model: Model, crossings: tuple[Crossing, ...]
) -> tuple[CrossingView, ...]:
    """Return crossings as pages show them."""
    return tuple(CrossingView(crossing=each, rows=flip_rows(known, model, each)) for each in crossings)


def flip_rows(known: Definitions, model: Model, crossing: Crossing) -> tuple[FlipRow, ...]:
    """Return one crossing's flips in words, smallest first."""
    placed = {each.placement.slug: each for each in model.placements}
    return tuple(
        FlipRow(
            series=flip.series,
            name=placement_name(known, placed[flip.placement].indicator, flip.series, subject=model.subject),
            value=value_words(placed[flip.placement].indicator, flip.value),
            wanted=_wanted(placed[flip.placement].indicator, flip),
            heat=flip.heat,
            steps=flip.steps,
            spreads=flip.spreads,
        )
        for flip in crossing.flips
    )


def _wanted(indicator: Indicator, flip: Flip) -> str:
    """Return the value wanted, rounded away from the one it has, so that what is read does cross."""
    if flip.wanted in indicator.words.values():
        return value_words(indicator, flip.wanted)
    fine = 10.0**indicator.decimals
    away = math.ceil if flip.wanted > flip.value else math.floor
    # What is a whole step but for the last bits stays there.
    nearest = round(flip.wanted * fine)
    is_whole = math.isclose(nearest, flip.wanted * fine, rel_tol=1e-9, abs_tol=1e-9)
    return value_words(indicator, (nearest if is_whole else away(flip.wanted * fine)) / fine)
