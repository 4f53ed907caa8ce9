"""Normalisation against a series' own past, and the fit that holds what was learnt from it (heat.md 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from monitor.domain.comparison import base_span
from monitor.domain.errors import InvalidInput
from monitor.domain.normalisation import Knots, check_line


class Against(StrEnum):
    """What values are compared with."""

    OWN_HISTORY = "own_history"


class Yardstick(StrEnum):
    """How a value is placed among those of the window; each gives a line or steps of pressure.

    `minmax`: from the best to the worst value. `zscore`: from `calm_sd` to `critical_sd` standard deviations
    on the worse side of the mean. `percentile`: the share of better values, straight between neighbours,
    100 at the worst. `rank`: the share of better values, in steps. `fraction_of_max`: the share of the
    highest value (or what is missing to it). `distance_to_reference`: from the mean of a past period to the
    worst value.
    """

    MINMAX = "minmax"
    ZSCORE = "zscore"
    PERCENTILE = "percentile"
    RANK = "rank"
    FRACTION_OF_MAX = "fraction_of_max"
    DISTANCE_TO_REFERENCE = "distance_to_reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What a window gave: `knots` (value, pressure) score, `parameters` say what they were reckoned from.

    The window holds the `count` periods that ended after `since` and by `until`, as known at `fitted_at`.
    A fit is part of its definition's version: newer values change no pressure until a newer fit is saved.
    """

    since: datetime
    until: datetime
    fitted_at: datetime
    count: int
    knots: Knots
    parameters: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse knots that make no line."""
        check_line(self.knots, name="a fit")

    @property
    def is_rising(self) -> bool:
        """Whether higher values have more pressure."""
        return self.knots[-1][1] > self.knots[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeNormalisation:
    """Pressure by a yardstick laid on the window of `window_days`; without a fit it cannot score.

    `calm_sd` and `critical_sd` belong to `zscore`, `reference_period` (2025, 2025-08, 2025-08-01) to
    `distance_to_reference`.
    """

    method: ClassVar[str] = "relative"
    by: Yardstick
    window_days: float
    against: Against = Against.OWN_HISTORY
    is_higher_worse: bool = True
    calm_sd: float = 0.0
    critical_sd: float = 4.0
    reference_period: str = ""
    fit: Fit | None = None

    def __post_init__(self) -> None:
        """Refuse an empty window, ends out of order, a reference that is not one, a fit of the other way."""
        if not self.window_days > 0:
            message = "window_days must be above 0"
            raise ValueError(message)
        if not self.calm_sd < self.critical_sd:
            message = f"calm_sd {self.calm_sd:g} must be below critical_sd {self.critical_sd:g}"
            raise ValueError(message)
        needs_reference = self.by is Yardstick.DISTANCE_TO_REFERENCE
        if needs_reference is not bool(self.reference_period):
            message = "reference_period goes with distance_to_reference, and only with it"
            raise ValueError(message)
        if needs_reference:
            base_span(self.reference_period)
        if self.fit is not None and self.fit.is_rising is not self.is_higher_worse:
            message = "the fit was made for the other direction: fit anew"
            raise ValueError(message)

    @property
    def knots(self) -> Knots:
        """The fitted (value, pressure); InvalidInput where there is no fit."""
        if self.fit is None:
            wanted = "fit it to what is known and save that as a new version"
            message = f"{self.by} against own history is not fitted: {wanted}"
            raise InvalidInput(message, field="fit")
        return self.fit.knots
