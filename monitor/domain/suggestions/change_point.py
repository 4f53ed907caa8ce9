"""Change points: where the mean of a series stepped to another level, and how surely.

The segmentation is exact: penalised least squares on the mean by optimal partitioning (Jackson et al. 2005,
IEEE Signal Processing Letters 12), whose optimum is that of PELT (Killick et al. 2012, JASA 107).
The penalty is 3 ln(n) times the variance of the noise (the modified BIC of Zhang and Siegmund 2007,
Biometrics 63, to first order), raised where neighbouring values resemble each other, since such noise
wanders. Each point must then stand out in shuffles of its own neighbourhood: the range of the CUSUM (Taylor
2000, "Change-Point Analysis") against that of seeded shuffles by blocks.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from monitor.domain.series import Floats, Ints

LEAST_VALUES = 12
LEAST_SEGMENT = 4
LEAST_SHARE = 0.95
SHUFFLES = 1000
_SEED = 20251130
# The median absolute deviation of normal noise, as a part of its standard deviation.
_MAD_OF_NORMAL = 0.6744897501960817
_MOST_RESEMBLANCE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """The mean stepped from `before` to `after` at the value of index `index`.

    `strength` is the squared error the step saves, in penalties (above 1 it pays); `share` is the part of
    the shuffles whose CUSUM ranged less. The counts are the values of the two stretches it parts.
    """

    index: int
    before: float
    after: float
    count_before: int
    count_after: int
    strength: float
    share: float


def change_points(values: Floats) -> tuple[ChangePoint, ...]:
    """Return the steps of a series' mean, oldest first; none of fewer than 12 values.

    Values that are never negative are compared by ratio (log1p): counts and prices move in proportion.
    """
    if len(values) < LEAST_VALUES:
        return ()
    worked = np.log1p(values) if np.min(values) >= 0 else values.astype(np.float64)
    penalty = _penalty(worked)
    if not penalty > 0:
        return ()
    cuts = segment(worked, penalty=penalty)
    edges = (0, *cuts, len(values))
    generator = np.random.default_rng(_SEED)
    found = []
    for first, cut, last in zip(edges, edges[1:], edges[2:], strict=False):
        share = _share_of_shuffles(worked[first:last], generator)
        if share >= LEAST_SHARE:
            found.append(_point(values, worked, (first, cut, last), penalty, share))
    return tuple(found)


def segment(values: Floats, *, penalty: float, least: int = LEAST_SEGMENT) -> tuple[int, ...]:
    """Return the indexes at which new stretches begin, of the partition with the least penalised error.

    Exact: the squared errors about the means of the stretches, each of `least` values or more, plus a
    penalty a cut.
    """
    sums = np.concatenate([[0.0], np.cumsum(values - values.mean())])
    squares = np.concatenate([[0.0], np.cumsum((values - values.mean()) ** 2)])
    best = np.full(len(values) + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(len(values) + 1, dtype=np.int64)
    starts = np.arange(len(values) + 1)
    for end in range(least, len(values) + 1):
        own = starts[: end - least + 1]
        total = best[own] + _error(sums, squares, own, end)
        place = int(np.argmin(total))
        best[end], came_from[end] = total[place] + penalty, place
    return _cuts(came_from)


def _error(sums: Floats, squares: Floats, starts: Ints, end: int) -> Floats:
    """Return the squared error about the mean of each stretch `starts` to `end`."""
    found: Floats = squares[end] - squares[starts] - (sums[end] - sums[starts]) ** 2 / (end - starts)
    return found


def _cuts(came_from: Ints) -> tuple[int, ...]:
    found, end = [], len(came_from) - 1
    while end > 0:
        end = int(came_from[end])
        found.append(end)
    return tuple(sorted(found)[1:])


def _penalty(values: Floats) -> float:
    """Return the price of a cut: 3 ln(n) noise variances, more where the noise wanders."""
    price = 3 * float(np.log(len(values)))
    rough = price * _noise_sd(values) ** 2
    if not rough > 0:
        return 0.0
    edges = (0, *segment(values, penalty=2 * rough), len(values))
    rest = np.concatenate([values[first:last] - values[first:last].mean() for first, last in pairwise(edges)])
    resemblance = min(max(_lag_one(rest), 0.0), _MOST_RESEMBLANCE)
    return max(rough, price * float(np.mean(rest**2))) * (1 + resemblance) / (1 - resemblance)


def _noise_sd(values: Floats) -> float:
    """Return the noise's standard deviation from differences of neighbours, which steps hardly touch."""
    steps = np.diff(values)
    deviation = float(np.median(np.abs(steps - np.median(steps)))) / _MAD_OF_NORMAL
    return (deviation or float(np.std(steps))) / float(np.sqrt(2))


def _lag_one(rest: Floats) -> float:
    whole = float(np.sum(rest**2))
    return float(np.sum(rest[1:] * rest[:-1])) / whole if whole > 0 else 0.0


def _share_of_shuffles(values: Floats, generator: np.random.Generator) -> float:
    """Return the part of the shuffles, by blocks of the cube root of the count, that range less."""
    block = np.arange(len(values)) // max(1, round(len(values) ** (1 / 3)))
    ranks = generator.random((SHUFFLES, int(block[-1]) + 1))
    order = np.argsort(ranks[:, block], axis=1, kind="stable")
    less = _cusum_range(values[order]) < _cusum_range(values[None])
    return float(np.mean(less))


def _cusum_range(rows: Floats) -> Floats:
    path = np.cumsum(rows - np.mean(rows, axis=1, keepdims=True), axis=1)
    found: Floats = np.maximum(path.max(axis=1), 0.0) - np.minimum(path.min(axis=1), 0.0)
    return found


def _point(
    values: Floats, worked: Floats, edges: tuple[int, int, int], penalty: float, share: float
) -> ChangePoint:
    first, cut, last = edges
    parts = worked[first:cut], worked[cut:last]
    whole = worked[first:last]
    saved = np.sum((whole - whole.mean()) ** 2) - sum(np.sum((part - part.mean()) ** 2) for part in parts)
    return ChangePoint(
        index=cut,
        before=float(values[first:cut].mean()),
        after=float(values[cut:last].mean()),
        count_before=cut - first,
        count_after=last - cut,
        strength=float(saved / penalty),
        share=share,
    )
