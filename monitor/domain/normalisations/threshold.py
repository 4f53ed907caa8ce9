"""Thresholds: the edges people see, in the indicator's own unit, which are also the numbers that score."""

import itertools
from dataclasses import dataclass

from monitor.domain.scale import Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Edges calm -> 0, watch -> 25, elevated -> 50, high -> 75, critical -> 100 of pressure (heat.md 3).

    `calm` and `critical` are required; the others may be left out. Strictly monotone; their order gives
    the direction (rising: higher is worse).
    """

    calm: float
    critical: float
    watch: float | None = None
    elevated: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse edges that are not strictly monotone, naming the first wrong pair."""
        knots = self.knots
        rising = self.critical > self.calm
        for (name, value), (next_name, next_value) in itertools.pairwise(knots):
            if (next_value > value) is not rising or next_value == value:
                pair = f"{name} = {value:g} and {next_name} = {next_value:g}"
                message = f"{pair} break the order from calm to critical"
                raise ValueError(message)

    @property
    def knots(self) -> tuple[tuple[str, float], ...]:
        """The stated edges from calm to critical as (name, value)."""
        named = (
            ("calm", self.calm),
            ("watch", self.watch),
            ("elevated", self.elevated),
            ("high", self.high),
            ("critical", self.critical),
        )
        return tuple((name, value) for name, value in named if value is not None)

    @property
    def is_higher_worse(self) -> bool:
        """Whether a higher value is a worse one."""
        return self.critical > self.calm

    def edge(self, concern: Concern) -> float | None:
        """Return the stated edge at which a concern begins, or None where it is left out."""
        names = {Concern.NORMAL: "calm"} | {step: step.word for step in Concern if step}
        return dict(self.knots).get(names[concern])
