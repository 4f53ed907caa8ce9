"""Treatment: outliers and long tails drawn in before values are compared, as COINr does it.

Raw values are kept: treatment is a step inside a normalisation, fitted over the same values and stored with
its fit, so that a new value never changes what was done to the old ones.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.statistics import (
    KURTOSIS_LIMIT,
    SKEWNESS_LIMIT,
    is_well_shaped,
    kurtosis,
    skewness,
)
from monitor.domain.series import Bools, Floats

# The distance COINr's log_CT keeps from the logarithm of 0, as a share of the range.
_CT_SHARE = 0.01


class Then(StrEnum):
    """What is done where winsorising is not enough; the names are COINr's."""

    NOTHING = "nothing"
    LOG_CT = "log_ct"
    LOG_CT_PLUS = "log_ct_plus"
    LOG_CT_ORIG = "log_ct_orig"
    LOG_GII = "log_gii"
    BOXCOX = "boxcox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What may be done to values whose |skewness| is at least `skew` and kurtosis at least `kurtosis`.

    Up to `winsorise` of them are drawn in to the next value; where that does not suffice, `then` is applied
    to the values as they were (with `combine` to the winsorised ones). With `force` the points are
    winsorised whatever the shape. `power` is the lambda of `boxcox`.
    """

    winsorise: int = 5
    then: Then = Then.LOG_CT
    skew: float = SKEWNESS_LIMIT
    kurtosis: float = KURTOSIS_LIMIT
    power: float = 0.0
    combine: bool = False
    force: bool = False

    def __post_init__(self) -> None:
        """Refuse a number of points below 0."""
        if self.winsorise < 0:
            message = f"winsorise is a number of points, 0 or more, not {self.winsorise}"
            raise ValueError(message)

    def passes(self, values: Floats) -> bool:
        """Whether the values need no (more) treatment."""
        return is_well_shaped(values, skew=self.skew, kurt=self.kurtosis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """What was done: values are kept within `low` and `high` where given, then `then` is applied.

    `least` and `most` are the ends of the values it was fitted to; `is_mirrored` says that `log_ct_plus`
    drew in a tail on the left. `points` counts the winsorised values and `units` names them; shapes are None
    where they cannot be told.
    """

    least: float
    most: float
    low: float | None = None
    high: float | None = None
    then: Then = Then.NOTHING
    power: float = 0.0
    is_mirrored: bool = False
    points: int = 0
    units: tuple[str, ...] = ()
    skew_before: float | None = None
    kurtosis_before: float | None = None
    skew_after: float | None = None
    kurtosis_after: float | None = None

    def apply(self, values: Floats) -> Floats:
        """Return values as treated; it never turns their order. Missing stays missing."""
        kept: Floats = np.clip(values, *self._ends)
        return _THEN[self.then](self, kept)

    def kept(self, value: float) -> float:
        """Return a value drawn in where it is winsorised, else as it is."""
        low, high = self._ends
        return min(max(value, low), high)

    @property
    def _ends(self) -> tuple[float, float]:
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high

    @property
    def words(self) -> str:
        """What was done, in a few words."""
        done = []
        if self.points:
            done.append(f"{self.points} winsorised")
        if self.then is not Then.NOTHING:
            done.append(f"{self.then}{' mirrored' if self.is_mirrored else ''}")
        return ", then ".join(done) or "none needed"


def fit_treatment(treatment: Treatment, values: Floats, *, units: tuple[str, ...] = ()) -> Treated:
    """Choose what to do to these values; `units` names them. InvalidInput where `then` cannot be applied."""
    there = ~np.isnan(values)
    known = values[there]
    plain = Treated(least=float(known.min()), most=float(known.max()), power=treatment.power)
    plain = replace(plain, skew_before=_shape(skewness(known)), kurtosis_before=_shape(kurtosis(known)))
    names = tuple(unit for unit, is_there in zip(units, there.tolist(), strict=False) if is_there)
    done = plain
    if not treatment.passes(known) or treatment.force:
        done = _winsorised(treatment, plain, known, names)
        if not treatment.passes(done.apply(known)) and treatment.then is not Then.NOTHING:
            done = _curbed(treatment, done if treatment.combine else plain, known)
    after = done.apply(known)
    return replace(done, skew_after=_shape(skewness(after)), kurtosis_after=_shape(kurtosis(after)))


def _winsorised(treatment: Treatment, plain: Treated, known: Floats, names: tuple[str, ...]) -> Treated:
    """Draw the farthest values of the longer tail in to the next, until the shape passes or points run out.

    Values that are level count together, so the last step may go beyond the number of points, as COINr's.
    """
    values = known.copy()
    high: Bools = np.zeros(len(values), dtype=np.bool_)
    low = high.copy()
    while np.sum(high) + np.sum(low) < treatment.winsorise:
        if (treatment.passes(values) and not treatment.force) or values.min() == values.max():
            break
        if skewness(values) >= 0:
            high = values == values.max()
            values[high] = values[~high].max()
        else:
            low = values == values.min()
            values[low] = values[~low].min()
    touched = values != known
    return replace(
        plain,
        low=float(values.min()) if low.any() else None,
        high=float(values.max()) if high.any() else None,
        points=int(np.sum(high) + np.sum(low)),
        units=tuple(name for name, is_touched in zip(names, touched.tolist(), strict=False) if is_touched),
    )


def _curbed(treatment: Treatment, base: Treated, known: Floats) -> Treated:
    values = base.apply(known)
    least, most = float(values.min()), float(values.max())
    if treatment.then is Then.LOG_GII and not most > 1:
        message = f"log_gii needs a highest value above 1, not {most:g}: it would turn the order"
        raise InvalidInput(message, field="treat")
    is_mirrored = treatment.then is Then.LOG_CT_PLUS and not skewness(values) > 0
    return replace(base, least=least, most=most, then=treatment.then, is_mirrored=is_mirrored)


def _shape(value: float) -> float | None:
    return None if math.isnan(value) else value


def _offset(done: Treated) -> float:
    return _CT_SHARE * (done.most - done.least)


def _log_ct(done: Treated, values: Floats) -> Floats:
    logarithm: Floats = np.log(np.maximum(values, done.least) - done.least + _offset(done))
    return logarithm


def _log_ct_plus(done: Treated, values: Floats) -> Floats:
    if not done.is_mirrored:
        return _log_ct(done, values)
    mirrored: Floats = -np.log(done.most + _offset(done) - np.minimum(values, done.most))
    return mirrored


def _log_ct_orig(done: Treated, values: Floats) -> Floats:
    logarithm: Floats = np.log(np.maximum(values, done.least) - done.least + 1)
    return logarithm


def _log_gii(done: Treated, values: Floats) -> Floats:
    height = np.maximum(values, done.least) - done.least
    logarithm: Floats = np.log((done.most - 1) * height / (done.most - done.least) + 1)
    return logarithm


def _boxcox(done: Treated, values: Floats) -> Floats:
    logarithm: Floats = np.log(np.maximum(values, done.least) - done.least + 1)
    return logarithm if done.power == 0 else np.expm1(done.power * logarithm) / done.power


_THEN: Mapping[Then, Callable[[Treated, Floats], Floats]] = {
    Then.NOTHING: lambda _, values: values,
    Then.LOG_CT: _log_ct,
    Then.LOG_CT_PLUS: _log_ct_plus,
    Then.LOG_CT_ORIG: _log_ct_orig,
    Then.LOG_GII: _log_gii,
    Then.BOXCOX: _boxcox,
}
