"""The keys of a pack that say how a value becomes pressure, as normalisations and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from monitor.domain.indicator import Normalisation
from monitor.domain.normalisations.normalisation import (
    CurveNormalisation,
    GoalpostNormalisation,
    StepNormalisation,
    TargetBandNormalisation,
    ThresholdNormalisation,
    Unscored,
)
from monitor.domain.normalisations.relative import Against, Fit, RelativeNormalisation, Ties, Yardstick
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.normalisations.treatment import Then, Treated, Treatment
from monitor.domain.subject import Side
from monitor.packs.indicator_shapes import FitTable, IndicatorTable, Pairs, RelativeTable, TreatTable
from monitor.packs.subject_shapes import PlacementTable


def _pairs(given: Pairs) -> tuple[tuple[float, float], ...]:
    return tuple((value, pressure) for value, pressure in given)


def _relative(given: RelativeTable) -> RelativeNormalisation:
    plain = given.model_dump(exclude={"fit", "treat", "range", "posts", "peers"})
    words = {
        "by": Yardstick(given.by),
        "against": Against(given.against),
        "of": Side(given.of),
        "ties": Ties(given.ties),
    }
    return RelativeNormalisation(
        **plain | words,
        peers=tuple(given.peers),
        range=_pair(given.range),
        posts=None if given.posts is None else _pair(given.posts),
        treat=None if given.treat is None else _treatment(given.treat),
        fit=None if given.fit is None else _fit(given.fit),
    )


def _pair(given: list[float]) -> tuple[float, float]:
    return given[0], given[1]


def _treatment(given: TreatTable) -> Treatment:
    return Treatment(**given.model_dump() | {"then": Then(given.then)})


def _fit(given: FitTable) -> Fit:
    treated = None
    if given.treated is not None:
        words = {"then": Then(given.treated.then), "units": tuple(given.treated.units)}
        treated = Treated(**given.treated.model_dump() | words)
    return Fit(**given.model_dump() | {"knots": _pairs(given.knots), "treated": treated})


# One key a form; an indicator that is placed has exactly one of them, a placement at most one.
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
    """Return the one key that gives a normalisation, with its value; none for no normalisation."""
    if isinstance(normalisation, Unscored):
        return {}
    if isinstance(normalisation, ThresholdNormalisation):
        return {normalisation.method: dict(normalisation.thresholds.knots)}
    if isinstance(normalisation, StepNormalisation):
        return {normalisation.method: normalisation.steps}
    if isinstance(normalisation, CurveNormalisation):
        return {normalisation.method: normalisation.points}
    if isinstance(normalisation, RelativeNormalisation):
        return {normalisation.method: given(asdict(normalisation))}
    return {normalisation.method: asdict(normalisation)}


def given(value: Any) -> Any:
    """Leave out what is None, at any depth, and write words for what stands for them."""
    if isinstance(value, dict):
        return {key: given(item) for key, item in value.items() if item is not None}
    return value.value if isinstance(value, StrEnum) else value
