"""Timing: what is measured and its baseline in turn, so that both see the same machine."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


class Skipped(Exception):
    """A benchmark that cannot be run here; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What several runs came to."""

    least: float
    median: float
    most: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the minimum, median and maximum of some runs."""
        return cls(least=min(values), median=statistics.median(values), most=max(values), runs=len(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the report. `ratio` is ours over the baseline, pair by pair; a goal is an upper bound."""

    name: str
    unit: str
    ours: Spread
    against: str = ""
    baseline: Spread | None = None
    ratio: Spread | None = None
    goal: float | None = None
    goal_ratio: float | None = None
    notes: tuple[str, ...] = field(default=())


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(  # noqa: PLR0913 - a figure names all it is made of
    name: str,
    ours: Callable[[], float],
    against: str,
    baseline: Callable[[], float],
    *,
    runs: int,
    unit: str = "s",
    scale: float = 1.0,
    goal: float | None = None,
    goal_ratio: float | None = None,
    notes: Sequence[str] = (),
) -> Figure:
    """Run ours and the baseline in turn after one uncounted pair; both return what they measured."""
    ours(), baseline()
    pairs = [(ours() * scale, baseline() * scale) for _ in range(runs)]
    return figure_of_pairs(name, pairs, against, unit=unit, goal=goal, goal_ratio=goal_ratio, notes=notes)


def figure_of_pairs(
    name: str,
    pairs: Sequence[tuple[float, float]],
    against: str,
    *,
    unit: str,
    goal: float | None = None,
    goal_ratio: float | None = None,
    notes: Sequence[str] = (),
) -> Figure:
    """Return the figure of paired measurements."""
    return Figure(
        name=name,
        unit=unit,
        ours=Spread.of([first for first, _ in pairs]),
        against=against,
        baseline=Spread.of([second for _, second in pairs]),
        ratio=Spread.of([first / second for first, second in pairs]),
        goal=goal,
        goal_ratio=goal_ratio,
        notes=tuple(notes),
    )


def single(name: str, values: Sequence[float], *, unit: str, goal: float | None = None) -> Figure:
    """Return a figure without a baseline."""
    return Figure(name=name, unit=unit, ours=Spread.of(values), goal=goal)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
