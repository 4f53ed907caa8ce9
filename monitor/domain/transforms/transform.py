"""Transforms: named steps from a raw value to the value an indicator is judged by (heat.md 2)."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import Indicator, Transform
from monitor.domain.series import Bools, Columns, Ints
from monitor.domain.transforms.comparison import base_span, index, percent_change
from monitor.domain.transforms.denominator import per_capita
from monitor.domain.transforms.interval import step_bounds
from monitor.domain.transforms.logarithm import boxcox, log1p, log_ct
from monitor.domain.transforms.rolling import rolling_mean, rolling_sum
from monitor.domain.transforms.surge import BASELINE_DAYS, RECENT_DAYS, surge
from monitor.domain.transforms.track import Heads, Track, each, own_heads, track_of
from monitor.domain.transforms.unusual import WEEK_DAYS, WINDOW_WEEKS, record_high, weeks_above_baseline

YEAR_DAYS = 365.25
_SERIES = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(:[A-Za-z0-9][A-Za-z0-9._-]*)?")


Step = Callable[..., Heads]
Reach = Callable[[Mapping[str, Any]], float]
Check = Callable[[Any], str]


def stages(
    indicator: Indicator, rows: Columns, *, others: Mapping[str, Columns] | None = None
) -> list[Track]:
    """Return the series before each transform of the chain and after the last.

    `others` are rows of the series it divides by, in force and without withdrawals, as `rows` are.
    """
    done = [track_of(rows, others)]
    for transform in indicator.transforms:
        track = done[-1]
        heads = _step(transform, indicator, track, own_heads(track))
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


def _step(transform: Transform, indicator: Indicator, track: Track, heads: Heads) -> Heads:
    kind = TRANSFORMS[transform.name]
    defaults = {"lag_days": indicator.fresh_for_days} if "lag_days" in kind.optional else {}
    done = kind.step(track, heads, **(defaults | dict(transform.parameters)))
    if track.imputed.any():
        done = _as_given(done, heads, track.imputed[heads.index])
    is_missing = np.isnan(done.value)
    return replace(
        done, low=np.where(is_missing, np.nan, done.low), high=np.where(is_missing, np.nan, done.high)
    )


def _as_given(done: Heads, heads: Heads, imputed: Bools) -> Heads:
    """Leave imputed values as they were: they are values of the indicator, not raw ones."""
    return replace(
        done,
        value=np.where(imputed, heads.value, done.value),
        low=np.where(imputed, heads.low, done.low),
        high=np.where(imputed, heads.high, done.high),
    )


def identity(track: Track, heads: Heads) -> Heads:  # noqa: ARG001 - every step takes both
    """Return the value as it is."""
    return heads


def annualise(track: Track, heads: Heads) -> Heads:
    """Scale the value of a period to a year of 365.25 days."""
    days = (track.end - track.start)[heads.index] / DAY_SECONDS
    return each(heads, lambda part: part * (YEAR_DAYS / days))


def winsorise(track: Track, heads: Heads, *, low: float, high: float) -> Heads:  # noqa: ARG001
    """Clip to [low, high]."""
    return each(heads, lambda part: np.clip(part, low, high))


def decay(track: Track, heads: Heads, *, half_life_days: float) -> Heads:
    """Halve the value every half-life after its period's end."""
    age = np.maximum(heads.at - track.end[heads.index], 0) / (half_life_days * DAY_SECONDS)
    factor = np.exp2(-age)
    return each(heads, lambda part: part * factor)


def step(track: Track, heads: Heads, *, map: Mapping[str, float]) -> Heads:  # noqa: A002, ARG001
    """Give the value of the last key that is reached; below the first key, the first's."""
    pairs = sorted((float(key), float(value)) for key, value in map.items())
    edges, values = (np.array(column) for column in zip(*pairs, strict=True))
    reached = np.maximum(np.searchsorted(edges, heads.value, side="right") - 1, 0)
    low, high = step_bounds(edges, values, heads.low, heads.high)
    return replace(heads, value=np.where(np.isnan(heads.value), np.nan, values[reached]), low=low, high=high)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Any) -> str:
    return "" if _is_number(value) else "expected a number"


def _above_0(value: Any) -> str:
    return "" if _is_number(value) and value > 0 else "expected a number above 0"


def _days(value: Any) -> str:
    return "" if _is_number(value) and value > 0 else "expected a number of days above 0"


def _lag(value: Any) -> str:
    return "" if _is_number(value) and value >= 0 else "expected a number of days, 0 or more"


def _series(value: Any) -> str:
    return "" if isinstance(value, str) and _SERIES.fullmatch(value) else "expected a series or an indicator"


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
    """A transform's function and the parameters it declares, each with its check.

    Of two parameters that are `ordered` the first must be below the second. `reach` says how many days
    before its period's end a value looks at most; None where it looks at everything.
    """

    step: Step
    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    ordered: tuple[str, str] | None = None
    moves_with_time: bool = False
    reach: Reach | None = None


def reach_seconds(indicator: Indicator) -> float | None:
    """Return how far back a chain looks from the end of a value's period; None where at everything."""
    found = [(TRANSFORMS[each.name].reach, each.parameters) for each in indicator.transforms]
    if any(reach is None for reach, _ in found):
        return None
    return sum(reach(parameters) for reach, parameters in found if reach is not None) * DAY_SECONDS


def _nowhere(_parameters: Mapping[str, Any]) -> float:
    return 0.0


def _window_days(parameters: Mapping[str, Any]) -> float:
    return float(parameters["window_days"])


def _half_as_far_again(parameters: Mapping[str, Any]) -> float:
    """The earlier period may end half a window beyond it."""
    return 1.5 * float(parameters["window_days"])


def _window_weeks(parameters: Mapping[str, Any]) -> float:
    return float(parameters.get("window_weeks", WINDOW_WEEKS)) * WEEK_DAYS


def _surge_days(parameters: Mapping[str, Any]) -> float:
    return max(RECENT_DAYS) + float(parameters.get("baseline_days", BASELINE_DAYS))


_ENDS: Mapping[str, Check] = {"low": _number, "high": _number}
_WINDOW = {"window_days": _days}
TRANSFORMS: Mapping[str, TransformKind] = {
    "identity": TransformKind(step=identity, reach=_nowhere),
    "index": TransformKind(step=index, required={"base_period": _base}),
    "percent_change": TransformKind(step=percent_change, required=_WINDOW, reach=_half_as_far_again),
    "rolling_sum": TransformKind(
        step=rolling_sum,
        required=_WINDOW,
        optional={"lag_days": _lag},
        moves_with_time=True,
        reach=_window_days,
    ),
    "rolling_mean": TransformKind(
        step=rolling_mean,
        required=_WINDOW,
        optional={"lag_days": _lag},
        moves_with_time=True,
        reach=_window_days,
    ),
    "annualise": TransformKind(step=annualise, reach=_nowhere),
    "per_capita": TransformKind(step=per_capita, required={"series": _series}, optional={"per": _above_0}),
    "log1p": TransformKind(step=log1p, reach=_nowhere),
    "log_ct": TransformKind(step=log_ct, required=_ENDS, ordered=("low", "high"), reach=_nowhere),
    "boxcox": TransformKind(step=boxcox, required={"lambda": _number}, reach=_nowhere),
    "winsorise": TransformKind(step=winsorise, required=_ENDS, ordered=("low", "high"), reach=_nowhere),
    "weeks_above_baseline": TransformKind(
        step=weeks_above_baseline,
        optional={"sd": _above_0, "window_weeks": _above_0, "lag_days": _lag},
        moves_with_time=True,
        reach=_window_weeks,
    ),
    "record_high": TransformKind(step=record_high, required={"days": _days}),
    "surge": TransformKind(
        step=surge, required={"minimum": _above_0}, optional={"baseline_days": _days}, reach=_surge_days
    ),
    "decay": TransformKind(
        step=decay, required={"half_life_days": _days}, moves_with_time=True, reach=_nowhere
    ),
    "step": TransformKind(step=step, required={"map": _map}, reach=_nowhere),
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
    named = [f"{transform.name} {name}: {fault}" for name, fault in faults.items() if fault]
    return missing + unknown + named or check_order(transform)


def check_order(transform: Transform) -> list[str]:
    """Return what is wrong with the order of two sound parameters."""
    ordered = TRANSFORMS[transform.name].ordered
    if ordered is None or transform.parameters[ordered[0]] < transform.parameters[ordered[1]]:
        return []
    return [f"{transform.name} {ordered[0]}: {ordered[0]} is not below {ordered[1]}"]
