"""The keys of a pack that say how a value becomes pressure, as normalisations and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from monitor.domain.indicator import Normalisation
from monitor.domain.normalisation import (
    CurveNormalisation,
    GoalpostNormalisation,
    StepNormalisation,
    TargetBandNormalisation,
    ThresholdNormalisation,
)
from monitor.domain.relative import Against, Fit, RelativeNormalisation, Yardstick
from monitor.domain.threshold import Thresholds
from monitor.packs.indicator_shapes import FitTable, IndicatorTable, Pairs, RelativeTable
from monitor.packs.subject_shapes import PlacementTable


def _pairs(given: Pairs) -> tuple[tuple[float, float], ...]:
    return tuple((value, pressure) for value, pressure in given)


def _relative(given: RelativeTable) -> RelativeNormalisation:
    plain = given.model_dump(exclude={"fit"}) | {"by": Yardstick(given.by), "against": Against(given.against)}
    fit = None if given.fit is None else _fit(given.fit)
    return RelativeNormalisation(**plain, fit=fit)


def _fit(given: FitTable) -> Fit:
    return Fit(**given.model_dump() | {"knots": _pairs(given.knots)})


# One key a form; an indicator has exactly one of them, a placement at most one.
FORMS: Mapping[str, Callable[[Any], Normalisation]] = {
    "thresholds": lambda given: ThresholdNormalisation(thresholds=Thresholds(**given.model_dump())),
    "steps": lambda given: StepNormalisation(steps=_pairs(given)),
    "goalposts": lambda given: GoalpostNormalisation(**given.model_dump()),
    "curve": lambda given: CurveNormalisation(points=_pairs(given)),
    "target_band": lambda given: TargetBandNormalisation(**given.model_dump()),
    "relative": _relative,
}
ONE_OF = f"one of {', '.join(f'`{key}`' for key in FORMS)}"


def forms_in(table: IndicatorTable | PlacementTable) -> list[str]:
    """Return the keys of a table that give a normalisation, in the order of FORMS."""
    return [key for key in FORMS if getattr(table, key) is not None]


def table_of(normalisation: Normalisation) -> dict[str, Any]:
    """Return the one key that gives a normalisation, with its value."""
    if isinstance(normalisation, ThresholdNormalisation):
        return {normalisation.method: dict(normalisation.thresholds.knots)}
    if isinstance(normalisation, StepNormalisation):
        return {normalisation.method: normalisation.steps}
    if isinstance(normalisation, CurveNormalisation):
        return {normalisation.method: normalisation.points}
    if isinstance(normalisation, RelativeNormalisation):
        words = {"by": normalisation.by.value, "against": normalisation.against.value}
        given = {key: value for key, value in (asdict(normalisation) | words).items() if value is not None}
        return {normalisation.method: given}
    return {normalisation.method: asdict(normalisation)}
