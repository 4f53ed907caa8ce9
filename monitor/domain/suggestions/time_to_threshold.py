"""Time to a threshold: when a forecast's paths first reach an edge, and on how many of them."""

from dataclasses import dataclass

import numpy as np

from monitor.domain.series import Floats
from monitor.domain.suggestions.forecast import Forecast, bounds

LEAST_PATHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToThreshold:
    """When an edge may be reached, by past errors laid on the forecast; periods ahead count from 1.

    Of `paths` past error paths that are known to the end, `reached[i]` had reached the edge within i + 1
    periods. `median`, `early` and `late` (the middle 80 %) are None where they lie beyond the last period.
    """

    edge: float
    paths: int
    reached: tuple[int, ...]
    median: int | None
    early: int | None
    late: int | None

    @property
    def share(self) -> float:
        """The part of the paths that reach it within the forecast."""
        return self.reached[-1] / self.paths


def time_to_threshold(forecast: Forecast, edge: float, *, is_rising: bool) -> TimeToThreshold | None:
    """Return when the forecast's paths first reach an edge from below (`is_rising`) or from above.

    The errors of one origin stay together, so that a path misses as a real one did. None with fewer than 10
    paths known to the end.
    """
    paths = forecast.paths[~np.isnan(forecast.paths).any(axis=1)]
    if len(paths) < LEAST_PATHS:
        return None
    is_there = paths >= edge if is_rising else paths <= edge
    first = np.where(is_there.any(axis=1), np.argmax(is_there, axis=1) + 1.0, np.inf)
    span = bounds(first, 0.8)
    return TimeToThreshold(
        edge=edge,
        paths=len(paths),
        reached=tuple(int(np.count_nonzero(first <= step)) for step in range(1, paths.shape[1] + 1)),
        median=_whole(_median(first)),
        early=None if span is None else _whole(span[0]),
        late=None if span is None else _whole(span[1]),
    )


def _median(first: Floats) -> float:
    """Return the least number of periods within which half of the paths are there."""
    return float(np.sort(first)[(len(first) - 1) // 2])


def _whole(periods: float) -> int | None:
    return int(periods) if np.isfinite(periods) else None
