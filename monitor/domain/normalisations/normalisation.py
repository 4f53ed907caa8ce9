"""The forms a normalisation may take: which number stands for which pressure (heat.md 3)."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import FULL

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdNormalisation:
    """Piecewise linear through the thresholds (heat.md 3, the default)."""

    method: ClassVar[str] = "thresholds"
    thresholds: Thresholds

    @property
    def is_higher_worse(self) -> bool | None:
        """Whether a higher value is a worse one."""
        return self.thresholds.is_higher_worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """No pressure at all: of an indicator that is only reckoned with, such as what others are divided by."""

    method: ClassVar[str] = "unscored"

    @property
    def is_higher_worse(self) -> bool | None:
        """None: no value is worse."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNormalisation:
    """Piecewise constant: the pressure of the last step whose `at_least` the value reaches.

    `steps` are (at_least, pressure), `at_least` strictly rising; a value below the first has its pressure.
    """

    method: ClassVar[str] = "steps"
    steps: Knots

    def __post_init__(self) -> None:
        """Refuse an empty or unordered list, and pressures outside 0 to 100."""
        edges = [edge for edge, _ in self.steps]
        if not edges or edges != sorted(set(edges)):
            message = "steps must be given in rising order, each once"
            raise ValueError(message)
        if any(not 0 <= pressure <= FULL for _, pressure in self.steps):
            message = "a step's pressure lies between 0 and 100"
            raise ValueError(message)

    @property
    def is_higher_worse(self) -> bool | None:
        """Whether the last step is at least as bad as the first."""
        return self.steps[-1][1] >= self.steps[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalpostNormalisation:
    """A straight line from pressure 0 at `low` to 100 at `high`; their order says which way is worse.

    With `is_log` the line is straight in the logarithm of the value.
    """

    method: ClassVar[str] = "goalposts"
    low: float
    high: float
    is_log: bool = False

    def __post_init__(self) -> None:
        """Refuse posts without a distance, and a logarithm of posts that are not above 0."""
        if self.low == self.high:
            message = f"low and high are both {self.low:g}: goalposts need a distance"
            raise ValueError(message)
        if not _are_finite(self.low, self.high):
            message = "goalposts are finite numbers"
            raise ValueError(message)
        if self.is_log and not min(self.low, self.high) > 0:
            message = f"a logarithm needs posts above 0, not {min(self.low, self.high):g}"
            raise ValueError(message)

    @property
    def is_higher_worse(self) -> bool | None:
        """Whether a higher value is a worse one."""
        return self.high > self.low


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveNormalisation:
    """Piecewise linear through (value, pressure): values strictly rising, pressures going one way only."""

    method: ClassVar[str] = "curve"
    points: Knots

    def __post_init__(self) -> None:
        """Refuse points that make no line."""
        check_line(self.points, name="a curve")

    @property
    def is_higher_worse(self) -> bool | None:
        """Whether a higher value is at least as bad."""
        return self.points[-1][1] >= self.points[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBandNormalisation:
    """Pressure 0 from `low` to `high`, rising to 100 at `outer_low` below and `outer_high` above."""

    method: ClassVar[str] = "target_band"
    outer_low: float
    low: float
    high: float
    outer_high: float

    def __post_init__(self) -> None:
        """Refuse posts out of order; a band may be a single value."""
        if not (self.outer_low < self.low <= self.high < self.outer_high) or not _are_finite(
            self.outer_low, self.outer_high
        ):
            message = "a target band rises: outer_low, low, high, outer_high (low and high may be one)"
            raise ValueError(message)

    @property
    def is_higher_worse(self) -> bool | None:
        """None: both ways are worse."""
        return None


def check_line(points: Knots, *, name: str) -> None:
    """Refuse fewer than two (value, pressure), values out of order, and a pressure that turns back."""
    if len(points) < 2:  # noqa: PLR2004 - a line needs two ends
        message = f"{name} needs at least two points"
        raise ValueError(message)
    rises = points[-1][1] > points[0][1]
    for (value, pressure), (next_value, next_pressure) in pairwise(points):
        if not value < next_value or not _are_finite(value, next_value):
            pair = f"{value:g} then {next_value:g}"
            message = f"{name} takes finite values in rising order, each once: {pair}"
            raise ValueError(message)
        if not (0 <= pressure <= FULL and 0 <= next_pressure <= FULL):
            message = f"the pressure of {name} lies between 0 and 100"
            raise ValueError(message)
        if next_pressure != pressure and (next_pressure > pressure) is not rises:
            message = f"the pressure of {name} goes one way: {pressure:g} then {next_pressure:g} turns back"
            raise ValueError(message)


def _are_finite(*values: float) -> bool:
    return all(map(math.isfinite, values))
