"""Scores: everything one scoring gives, as arrays over placements, drivers and moments."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.domain.series import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementScores:
    """Placements x moments, in the model's order.

    `value`, `low`, `high` are in the indicator's unit after transforms, of the value scored; `raw` is the
    newest raw value. Floats are NaN and times and `seq` -1 where nothing is observed. `grade` is the factor
    (0.5 where ungraded). `points` are the subject's raw pressure points each placement accounts for.
    An `imputed` value is scored and counts as not observed: 0 in coverage, confidence and freshness.
    `newest_end` is the end of the newest period, which differs from `period_end` while a fall is held.
    """

    value: Floats
    raw: Floats
    low: Floats
    high: Floats
    pressure: Floats
    pressure_low: Floats
    pressure_high: Floats
    freshness: Floats
    grade: Floats
    observed: Bools
    ungraded: Bools
    carried: Bools
    held: Bools
    saturated: Bools
    provisional: Bools
    imputed: Bools
    period_start: Ints
    period_end: Ints
    newest_end: Ints
    known_at: Ints
    seq: Ints
    reckon_points: Callable[[], Floats]

    @property
    def points(self) -> Floats:
        """The subject's raw pressure points each placement accounts for; reckoned when first asked for."""
        return self.reckon_points()


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverScores:
    """Drivers x moments, in the subject's order; pressure NaN where nothing is observed."""

    pressure: Floats
    pressure_low: Floats
    pressure_high: Floats
    coverage: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """A subject scored at moments `at` as known at `known_at`; `raw_pressure` is before floors.

    `lifted_by` is the place of the floor that lifts pressure above it, -1 where none does.
    Pressure and heat are NaN where nothing is observed. `coverage`, `confidence`, `ungraded`, `carried` and
    `imputed` are shares from 0 to 1, the last of all weight. `period` is the end of the newest period
    observed (-1: none).
    """

    at: Ints
    known_at: Ints
    placements: PlacementScores
    drivers: DriverScores
    raw_pressure: Floats
    pressure: Floats
    lifted_by: Ints
    heat: Floats
    heat_low: Floats
    heat_high: Floats
    coverage: Floats
    confidence: Floats
    ungraded: Floats
    carried: Floats
    imputed: Floats
    period: Ints
