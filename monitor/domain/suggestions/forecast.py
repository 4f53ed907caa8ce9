"""Short forecasts with honest intervals: what past forecasts missed by, measured on later origins.

A forecast is a kind of its own: it is no observation, is stored nowhere and never scores. At each past
moment when a period had settled, the series is smoothed as it was known then (`smoothing`); what those
forecasts missed by are the errors. An interval at an origin is the forecast plus quantiles of the errors
known by that origin (order statistics at (n + 1) p, rounded outwards, as in split conformal prediction:
Vovk, Gammerman and Shafer 2005), so that how often it held can be measured and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from monitor.domain.indicator import Indicator
from monitor.domain.series import Columns, Floats, Ints
from monitor.domain.suggestions.even_periods import Spacing, spacing_of
from monitor.domain.suggestions.settled_past import Past, settled_past, settling_moments, was_never_revised
from monitor.domain.suggestions.smoothing import METHODS, Method, smooth
from monitor.domain.wording import say, say_many

LONGEST = 6
LEAST_ORIGIN = 12
LEAST_ERRORS = 9
LEAST_CHECKS = 10
# One period ahead: values for the first forecast, errors for the first interval, intervals to measure.
LEAST_VALUES = LEAST_ORIGIN + LEAST_ERRORS + LEAST_CHECKS
MOST_ORIGINS = 120
MOST_PERIODS = 400
WIDE, NARROW = 0.8, 0.5
_ROUNDING = 1e-6
_EVEN = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of the past intervals of one kind held the value that came."""

    held: int
    of: int

    @property
    def share(self) -> float:
        """The part that held."""
        return self.held / self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One period to come: the middle, and where the value lies with 50 % and 80 % by past errors.

    `wide_coverage` and `narrow_coverage` are what past intervals as far ahead were worth.
    """

    start: int
    end: int
    middle: float
    narrow: tuple[float, float]
    wide: tuple[float, float]
    narrow_coverage: Coverage
    wide_coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What may come after the last settled period; `paths` are runs of past errors laid on the forecast.

    `count` values were known and the oldest began at `since`; `paths` are past origins x periods ahead, NaN
    where the later value is not known yet.
    """

    since: int
    origin: int
    count: int
    method: Method
    season: int
    ahead: tuple[Ahead, ...]
    paths: Floats

    @property
    def wide_coverage(self) -> Coverage:
        """How the 80 % intervals did, all periods ahead together."""
        found = [each.wide_coverage for each in self.ahead]
        return Coverage(held=sum(each.held for each in found), of=sum(each.of for each in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoForecast:
    """Why nothing is forecast."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vintages:
    """The series as known at each origin, one row each and the newest last, on the scale it is smoothed on.

    A column is a slot, counted from the first of them; `slot` is each row's last one.
    """

    values: Floats
    slot: Ints
    is_log: bool
    decimals: int

    def interval(self, centre: float, errors: tuple[float, float]) -> tuple[float, float]:
        """Return the ends in the indicator's unit, rounded outwards to the decimals it is shown with."""
        low, high = self.intervals(*(np.array([value]) for value in (centre, *errors)))
        return float(low[0]), float(high[0])

    def intervals(self, centre: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Return the ends of many intervals."""
        fine = 10.0**self.decimals
        ends = (_back(centre + error, self.is_log) * fine for error in (low, high))
        least, most = ends
        return np.floor(least + _ROUNDING) / fine, np.ceil(most - _ROUNDING) / fine


def forecast(
    indicator: Indicator,
    columns: Columns,
    *,
    at: int,
    others: Mapping[str, Columns] | None = None,
    longest: int = LONGEST,
) -> Forecast | NoForecast:
    """Forecast a series from what was known at `at` (epoch seconds), up to `longest` periods ahead."""
    past = settled_past(indicator, columns, at=at, others=others)
    refusal = refuse(indicator, past)
    spacing = spacing_of(past.start)
    if refusal or spacing is None:
        return NoForecast(reason=refusal or say("its periods are not evenly spaced"))
    past = _recent(past, spacing)
    vintages = _vintages(indicator, columns, past, spacing, at=at, others=others)
    horizon = min(longest, len(past) - LEAST_VALUES + 1)
    smoothed = smooth(_aligned(vintages), horizon=horizon, season=spacing.season)
    errors = _errors(vintages, smoothed.forecast)
    first = int(spacing.slots(past.start[:1])[0])
    ahead = [_ahead(vintages, smoothed.forecast, errors, step, spacing, first) for step in range(horizon)]
    kept = tuple(each for each in takewhile(lambda each: each is not None, ahead) if each is not None)
    if not kept:
        return NoForecast(reason=say("too few of its past forecasts can be checked yet"))
    paths = smoothed.forecast[-1] + errors[-1, :-1]
    return Forecast(
        since=int(past.start[0]),
        origin=int(past.end[-1]),
        count=len(past),
        method=METHODS[int(smoothed.method[-1])],
        season=spacing.season,
        ahead=kept,
        paths=_back(paths[:, : len(kept)], vintages.is_log),
    )


def refuse(indicator: Indicator, past: Past) -> str:
    """Say why a past cannot be forecast from; empty where it may be."""
    if indicator.words:
        return say("it says a state in words, and a state is not smoothed")
    if len(past) < LEAST_VALUES:
        return say_many(
            "it has {n} settled value, and a forecast that can be checked needs {least}",
            "it has {n} settled values, and a forecast that can be checked needs {least}",
            len(past), least=LEAST_VALUES,
        )  # fmt: skip
    if np.ptp(past.value[-LEAST_VALUES:]) == 0:
        return say("its last {n} values are all the same", n=LEAST_VALUES)
    return ""


def bounds(errors: Floats, share: float) -> tuple[float, float] | None:
    """Return the errors between which a new one lies with this chance, rounded outwards; None if too few."""
    low, high = _bounds_of_rows(errors[None], share)
    return None if np.isnan(low[0]) else (float(low[0]), float(high[0]))


def _recent(past: Past, spacing: Spacing) -> Past:
    slots = spacing.slots(past.start)
    keep = slots > slots[-1] - MOST_PERIODS
    return Past(start=past.start[keep], end=past.end[keep], value=past.value[keep])


def _vintages(
    indicator: Indicator,
    columns: Columns,
    past: Past,
    spacing: Spacing,
    *,
    at: int,
    others: Mapping[str, Columns] | None,
) -> _Vintages:
    """Read the series again as known at each moment when a period had settled."""
    starts, moments = settling_moments(indicator, columns, until=at)
    wanted = np.unique(moments[np.isin(starts, past.start[LEAST_ORIGIN - 1 : -1])])[-MOST_ORIGINS:]
    first, last = spacing.slots(past.start[[0, -1]])
    rows, ends = [], []
    is_plain = not others and was_never_revised(columns)
    for moment in [*wanted[wanted < at].tolist(), at]:
        # A series that only ever grew was at each moment what it is now, up to its last period of then.
        known = int(np.count_nonzero(moments <= moment)) if is_plain else 0
        then = (
            past.until(starts[known - 1])
            if is_plain
            else settled_past(indicator, columns, at=moment, others=others)
        )
        slots = spacing.slots(then.start) - first
        inside = (slots >= 0) & (slots <= last - first)
        if np.count_nonzero(inside) >= LEAST_ORIGIN:
            row = np.full(last - first + 1, np.nan)
            row[slots[inside]] = then.value[inside]
            rows.append(row)
            ends.append(int(slots[inside][-1]))
    values = np.array(rows)
    is_log = bool(np.nanmin(values) >= 0)
    return _Vintages(
        values=np.log1p(values) if is_log else values,
        slot=np.array(ends),
        is_log=is_log,
        decimals=indicator.decimals,
    )


def _aligned(vintages: _Vintages) -> Floats:
    """Move each row to the right, so that all end at their own last value."""
    width = vintages.values.shape[1]
    places = np.arange(width) - (width - 1 - vintages.slot)[:, None]
    moved = np.take_along_axis(vintages.values, np.maximum(places, 0), axis=1)
    return np.where(places >= 0, moved, np.nan)


def _errors(vintages: _Vintages, forecasts: Floats) -> Floats:
    """Return origins x earlier origins x periods ahead: by what a forecast missed, as known at the origin."""
    horizon = forecasts.shape[1]
    width = vintages.values.shape[1]
    target = vintages.slot[:, None] + np.arange(1, horizon + 1)
    came = vintages.values[:, np.minimum(target, width - 1)]
    return np.where(target < width, came, np.nan) - forecasts


def _ahead(
    vintages: _Vintages, forecasts: Floats, errors: Floats, step: int, spacing: Spacing, first: int
) -> Ahead | None:
    """Return one period to come; None where its intervals cannot be given or checked."""
    own = errors[-1, :, step]
    wide, narrow = bounds(own, WIDE), bounds(own, NARROW)
    if wide is None or narrow is None:
        return None
    checked = [_checked(vintages, forecasts, errors, step, share) for share in (NARROW, WIDE)]
    if checked[1].of < LEAST_CHECKS:
        return None
    centre = float(forecasts[-1, step])
    slot = first + int(vintages.slot[-1]) + step + 1
    return Ahead(
        start=spacing.start_of(slot),
        end=spacing.start_of(slot + 1),
        middle=float(_back(centre + np.array([np.nanmedian(own)]), vintages.is_log)[0]),
        narrow=vintages.interval(centre, narrow),
        wide=vintages.interval(centre, wide),
        narrow_coverage=checked[0],
        wide_coverage=checked[1],
    )


def _checked(vintages: _Vintages, forecasts: Floats, errors: Floats, step: int, share: float) -> Coverage:
    """Count how many past intervals, each from the errors known at its origin, held the value that came."""
    low, high = _bounds_of_rows(errors[:-1, :, step], share)
    missed, centre = errors[-1, :-1, step], forecasts[:-1, step]
    there = ~np.isnan(low) & ~np.isnan(missed)
    ends = vintages.intervals(centre[there], low[there], high[there])
    came = _back(centre[there] + missed[there], vintages.is_log)
    held = (ends[0] - _ROUNDING <= came) & (came <= ends[1] + _ROUNDING)
    return Coverage(held=int(np.count_nonzero(held)), of=int(np.count_nonzero(there)))


def _bounds_of_rows(errors: Floats, share: float) -> tuple[Floats, Floats]:
    """Return the bounds of each row's known errors, as `bounds` does; NaN where they are too few."""
    known = np.sort(errors, axis=1)
    count = np.count_nonzero(~np.isnan(errors), axis=1)
    low = np.floor((count + 1) * (1 - share) / 2 + _EVEN).astype(np.int64)
    rows = np.arange(len(errors))
    found = [known[rows, np.clip(place, 0, known.shape[1] - 1)] for place in (low - 1, count - low)]
    return np.where(low < 1, np.nan, found[0]), np.where(low < 1, np.nan, found[1])


def _back(values: Floats, is_log: bool) -> Floats:  # noqa: FBT001 - the scale it was smoothed on
    """Return values in the indicator's unit; what was smoothed as a ratio is never negative."""
    return np.maximum(np.expm1(values), 0.0) if is_log else values
