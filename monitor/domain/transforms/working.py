"""Workings: what each transform did to one value, with the numbers, so that it can be done again by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from monitor.domain.clock import DAY_SECONDS, moment
from monitor.domain.indicator import Indicator, Transform
from monitor.domain.series import Columns, Ints
from monitor.domain.transforms.comparison import base_rows, base_span
from monitor.domain.transforms.rolling import window_first
from monitor.domain.transforms.surge import BASELINE_DAYS, RECENT_DAYS, spans_of, surge
from monitor.domain.transforms.track import Heads, Track
from monitor.domain.transforms.transform import TRANSFORMS, YEAR_DAYS, heads_at, stages
from monitor.domain.transforms.unusual import WEEK_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A value that a step looked at: of a period of the same series, or of `series` where that is named.

    `weight` is what it counts for where a step weighs its values (weeks of a period), else 1.
    """

    period_start: int
    period_end: int
    value: float
    series: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """One step: `before` became `after` by `formula`, from the values `used` beside `before`."""

    name: str
    parameters: Mapping[str, Any]
    before: float
    after: float
    formula: str
    used: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What a step starts from: its transform, the series before it, the newest value as one moment."""

    transform: Transform
    indicator: Indicator
    track: Track
    heads: Heads

    @property
    def given(self) -> Mapping[str, Any]:
        """The parameters with the defaults the engine fills in."""
        kind = TRANSFORMS[self.transform.name]
        lag = {"lag_days": self.indicator.fresh_for_days} if "lag_days" in kind.optional else {}
        return lag | dict(self.transform.parameters)

    @property
    def row(self) -> int:
        """The place of the newest value."""
        return int(self.heads.index[0])

    @property
    def value(self) -> float:
        """The newest value."""
        return float(self.heads.value[0])

    def used(self, places: Sequence[int] | Ints, *, weeks: bool = False) -> tuple[Used, ...]:
        """Return values of the series by place; the newest as it stands at the moment."""
        own = np.append(self.track.value[: self.row], self.value)
        return tuple(
            Used(
                period_start=int(self.track.start[place]),
                period_end=int(self.track.end[place]),
                value=float(own[place]),
                weight=self._weeks(int(place)) if weeks else 1.0,
            )
            for place in places
            if not np.isnan(own[place])
        )

    def _weeks(self, place: int) -> float:
        return float(self.track.end[place] - self.track.start[place]) / (WEEK_DAYS * DAY_SECONDS)

    def window(self, days: float) -> Ints:
        """Return the places of the window that ends with the newest value."""
        first = int(window_first(self.track, self.heads, days, self.given["lag_days"])[0])
        return np.arange(first, self.row + 1)


Found = tuple[str, tuple[Used, ...]]


def workings(
    indicator: Indicator, rows: Columns, *, row: int, at: int, others: Mapping[str, Columns] | None = None
) -> list[Working]:
    """Return every transform of an indicator at the value in place `row`, seen at epoch second `at`.

    `rows` are in force and without withdrawals, as for `stages`.
    """
    done = stages(indicator, rows, others=others)
    index, moment = np.array([row]), np.array([at])
    found: list[Working] = []
    for place, transform in enumerate(indicator.transforms):
        heads = [
            heads_at(replace(indicator, transforms=indicator.transforms[:upto]), done, index=index, at=moment)
            for upto in (place, place + 1)
        ]
        step = _Step(transform=transform, indicator=indicator, track=done[place], heads=heads[0])
        formula, used = _WORKINGS[transform.name](step)
        found.append(
            Working(
                name=transform.name,
                parameters=dict(step.given),
                before=step.value,
                after=float(heads[1].value[0]),
                formula=formula,
                used=used,
            )
        )
    return found


def _identity(step: _Step) -> Found:
    return f"{_n(step.value)}", ()


def _index(step: _Step) -> Found:
    since, until = base_span(step.given["base_period"])
    track, places = step.track, range(step.row + 1)
    used = step.used([place for place in places if since <= track.start[place] < until])
    return f"{_n(step.value)} / mean of the {len(used)} values of {step.given['base_period']} x 100", used


def _percent_change(step: _Step) -> Found:
    row = np.array([step.row])
    [base], [is_found] = base_rows(step.track, row, step.given["window_days"] * DAY_SECONDS)
    used = step.used([int(base)] if is_found else [])
    return f"({_n(step.value)} / {_n(used[0].value) if used else 'no earlier value'} - 1) x 100", used


def _rolling_sum(step: _Step) -> Found:
    used = step.used(step.window(step.given["window_days"]))
    return _plus(used), used


def _rolling_mean(step: _Step) -> Found:
    used = step.used(step.window(step.given["window_days"]))
    return f"({_plus(used)}) / {len(used)}", used


def _annualise(step: _Step) -> Found:
    days = (step.track.end[step.row] - step.track.start[step.row]) / DAY_SECONDS
    return f"{_n(step.value)} x {YEAR_DAYS} / {_n(float(days))}", ()


def _per_capita(step: _Step) -> Found:
    name, per = step.given["series"], step.given.get("per", 1.0)
    other = step.track.others.get(name)
    place = -1
    if other is not None:
        place = int(np.searchsorted(other.start, step.track.start[step.row], side="right")) - 1
    if other is None or place < 0:
        return f"no value of {name} had begun by then", ()
    heads = float(other.value[place])
    used = Used(
        period_start=int(other.start[place]), period_end=int(other.end[place]), value=heads, series=name
    )
    return f"{_n(step.value)} / {_n(heads)} x {_n(float(per))}", (used,)


def _log1p(step: _Step) -> Found:
    return f"ln(1 + {_n(step.value)})", ()


def _log_ct(step: _Step) -> Found:
    low, high = _n(step.given["low"]), _n(step.given["high"])
    return f"ln(max({_n(step.value)}, {low}) - {low} + 0.01 x ({high} - {low}))", ()


def _boxcox(step: _Step) -> Found:
    power, value = step.given["lambda"], _n(step.value)
    return f"ln({value})" if power == 0 else f"({value} ^ {_n(power)} - 1) / {_n(power)}", ()


def _winsorise(step: _Step) -> Found:
    return f"{_n(step.value)}, at least {_n(step.given['low'])} and at most {_n(step.given['high'])}", ()


def _weeks_above_baseline(step: _Step) -> Found:
    weeks, sd = step.given.get("window_weeks", 52.0), step.given.get("sd", 2.0)
    used = step.used(step.window(weeks * WEEK_DAYS), weeks=True)
    return f"weeks of the {len(used)} values above their mean + {_n(sd)} x standard deviation (n - 1)", used


def _record_high(step: _Step) -> Found:
    ends = np.maximum.accumulate(step.track.end)
    since = ends[step.row] - step.given["days"] * DAY_SECONDS
    beaten = [
        place for place in range(step.row) if ends[place] > since and step.track.value[place] >= step.value
    ]
    used = step.used(beaten[-1:])
    back = "the last value as high" if used else f"the first value, {_n(step.given['days'])} days at most"
    return f"days from the end of this period back to {back}", used


def _surge(step: _Step) -> Found:
    baseline = step.given.get("baseline_days", BASELINE_DAYS)
    value = float(surge(step.track, step.heads, **step.given).value[0])
    spans = [spans_of(step.track, step.heads, recent=days, baseline=baseline) for days in RECENT_DAYS]
    # Of the two, the one that gave the value; where neither did, the shorter.
    months = [
        (int(first[0]), int(newest[0]), value > 0 and _rate_ratio(step, first[0], newest[0]) >= value)
        for first, newest in spans
    ]
    first, newest, _ = next((each for each in months if each[2]), months[0])
    used = step.used(np.arange(first, step.row + 1))
    least = _n(step.given["minimum"])
    since, before = _day(step.track.start[newest]), _day(step.track.start[first])
    return f"a day since {since} / a day before it, from {before} (0 below {least} in all, 100 at most)", used


def _rate_ratio(step: _Step, first: int, newest: int) -> float:
    days = (step.track.end - step.track.start) / DAY_SECONDS
    own = np.append(step.track.value[: step.row], step.value)
    recent, before = np.arange(newest, step.row + 1), np.arange(first, newest)
    rates = [
        np.nansum(own[part]) / max(days[part][~np.isnan(own[part])].sum(), 1e-9) for part in (recent, before)
    ]
    return float(rates[0] / rates[1]) * (1 + 1e-9) if rates[1] else np.inf


def _day(second: int) -> str:
    return f"{moment(int(second)):%Y-%m-%d}"


def _decay(step: _Step) -> Found:
    age = max(int(step.heads.at[0]) - int(step.track.end[step.row]), 0) / DAY_SECONDS
    return f"{_n(step.value)} x 2 ^ -({_n(age)} / {_n(step.given['half_life_days'])})", ()


def _step(step: _Step) -> Found:
    keys = sorted(float(key) for key in step.given["map"])
    reached = [key for key in keys if key <= step.value]
    return f"{_n(step.value)} reaches the step {_n(reached[-1] if reached else keys[0])}", ()


def _plus(used: Sequence[Used]) -> str:
    return " + ".join(_n(each.value) for each in used)


def _n(value: float) -> str:
    """Write a number in full, so that nothing is lost in doing it again."""
    return repr(float(value)).removesuffix(".0")


_WORKINGS: Mapping[str, Callable[[_Step], Found]] = {
    "identity": _identity,
    "index": _index,
    "percent_change": _percent_change,
    "rolling_sum": _rolling_sum,
    "rolling_mean": _rolling_mean,
    "annualise": _annualise,
    "per_capita": _per_capita,
    "log1p": _log1p,
    "log_ct": _log_ct,
    "boxcox": _boxcox,
    "winsorise": _winsorise,
    "weeks_above_baseline": _weeks_above_baseline,
    "record_high": _record_high,
    "surge": _surge,
    "decay": _decay,
    "step": _step,
}
