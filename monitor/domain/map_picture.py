"""A map of regions or of countries at one time: what is told of each, and where incidents happened."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from monitor.domain.errors import InvalidInput
from monitor.domain.incident_picture import Spot
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalise import concern_of, curve_of
from monitor.domain.scale import FULL, Concern

SHADES = 4
# From so many on, whatever the month: a grey means the same at all times. The darkest would hide the dots.
INCIDENT_STEPS = (1, 5, 20)
KILLED_STEPS = (1, 20, 100)


class Told(StrEnum):
    """Whether something is told of a region, and if not, why; none of these is a zero."""

    VALUE = "value"
    NOTHING = "nothing"
    NOT_YET = "not yet"
    OLD = "old"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCell:
    """A region or country by its code, with its words; `shade` 0 to 3 grows with concern.

    Hatched is in between two states; `mark` are words beside a crossed box.
    """

    code: str
    told: Told = Told.NOTHING
    words: str = ""
    shade: int = 0
    is_hatched: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPicture:
    """What is drawn on the outlines of some countries; `chosen` is the code of what is looked at."""

    countries: tuple[str, ...]
    is_by_country: bool = False
    cells: Mapping[str, MapCell] = field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    chosen: str = ""


def shade_of_count(number: int, steps: tuple[int, ...]) -> int:
    """Return the shade of a number of incidents or deaths; none is the lightest."""
    return max(0, bisect_right(steps, number) - 1)


def pressure_of(indicator: Indicator, value: float) -> float | None:
    """Return the pressure of a value; None for an indicator without one, or whose peers are not known yet."""
    try:
        found = float(curve_of(indicator.normalisation).pressure(np.array([value]))[0])
    except InvalidInput:
        return None
    return None if np.isnan(found) else found


def shade_of_pressure(pressure: float | None) -> int:
    """Return the shade of a pressure by its concern: high and critical share the darkest."""
    return 0 if pressure is None else min(int(concern_of(pressure)), SHADES - 1)


def is_between(indicator: Indicator, pressure: float | None) -> bool:
    """Whether a state is neither the best nor the worst: contested."""
    return bool(indicator.words) and pressure is not None and 0 < pressure < FULL


CONCERNS_OF_SHADES: tuple[tuple[Concern, ...], ...] = (
    (Concern.NORMAL,),
    (Concern.WATCH,),
    (Concern.ELEVATED,),
    (Concern.HIGH, Concern.CRITICAL),
)
"""What each shade stands for."""
