"""Shape of a distribution: skewness and excess kurtosis as spreadsheets and COINr reckon them.

Both are the bias-corrected forms (Joanes and Gill 1998, type 2; Excel's SKEW and KURT). Missing values are
left out; sums run in stored order.
"""

import numpy as np

from monitor.domain.series import Floats

LEAST_FOR_SKEWNESS, LEAST_FOR_KURTOSIS = 3, 4
SKEWNESS_LIMIT, KURTOSIS_LIMIT = 2.0, 3.5


def skewness(values: Floats) -> float:
    """Return the skewness; NaN for fewer than 3 values or values that do not differ."""
    deviations, count, second = _moments(values, least=LEAST_FOR_SKEWNESS)
    if not second > 0:
        return float("nan")
    third = np.cumsum(deviations**3)[-1]
    plain = np.sqrt(count) * third / second**1.5
    return float(plain * np.sqrt(count * (count - 1)) / (count - 2))


def kurtosis(values: Floats) -> float:
    """Return the excess kurtosis; NaN for fewer than 4 values or values that do not differ."""
    deviations, count, second = _moments(values, least=LEAST_FOR_KURTOSIS)
    if not second > 0:
        return float("nan")
    plain = count * np.cumsum(deviations**4)[-1] / second**2
    return float(((count + 1) * (plain - 3) + 6) * (count - 1) / ((count - 2) * (count - 3)))


def is_well_shaped(values: Floats, *, skew: float = SKEWNESS_LIMIT, kurt: float = KURTOSIS_LIMIT) -> bool:
    """Whether |skewness| is below its limit or kurtosis below its own; also where neither can be told."""
    skewed, peaked = skewness(values), kurtosis(values)
    return bool(np.isnan(skewed) or abs(skewed) < skew or peaked < kurt)


def _moments(values: Floats, *, least: int) -> tuple[Floats, int, float]:
    """Return deviations from the mean, their count and the sum of their squares (0 where too few)."""
    there = values[~np.isnan(values)]
    count = len(there)
    # Equal values may differ from their mean by the last bit.
    if count < least or there.min() == there.max():
        return there, count, 0.0
    deviations = there - np.cumsum(there)[-1] / count
    return deviations, count, float(np.cumsum(deviations**2)[-1])
