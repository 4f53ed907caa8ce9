"""The history workload: 10,000 indicators of 200 subjects over 1,826 days, the same numbers in every run.

Adapted from the project's shared performance anchors (`bench/workload.py` of the shared folder), where the
same workload is also run through Prometheus: every value is a pure function of (SEED, indicator, day), by a
64-bit hash and plain float arithmetic. The counts at the end are what any system must reproduce.

Indicator i belongs to subject i % 200. Its score is piecewise linear through (k0, 0), (k1, 50), (k2, 80),
(k3, 100), flat outside; one in four falls. A subject's heat is the weighted mean of its scores. An alert
fires at the (hold + 1)-th day in a row on which the score is at or above the threshold, and resolves at the
first on which it is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.domain.series import Floats

SEED = 20261123
SUBJECTS, INDICATORS, DAYS = 200, 10_000, 1826
DAY0 = 1_609_459_200  # 2021-01-01T00:00:00Z
SCORES = (0.0, 50.0, 80.0, 100.0)
STEPS = (50.0, 30.0, 20.0)
STORM_ONE_IN = 20

FIRINGS, FIRING_DAYS, FIRING_ON_THE_LAST_DAY = 53_939, 509_036, 271
MEAN_SCORE = 36.969494

_MASK = (1 << 64) - 1
_GOLD = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator of the workload; `hold` is 0 or 3 days."""

    number: int
    weight: int
    knots: tuple[float, ...]
    threshold: float
    hold: int

    @property
    def subject(self) -> int:
        """The number of the subject it belongs to."""
        return self.number % SUBJECTS

    @property
    def slopes(self) -> tuple[float, ...]:
        """Score gained per unit in each of the three segments."""
        return tuple(step / (self.knots[j + 1] - self.knots[j]) for j, step in enumerate(STEPS))


def indicators(count: int = INDICATORS) -> list[Indicator]:
    """Return the first indicators of the workload."""
    return [_indicator(number) for number in range(count)]


def history(inds: Sequence[Indicator], days: int = DAYS) -> Floats:
    """Return indicators x days: a yearly wave, noise, and shocks of fifteen days."""
    number = np.array([each.number for each in inds], dtype=np.uint64)
    day = np.arange(days)
    offset = np.array([_hash(50, each.number) % 365 for each in inds])
    base = np.array([0.15 + 0.15 * _unit(51, each.number) for each in inds])
    first, last = (np.array([each.knots[place] for each in inds]) for place in (0, 3))
    wave = 1.0 - np.abs((day[None, :] + offset[:, None]) % 365 - 182.5) / 91.25
    place = base[:, None] + 0.08 * wave + 0.06 * (_units(52, number, day) - 0.5)
    place = np.where(_units(53, number, day // 15) < 0.03, place + 0.5, place)
    values: Floats = np.round(first[:, None] + place * (last - first)[:, None], 4)
    return values


def calm(ind: Indicator) -> float:
    """Return a value of score 0 to 30."""
    place = -0.5 + 1.1 * _unit(20, ind.number, 0)
    return round(ind.knots[0] + place * (ind.knots[1] - ind.knots[0]), 4)


def breach(ind: Indicator) -> float:
    """Return a value of score 90 to 100, above every threshold."""
    place = 0.5 + 0.5 * _unit(21, ind.number)
    return round(ind.knots[2] + place * (ind.knots[3] - ind.knots[2]), 4)


def stormed(inds: Sequence[Indicator]) -> list[Indicator]:
    """Return the one in twenty that breach together."""
    return [each for each in inds if _hash(40, each.number) % STORM_ONE_IN == 0]


def injected(inds: Sequence[Indicator]) -> list[Indicator]:
    """Return one indicator a subject that fires at once and is in no storm, in the seeded order."""
    storm = {each.number for each in stormed(inds)}
    first: dict[int, Indicator] = {}
    for each in inds:
        if not each.hold and each.number not in storm:
            first.setdefault(each.subject, each)
    return sorted(first.values(), key=lambda each: _hash(30, each.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """The sums as bare numpy, on arrays made before the clock starts."""

    knots: Floats
    slopes: Floats
    weights: Floats
    subjects: npt.NDArray[np.int64]

    @classmethod
    def of(cls, inds: Sequence[Indicator]) -> "Bare":
        """Return the arrays of some indicators."""
        return cls(
            knots=np.array([each.knots[:3] for each in inds]),
            slopes=np.array([each.slopes for each in inds]),
            weights=np.array([each.weight for each in inds], dtype=np.float64),
            subjects=np.array([each.subject for each in inds]),
        )

    def scores(self, values: Floats) -> Floats:
        """Return the score of each value: three clamps."""
        found = np.zeros_like(values)
        for j, step in enumerate(STEPS):
            found += np.clip((values - self.knots[:, j, None]) * self.slopes[:, j, None], 0.0, step)
        return found

    def heats(self, scores: Floats) -> Floats:
        """Return the weighted mean of each subject's scores."""
        total, weight = np.zeros((SUBJECTS, scores.shape[1])), np.zeros(SUBJECTS)
        np.add.at(total, self.subjects, scores * self.weights[:, None])
        np.add.at(weight, self.subjects, self.weights)
        means: Floats = total / weight[:, None]
        return means


def _indicator(number: int) -> Indicator:
    start = round(50 + 100 * _unit(1, number), 2)
    knots, is_falling = [start], number % 4 == 3
    for place in range(3):
        width = round(5 + 20 * _unit(2 + place, number), 2)
        knots.append(round(knots[-1] - width if is_falling else knots[-1] + width, 2))
    return Indicator(
        number=number,
        weight=1 + _hash(6, number) % 5,
        knots=tuple(knots),
        threshold=60.37137 + _hash(7, number) % 25,
        hold=3 if _hash(8, number) % 10 == 0 else 0,
    )


def _mixed(number: int) -> int:
    number = (number + _GOLD) & _MASK
    number = ((number ^ (number >> 30)) * _FIRST) & _MASK
    number = ((number ^ (number >> 27)) * _SECOND) & _MASK
    return number ^ (number >> 31)


def _hash(*parts: int) -> int:
    """Chain splitmix64 over the parts."""
    found = SEED
    for part in parts:
        found = _mixed(found ^ (part & _MASK))
    return found


def _unit(*parts: int) -> float:
    return float((_hash(*parts) >> 11) * 2.0**-53)


def _mixed_all(numbers: Hashes) -> Hashes:
    with np.errstate(over="ignore"):
        numbers = numbers + np.uint64(_GOLD)
        numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(_FIRST)
        numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(_SECOND)
        return numbers ^ (numbers >> np.uint64(31))


def _units(tag: int, numbers: Hashes, column: npt.NDArray[np.int64]) -> Floats:
    found = _mixed_all(np.uint64(_mixed(SEED ^ tag)) ^ numbers)
    found = _mixed_all(found[:, None] ^ column.astype(np.uint64)[None, :])
    return (found >> np.uint64(11)).astype(np.float64) * 2.0**-53
