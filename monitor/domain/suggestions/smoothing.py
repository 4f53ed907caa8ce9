"""Exponential smoothing of many series at once: simple, damped trend and seasonal, chosen by past error.

The recursions are the error-correction forms of Hyndman, Koehler, Ord and Snyder (2008), "Forecasting with
Exponential Smoothing": simple (A,N,N), damped trend (A,Ad,N), additive seasons (A,N,A). Parameters come from
a small grid; each row of values takes those with the least one-step error so far, fewer parameters being
preferred (n ln(SSE / n) + 2k, Akaike's criterion).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from monitor.domain.series import Bools, Floats, Ints

LEAST_SEASONS = 3
DAMPING = 0.9
# (alpha, beta): beta 0 is simple smoothing, which needs no trend.
_PLAIN = tuple((alpha, 0.0) for alpha in (0.05, 0.15, 0.3, 0.5, 0.7, 0.9)) + tuple(
    (alpha, beta) for alpha in (0.2, 0.5, 0.8) for beta in (0.1, 0.4)
)
_SEASONAL = tuple((alpha, gamma) for alpha in (0.1, 0.3, 0.6) for gamma in (0.05, 0.2))
_SIMPLE_PARAMETERS, _TREND_PARAMETERS, _SEASON_PARAMETERS = 2, 4, 3
_WARM_UP = 3


class Method(StrEnum):
    """What a series was smoothed by."""

    SIMPLE = "simple"
    DAMPED_TREND = "damped trend"
    SEASONAL = "seasonal"


METHODS = tuple(Method)


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothed:
    """Forecasts of rows x horizons after the last column, and each row's method as a place in METHODS."""

    forecast: Floats
    method: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """Forecasts of candidates x rows x horizons, each candidate's criterion a row and its method."""

    forecast: Floats
    criterion: Floats
    method: Ints


def smooth(values: Floats, *, horizon: int, season: int = 0) -> Smoothed:
    """Smooth rows x periods and forecast `horizon` periods after the last column.

    A row may begin with NaN (it is shorter) and have NaN inside (a gap: the forecast stands in for it).
    `season` is the length of a season; it is tried on the rows that hold three.
    """
    first = np.argmax(~np.isnan(values), axis=1)
    has_season = (season > 1) & (values.shape[1] - first >= LEAST_SEASONS * max(season, 2))
    counted_from = first + np.where(has_season, season, _WARM_UP)
    candidates = [_plain(values, first, counted_from, horizon)]
    if np.any(has_season):
        candidates.append(_seasonal(values, first, horizon, season, has_season))
    return _choose(candidates)


def _choose(candidates: list[_Candidates]) -> Smoothed:
    criterion = np.concatenate([each.criterion for each in candidates])
    forecast = np.concatenate([each.forecast for each in candidates])
    method = np.concatenate([each.method for each in candidates])
    best = np.argmin(criterion, axis=0)
    return Smoothed(forecast=forecast[best, np.arange(criterion.shape[1])], method=method[best])


def _plain(values: Floats, first: Ints, counted_from: Ints, horizon: int) -> _Candidates:
    """Run simple smoothing and the damped trend over the columns, all candidates and rows at once."""
    alpha = np.array([pair[0] for pair in _PLAIN])[:, None]
    beta = alpha * np.array([pair[1] for pair in _PLAIN])[:, None]
    shape = (len(_PLAIN), len(values))
    level, trend, error, squares = (np.zeros(shape) for _ in range(4))
    seen = np.zeros(len(values))
    work = np.empty(shape)
    for column, value in enumerate(np.ascontiguousarray(values.T)):
        np.multiply(trend, DAMPING, out=trend)
        np.add(level, trend, out=level)
        np.subtract(value, level, out=error)
        counts = ~np.isnan(value) & (counted_from <= column)
        if not np.all(counts):
            _correct_gaps(level, error, value=value, is_first=first == column)
        np.add(level, np.multiply(alpha, error, out=work), out=level)
        np.add(trend, np.multiply(beta, error, out=work), out=trend)
        np.add(squares, np.multiply(error, error, out=work) * counts, out=squares)
        seen += counts
    parameters = np.where(beta > 0, _TREND_PARAMETERS, _SIMPLE_PARAMETERS)
    damping = np.cumsum(DAMPING ** np.arange(1, horizon + 1))
    return _Candidates(
        forecast=level[:, :, None] + trend[:, :, None] * damping,
        criterion=_criterion(squares, seen, parameters),
        method=np.where(beta[:, 0] > 0, METHODS.index(Method.DAMPED_TREND), METHODS.index(Method.SIMPLE)),
    )


def _correct_gaps(level: Floats, error: Floats, *, value: Floats, is_first: Bools) -> None:
    """Begin rows at their first value, and take a missing value for what was forecast."""
    level[:, is_first] = value[is_first]
    error[:, is_first] = 0.0
    np.nan_to_num(error, copy=False, nan=0.0)


def _seasonal(values: Floats, first: Ints, horizon: int, season: int, has_season: Bools) -> _Candidates:
    """Run additive seasons over the columns; rows without three seasons are never chosen."""
    alpha = np.array([pair[0] for pair in _SEASONAL])[:, None]
    gamma = np.array([pair[1] for pair in _SEASONAL])[:, None]
    shape = (len(_SEASONAL), len(values))
    start_level, start_season = _first_season(values, first, season)
    level = np.broadcast_to(start_level, shape).copy()
    around = np.broadcast_to(start_season[:, None, :], (season, *shape)).copy()
    squares, seen = np.zeros(shape), np.zeros(len(values))
    for column, value in enumerate(values.T):
        counts = ~np.isnan(value) & (first + season <= column)
        own = around[column % season]
        error = np.where(counts, value - level - own, 0.0)
        level += alpha * error
        own += gamma * (1 - alpha) * error
        squares += error * error
        seen += counts
    ahead = [(values.shape[1] + step) % season for step in range(horizon)]
    criterion = _criterion(squares, seen, np.full((len(_SEASONAL), 1), _SEASON_PARAMETERS + season))
    return _Candidates(
        forecast=level[:, :, None] + np.moveaxis(around[ahead], 0, -1),
        criterion=np.where(has_season, criterion, np.inf),
        method=np.full(len(_SEASONAL), METHODS.index(Method.SEASONAL)),
    )


def _first_season(values: Floats, first: Ints, season: int) -> tuple[Floats, Floats]:
    """Return each row's mean of its first season, and seasons x rows of what lay around it."""
    places = np.minimum(first[:, None] + np.arange(season), values.shape[1] - 1)
    opening = np.take_along_axis(values, places, axis=1)
    there = ~np.isnan(opening)
    level = np.sum(np.where(there, opening, 0.0), axis=1) / np.maximum(there.sum(axis=1), 1)
    around = np.zeros((season, len(values)))
    np.put_along_axis(around.T, places % season, np.where(there, opening - level[:, None], 0.0), axis=1)
    return level, around


def _criterion(squares: Floats, seen: Floats, parameters: Ints) -> Floats:
    counted = np.maximum(seen, 1.0)
    least = np.finfo(np.float64).tiny
    return counted * np.log(np.maximum(squares / counted, least)) + 2 * parameters
