"""Internal coherence: which indicators say the same, and how well a group hangs together.

Correlations are Pearson's over the cases both have; Cronbach's alpha (1951, Psychometrika 16) is
k / (k - 1) (1 - sum of variances / variance of the sum) over complete cases, as in COINr's `get_cronbach`.
"""

from dataclasses import dataclass

import numpy as np

from monitor.domain.series import Floats

LEAST_PAIRS = 8
ALIKE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two indicators by place whose values move alike; over time also `changes`, None across units.

    `is_redundant`: both go beyond 0.9. Levels alone may only share a trend.
    """

    first: int
    second: int
    levels: float | None
    changes: float | None
    is_redundant: bool


def correlations(values: Floats, *, is_carried: bool = False) -> Floats:
    """Return the matrix of correlations of rows over cases; NaN with fewer than 8 pairs or no movement.

    Where values are carried on until the next arrives (`is_carried`), 8 pairs must differ: two that moved
    twice in five years say nothing of each other.
    """
    there = ~np.isnan(values)
    found = np.full((len(values), len(values)), np.nan)
    for first in range(len(values)):
        for second in range(first, len(values)):
            both = there[first] & there[second]
            pairs = values[[first, second]][:, both]
            if (np.unique(pairs, axis=1) if is_carried else pairs).shape[1] >= LEAST_PAIRS:
                found[first, second] = found[second, first] = _pearson(pairs[0], pairs[1])
    return found


def alike(levels: Floats, changes: Floats | None = None) -> tuple[Pair, ...]:
    """Return the pairs whose correlation goes beyond 0.9 either way, the closest first.

    Across units (`changes` None) that is redundancy; over time it must hold for levels and for changes.
    """
    found = []
    for first, second in zip(*np.triu_indices(len(levels), k=1), strict=True):
        level = float(levels[first, second])
        change = np.nan if changes is None else float(changes[first, second])
        if max(_size(level), _size(change)) > ALIKE:
            own = [level] if changes is None else [level, change]
            found.append(
                Pair(
                    first=int(first),
                    second=int(second),
                    levels=_real(level),
                    changes=_real(change),
                    is_redundant=all(_size(each) > ALIKE for each in own),
                )
            )
    return tuple(sorted(found, key=lambda pair: (not pair.is_redundant, -_closeness(pair))))


def cronbach_alpha(values: Floats) -> float | None:
    """Return Cronbach's alpha of rows over complete cases; None with one row, few cases or no movement."""
    complete = values[:, ~np.isnan(values).any(axis=0)]
    count = len(complete)
    if count < 2 or complete.shape[1] < LEAST_PAIRS:  # noqa: PLR2004 - two can agree
        return None
    whole = float(np.var(complete.sum(axis=0), ddof=1))
    parts = float(np.var(complete, axis=1, ddof=1).sum())
    return count / (count - 1) * (1 - parts / whole) if whole > 0 else None


def _pearson(first: Floats, second: Floats) -> float:
    own, other = first - first.mean(), second - second.mean()
    spread = float(np.sqrt(np.sum(own**2) * np.sum(other**2)))
    is_still = np.ptp(first) == 0 or np.ptp(second) == 0 or not spread > 0
    return float("nan") if is_still else float(np.clip(np.sum(own * other) / spread, -1.0, 1.0))


def _size(value: float) -> float:
    return 0.0 if np.isnan(value) else abs(value)


def _closeness(pair: Pair) -> float:
    return max(abs(each) for each in (pair.levels, pair.changes) if each is not None)


def _real(value: float) -> float | None:
    return None if np.isnan(value) else value
