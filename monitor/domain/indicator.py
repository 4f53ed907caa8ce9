"""An indicator: how one kind of value is read, aged and turned into pressure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.derivations.event_values import EventValues
from monitor.domain.derivations.filling import Imputation
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.normalisations.normalisation import (
    CurveNormalisation,
    GoalpostNormalisation,
    StepNormalisation,
    TargetBandNormalisation,
    ThresholdNormalisation,
    Unscored,
)
from monitor.domain.normalisations.relative import RelativeNormalisation

__all__ = [
    "Derivation",
    "Indicator",
    "Normalisation",
    "StepNormalisation",
    "ThresholdNormalisation",
    "Transform",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """One named step from raw value to indicator value, with its parameters (heat.md 2)."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


Normalisation = (
    ThresholdNormalisation
    | StepNormalisation
    | GoalpostNormalisation
    | CurveNormalisation
    | TargetBandNormalisation
    | RelativeNormalisation
    | Unscored
)
Derivation = Formula | IncidentCount | EventValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A definition: unit, cadence, source, transforms, normalisation, freshness. Ages are in days.

    One without a pressure (`Unscored`) is reckoned with, and placed only where the placement has its own.

    `words` gives names to values (an indicator of states: {"allowed": 0, "suspended": 1}).
    A provisional value (its period not ended, or younger than `settles_after_days`) may raise pressure at
    once, but a fall is held until it settles. `derived` says how its values are reckoned where they are not
    observed themselves; one reckoned from others by a formula, or from events, needs no source.
    `is_forecast`: its values are somebody's forecasts of periods to come. They are shown, and never scored.

    What its quality gates ask of a value before its transforms: `source_unit` ("": `unit`, where there are
    no transforms), plausible from `plausible_low` to `plausible_high`, and a step of at most `largest_step`
    and `largest_step_percent` from what was in force. None asks nothing.
    """

    slug: str
    name: str
    unit: str
    source: str
    cadence_days: float
    normalisation: Normalisation
    fresh_for_days: float
    expires_after_days: float
    settles_after_days: float = 0.0
    transforms: tuple[Transform, ...] = ()
    words: Mapping[str, float] = field(default_factory=dict)
    decimals: int = 0
    description: str = ""
    tags: tuple[str, ...] = ()
    imputation: Imputation | None = None
    derived: Derivation | None = None
    is_forecast: bool = False
    source_unit: str = ""
    plausible_low: float | None = None
    plausible_high: float | None = None
    largest_step: float | None = None
    largest_step_percent: float | None = None

    def __post_init__(self) -> None:
        """Refuse ages that contradict each other."""
        if not 0 < self.fresh_for_days < self.expires_after_days:
            message = f"indicator {self.slug}: fresh_for_days must be above 0 and below expires_after_days"
            raise ValueError(message)
        if self.cadence_days <= 0 or self.settles_after_days < 0:
            message = f"indicator {self.slug}: cadence_days must be above 0, settles_after_days at least 0"
            raise ValueError(message)
        if self.is_forecast and (self.derived or self.imputation or self.transforms):
            message = (
                f"indicator {self.slug}: a forecast is shown as it came: not derived, filled, transformed"
            )
            raise ValueError(message)
        low, high = self.plausible_low, self.plausible_high
        if low is not None and high is not None and low >= high:
            message = f"indicator {self.slug}: plausible_low must be below plausible_high"
            raise ValueError(message)
        if any(step is not None and step <= 0 for step in (self.largest_step, self.largest_step_percent)):
            message = f"indicator {self.slug}: largest_step and largest_step_percent must be above 0"
            raise ValueError(message)
