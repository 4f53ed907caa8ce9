"""Transforms: named steps from a raw value to the value an indicator is judged by (heat.md 2)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import Indicator, Transform
from monitor.domain.interval import percent_change_bounds, step_bounds
from monitor.domain.series import Columns, Floats, Ints

YEAR_DAYS = 365.25
_BASE_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A series at one stage of its chain: one entry a period, each as seen when it was the newest."""

    start: Ints
    end: Ints
    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The newest value at each of some moments: its row, the moment (epoch seconds), value and bounds."""

    index: Ints
    at: Ints
    value: Floats
    low: Floats
    high: Floats


Step = Callable[..., Heads]
Check = Callable[[Any], str]


def track_of(rows: Columns) -> Track:
    """Return the raw stage; a bound that is not given is the value."""
    low = np.where(np.isnan(rows.low), rows.value, rows.low)
    high = np.where(np.isnan(rows.high), rows.value, rows.high)
    return Track(start=rows.period_start, end=rows.period_end, value=rows.value, low=low, high=high)


def stages(indicator: Indicator, rows: Columns) -> list[Track]:
    """Return the series before each transform of the chain and after the last."""
    done = [track_of(rows)]
    for transform in indicator.transforms:
        track = done[-1]
        heads = _step(transform, indicator, track, _own_heads(track))
        done.append(replace(track, value=heads.value, low=heads.low, high=heads.high))
    return done


def heads_at(indicator: Indicator, done: Sequence[Track], *, index: Ints, at: Ints) -> Heads:
    """Return the transformed value at each moment whose newest row is `index` (none below 0)."""
    raw = done[0]
    heads = Heads(index=index, at=at, value=raw.value[index], low=raw.low[index], high=raw.high[index])
    for transform, track in zip(indicator.transforms, done, strict=False):
        heads = _step(transform, indicator, track, heads)
    return heads


def is_time_dependent(indicator: Indicator) -> bool:
    """Whether the value can move while no data comes in."""
    return any(TRANSFORMS[transform.name].moves_with_time for transform in indicator.transforms)


def _own_heads(track: Track) -> Heads:
    index = np.arange(len(track.value))
    return Heads(index=index, at=track.end, value=track.value, low=track.low, high=track.high)


def _step(transform: Transform, indicator: Indicator, track: Track, heads: Heads) -> Heads:
    kind = TRANSFORMS[transform.name]
    defaults = {"lag_days": indicator.fresh_for_days} if "lag_days" in kind.optional else {}
    done = kind.step(track, heads, **(defaults | dict(transform.parameters)))
    is_missing = np.isnan(done.value)
    return replace(
        done, low=np.where(is_missing, np.nan, done.low), high=np.where(is_missing, np.nan, done.high)
    )


def _each(heads: Heads, function: Callable[[Floats], Floats]) -> Heads:
    """Apply a rising function to the value and both bounds."""
    return replace(heads, value=function(heads.value), low=function(heads.low), high=function(heads.high))


def identity(track: Track, heads: Heads) -> Heads:  # noqa: ARG001 - every step takes both
    """Return the value as it is."""
    return heads


def index(track: Track, heads: Heads, *, base_period: str) -> Heads:
    """Percent of the mean over the base period as far as it was known; missing before that."""
    since, until = base_span(base_period)
    in_base = (track.start >= since) & (track.start < until) & ~np.isnan(track.value)
    count = np.cumsum(in_base)[heads.index]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        base, low, high = (
            np.cumsum(np.where(in_base, part, 0.0))[heads.index] / count
            for part in (track.value, track.low, track.high)
        )
        value = heads.value / np.where(base > 0, base, np.nan) * 100
    least, most = percent_change_bounds(heads.low, heads.high, low, high)
    return replace(heads, value=value, low=least + 100, high=most + 100)


def percent_change(track: Track, heads: Heads, *, window_days: float) -> Heads:
    """Percent change against the earlier period ending nearest to the window's start.

    Missing where none ends within half a window of it, or where the earlier value is not above 0.
    """
    window = window_days * DAY_SECONDS
    ends = np.maximum.accumulate(track.end)
    target = track.end[heads.index] - window
    after = np.searchsorted(ends, target)
    before = np.maximum(after - 1, 0)
    after = np.minimum(after, np.maximum(heads.index - 1, 0))
    nearest = np.where(np.abs(ends[after] - target) <= np.abs(ends[before] - target), after, before)
    usable = (nearest < heads.index) & (np.abs(ends[nearest] - target) <= window / 2)
    reference = np.where(usable & (track.value[nearest] > 0), track.value[nearest], np.nan)
    least, most = percent_change_bounds(heads.low, heads.high, track.low[nearest], track.high[nearest])
    with np.errstate(over="ignore"):
        value = (heads.value / reference - 1) * 100
    return replace(heads, value=value, low=least, high=most)


def rolling_sum(track: Track, heads: Heads, *, window_days: float, lag_days: float) -> Heads:
    """Sum over the periods whose middle lies in the window.

    The window ends with the newest period while that is younger than `lag_days` (left out: the
    indicator's `fresh_for_days`), so that a month never leaves because its successor is not yet
    published; after that it slides with the clock. The newest period itself never leaves.
    """
    first = _window_first(track, heads, window_days, lag_days)
    value, low, high = (
        _sum_between(older, newest, first, heads.index)
        for older, newest in ((track.value, heads.value), (track.low, heads.low), (track.high, heads.high))
    )
    return replace(heads, value=value, low=low, high=high)


def rolling_mean(track: Track, heads: Heads, *, window_days: float, lag_days: float) -> Heads:
    """Mean over the periods in the window of `rolling_sum` that have a value."""
    total = rolling_sum(track, heads, window_days=window_days, lag_days=lag_days)
    first = _window_first(track, heads, window_days, lag_days)
    there = (~np.isnan(track.value)).astype(np.float64)
    count = _sum_between(there, (~np.isnan(heads.value)).astype(np.float64), first, heads.index)
    with np.errstate(invalid="ignore"):
        return _each(total, lambda part: part / count)


def _window_first(track: Track, heads: Heads, window_days: float, lag_days: float) -> Ints:
    anchor = np.maximum(track.end[heads.index], heads.at - lag_days * DAY_SECONDS)
    middle = np.maximum.accumulate((track.start + track.end) / 2)
    first: Ints = np.searchsorted(middle, anchor - window_days * DAY_SECONDS, side="right")
    return np.minimum(first, heads.index)


def _sum_between(older: Floats, newest: Floats, first: Ints, last: Ints) -> Floats:
    """Sum `older[first:last]` and the newest, oldest first, gaps left out: the same bits at any length."""
    filled = np.nan_to_num(older, nan=0.0, posinf=np.inf, neginf=-np.inf)
    total = np.zeros(len(first))
    for offset in range(int(np.max(last - first, initial=0))):
        at = first + offset
        total = total + np.where(at < last, filled[np.minimum(at, last)], 0.0)
    return total + newest


def annualise(track: Track, heads: Heads) -> Heads:
    """Scale the value of a period to a year of 365.25 days."""
    days = (track.end - track.start)[heads.index] / DAY_SECONDS
    return _each(heads, lambda part: part * (YEAR_DAYS / days))


def log1p(track: Track, heads: Heads) -> Heads:  # noqa: ARG001 - every step takes both
    """Natural logarithm of 1 + value; missing at -1 and below."""
    return _each(heads, lambda part: np.log1p(np.where(part > -1, part, np.nan)))


def winsorise(track: Track, heads: Heads, *, low: float, high: float) -> Heads:  # noqa: ARG001
    """Clip to [low, high]."""
    return _each(heads, lambda part: np.clip(part, low, high))


def decay(track: Track, heads: Heads, *, half_life_days: float) -> Heads:
    """Halve the value every half-life after its period's end."""
    age = np.maximum(heads.at - track.end[heads.index], 0) / (half_life_days * DAY_SECONDS)
    factor = np.exp2(-age)
    return _each(heads, lambda part: part * factor)


def step(track: Track, heads: Heads, *, map: Mapping[str, float]) -> Heads:  # noqa: A002, ARG001
    """Give the value of the last key that is reached; below the first key, the first's."""
    pairs = sorted((float(key), float(value)) for key, value in map.items())
    edges, values = (np.array(column) for column in zip(*pairs, strict=True))
    reached = np.maximum(np.searchsorted(edges, heads.value, side="right") - 1, 0)
    low, high = step_bounds(edges, values, heads.low, heads.high)
    return replace(heads, value=np.where(np.isnan(heads.value), np.nan, values[reached]), low=low, high=high)


def base_span(text: str) -> tuple[int, int]:
    """Return the epoch seconds at which a base period (`2025`, `2025-08`, `2025-08-01`) begins and ends."""
    match = _BASE_PERIOD.fullmatch(text)
    if match is None:
        message = f"a base period is written 2025, 2025-08 or 2025-08-01, not {text!r}"
        raise ValueError(message)
    year, month, day = (None if part is None else int(part) for part in match.groups())
    start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    if day is not None:
        return int(start.timestamp()), int(start.timestamp()) + DAY_SECONDS
    end = datetime(start.year + (month in {None, 12}), (month or 12) % 12 + 1, 1, tzinfo=UTC)
    return int(start.timestamp()), int(end.timestamp())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> str:
    return "" if _is_number(value) else "expected a number"


def _days(value: Any) -> str:
    return "" if _is_number(value) and value > 0 else "expected a number of days above 0"


def _lag(value: Any) -> str:
    return "" if _is_number(value) and value >= 0 else "expected a number of days, 0 or more"


def _base(value: Any) -> str:
    try:
        base_span(value)
    except (TypeError, ValueError):
        return "expected a period such as 2025-08"
    return ""


def _map(value: Any) -> str:
    try:
        usable = bool(value) and all(_is_number(to) and np.isfinite(float(key)) for key, to in value.items())
    except (AttributeError, TypeError, ValueError):
        usable = False
    return "" if usable else "expected a table of numbers such as { 0 = 10, 1 = 60 }"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformKind:
    """A transform's function and the parameters it declares, each with its check."""

    step: Step
    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    moves_with_time: bool = False


_WINDOW = {"window_days": _days}
TRANSFORMS: Mapping[str, TransformKind] = {
    "identity": TransformKind(step=identity),
    "index": TransformKind(step=index, required={"base_period": _base}),
    "percent_change": TransformKind(step=percent_change, required=_WINDOW),
    "rolling_sum": TransformKind(
        step=rolling_sum, required=_WINDOW, optional={"lag_days": _lag}, moves_with_time=True
    ),
    "rolling_mean": TransformKind(
        step=rolling_mean, required=_WINDOW, optional={"lag_days": _lag}, moves_with_time=True
    ),
    "annualise": TransformKind(step=annualise),
    "log1p": TransformKind(step=log1p),
    "winsorise": TransformKind(step=winsorise, required={"low": _number, "high": _number}),
    "decay": TransformKind(step=decay, required={"half_life_days": _days}, moves_with_time=True),
    "step": TransformKind(step=step, required={"map": _map}),
}


def check_transform(transform: Transform) -> list[str]:
    """Return what is wrong with a transform's name and parameters; nothing when it can be used."""
    kind = TRANSFORMS.get(transform.name)
    if kind is None:
        return [f"unknown transform {transform.name!r} (known: {', '.join(TRANSFORMS)})"]
    declared = {**kind.required, **kind.optional}
    given = transform.parameters
    missing = [f"{transform.name} needs {name}" for name in kind.required if name not in given]
    unknown = [f"{transform.name} has no parameter {name!r}" for name in given if name not in declared]
    faults = {name: declared[name](value) for name, value in given.items() if name in declared}
    return (
        missing + unknown + [f"{transform.name} {name}: {fault}" for name, fault in faults.items() if fault]
    )
