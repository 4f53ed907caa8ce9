"""Quality gates: what of a harvest is believed, and what waits for a person, and why in a sentence."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.domain.clock import epoch, moment
from monitor.domain.indicator import Indicator
from monitor.domain.layout_change import LayoutChange, find_layout_change
from monitor.domain.observation import Reading
from monitor.domain.past import NO_PAST, Past
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import FIXED, long_day, plain

FUTURE_TOLERANCE = timedelta(minutes=10)
_DECIMALS = 6

_Period = tuple[str, datetime, datetime]


class Gate(StrEnum):
    """What a reading did not pass."""

    UNKNOWN_SERIES = "unknown_series"
    FUTURE = "future"
    UNIT = "unit"
    RANGE = "range"
    STEP = "step"
    DUPLICATE = "duplicate"
    LAYOUT = "layout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the values of a series, as its source gives them, must keep to; None and "" ask nothing."""

    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    step_percent: float | None = None
    is_forecast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A reading that did not pass, and why, with the figures."""

    reading: Reading
    gate: Gate
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What of a harvest passed, in the order it was given, and what did not."""

    accepted: tuple[Reading, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()


def limits_of(indicator: Indicator) -> Limits:
    """Return what an indicator asks of values before its transforms; their unit only where known."""
    return Limits(
        unit=indicator.source_unit or ("" if indicator.transforms else indicator.unit),
        low=indicator.plausible_low,
        high=indicator.plausible_high,
        step=indicator.largest_step,
        step_percent=indicator.largest_step_percent,
        is_forecast=indicator.is_forecast,
    )


def judge(
    readings: Sequence[Reading],
    *,
    limits: Mapping[str, Limits],
    past: Mapping[str, Past],
    now: datetime,
) -> Judgement:
    """Judge the readings of one harvest; `limits` and `past` (in force before it) are by series.

    A series without limits is unknown. A reading that says what is in force already passes whatever it is.
    """
    reasons: dict[int, tuple[Gate, str]] = {}
    by_series: dict[str, list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        if reading.series in limits:
            by_series[reading.series].append(number)
        else:
            reasons[number] = (Gate.UNKNOWN_SERIES, _unknown(reading.series))
    reasons |= _disagreeing(readings, by_series)
    told: dict[str, list[int]] = {}
    for key, numbers in by_series.items():
        news = past.get(key, NO_PAST).news([readings[number] for number in numbers])
        told[key] = [number for number, is_new in zip(numbers, news, strict=True) if is_new]
    change = find_layout_change(
        {key: [readings[number] for number in numbers] for key, numbers in told.items()}, past
    )
    for key, numbers in told.items():
        left = [number for number in numbers if number not in reasons]
        reasons |= _of_series(
            [(number, readings[number]) for number in left],
            limits=limits[key], past=past.get(key, NO_PAST), change=change, now=now,
        )  # fmt: skip
    return Judgement(
        accepted=tuple(reading for number, reading in enumerate(readings) if number not in reasons),
        quarantined=tuple(
            Quarantined(reading=readings[number], gate=gate, reason=reason)
            for number, (gate, reason) in sorted(reasons.items())
        ),
    )


def _unknown(key: str) -> str:
    try:
        SeriesKey.parse(key)
    except ValueError as error:
        return str(error)
    return f"there is no series {key}"


def _disagreeing(
    readings: Sequence[Reading], by_series: Mapping[str, Iterable[int]]
) -> Iterator[tuple[int, tuple[Gate, str]]]:
    """Find readings that say different things of one period, for the same moment and revision."""
    said: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number in (number for numbers in by_series.values() for number in numbers):
        each = readings[number]
        key = (each.series, each.period_start, each.period_end, each.known_at, each.source_revision)
        said[key].append(number)
    for numbers in said.values():
        if len(numbers) == 1:
            continue
        values = list(dict.fromkeys(_said(readings[number]) for number in numbers))
        for number in numbers if len(values) > 1 else ():
            yield number, (Gate.DUPLICATE, f"one answer gives this period as {' and as '.join(values)}")


def _said(reading: Reading) -> str:
    if reading.value is None:
        return "withdrawn"
    bounds = [bound for bound in (reading.low, reading.high) if bound is not None]
    tail = f" ({' to '.join(_figure(bound) for bound in bounds)})" if bounds else ""
    return _figure(reading.value) + tail


def _of_series(
    given: Sequence[tuple[int, Reading]],
    *,
    limits: Limits,
    past: Past,
    change: LayoutChange | None,
    now: datetime,
) -> dict[int, tuple[Gate, str]]:
    """Judge one series' readings from the oldest period to the newest: a step is taken from what passed."""
    found: dict[int, tuple[Gate, str]] = {}
    chain = _Chain(limits=limits, past=past)
    # Without a step nothing is compared with what came before it.
    for number, reading in sorted(given, key=_in_order) if chain.is_asked else given:
        if change is not None and change.holds(reading.series) and reading.value is not None:
            found[number] = (Gate.LAYOUT, change.reason)
            continue
        failed = _alone(reading, limits, now=now) or chain.fault(reading)
        if failed is None:
            chain.keep(reading)
        else:
            found[number] = failed
    return found


def _in_order(item: tuple[int, Reading]) -> tuple[object, ...]:
    reading = item[1]
    return (reading.period_end, reading.period_start, reading.source_revision, reading.known_at, item[0])


def _alone(reading: Reading, limits: Limits, *, now: datetime) -> tuple[Gate, str] | None:
    """Judge a reading by itself; a withdrawal says no value that could be wrong."""
    if reading.value is None:
        return None
    if reading.period_start > now + FUTURE_TOLERANCE and not limits.is_forecast:
        begins = long_day(reading.period_start)
        return Gate.FUTURE, f"its period begins on {begins}, in the future, and this is no forecast"
    if reading.unit and limits.unit and _unit(reading.unit) != _unit(limits.unit):
        return Gate.UNIT, f"given in {reading.unit}, expected in {limits.unit}"
    for name, value in (("", reading.value), ("its low of ", reading.low), ("its high of ", reading.high)):
        if value is not None and (reason := _out_of_range(value, limits)):
            return Gate.RANGE, name + reason
    return None


def _out_of_range(value: float, limits: Limits) -> str:
    if not math.isfinite(value):
        return f"{value} is no number that can be scored"
    if limits.low is not None and value < limits.low:
        return f"{_figure(value)} is below {_figure(limits.low)}, the least that is plausible"
    if limits.high is not None and value > limits.high:
        return f"{_figure(value)} is above {_figure(limits.high)}, the most that is plausible"
    return ""


def _unit(text: str) -> str:
    return " ".join(text.split()).casefold()


class _Chain:
    """What a step is taken from: what was in force, moved on by what of this harvest passed."""

    def __init__(self, *, limits: Limits, past: Past) -> None:
        self._limits = limits
        self._past = past
        self.is_asked = limits.step is not None or limits.step_percent is not None
        self._passed: list[tuple[int, float]] = []
        self._periods: dict[tuple[datetime, datetime], float | None] = {}

    def fault(self, reading: Reading) -> tuple[Gate, str] | None:
        """Say which step is too large: from the period before, or from this period's own old value."""
        if not self.is_asked or reading.value is None:
            return None
        old = self._old(reading)
        if old is not None and (reason := self._too_far(old, reading.value)):
            return Gate.STEP, f"{reason}, against what was known of this period"
        before = self._before(reading)
        if before is not None and (reason := self._too_far(before[1], reading.value)):
            return Gate.STEP, f"{reason}, against the value before (to {long_day(moment(before[0]))})"
        return None

    def keep(self, reading: Reading) -> None:
        """Take later steps from this reading."""
        if self.is_asked:
            self._periods[reading.period_start, reading.period_end] = reading.value
            if reading.value is not None:
                self._passed.append((epoch(reading.period_end), reading.value))

    def _old(self, reading: Reading) -> float | None:
        period = (reading.period_start, reading.period_end)
        return self._periods[period] if period in self._periods else self._past.value_of(reading)

    def _before(self, reading: Reading) -> tuple[int, float] | None:
        end = epoch(reading.period_end)
        passed = next((each for each in reversed(self._passed) if each[0] < end), None)
        stored = self._past.before(end)
        if passed is None or stored is None:
            return passed or stored
        return passed if passed[0] >= stored[0] else stored

    def _too_far(self, old: float, new: float) -> str:
        step, limits = abs(new - old), self._limits
        moved = "from {} to {} is a step of"
        if limits.step is not None and step > limits.step:
            moved = moved.format(_figure(old), _figure(new))
            return f"{moved} {_figure(step)}, more than the {_figure(limits.step)} allowed"
        if limits.step_percent is not None and old and step / abs(old) * 100 > limits.step_percent:
            moved = moved.format(_figure(old), _figure(new))
            moved_percent, allowed = plain(step / abs(old) * 100, 1), plain(limits.step_percent, 1)
            return f"{moved} {moved_percent}{FIXED}%, more than the {allowed}{FIXED}% allowed"
        return ""


def _figure(value: float) -> str:
    return plain(value, _DECIMALS)
