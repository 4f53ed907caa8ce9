"""What a rule would have made of history, to be drawn: what it compared, its edges, and when it fired."""

from dataclasses import dataclass

from monitor.domain.chart import Flag
from monitor.domain.scale import Concern
from monitor.domain.series import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEdge:
    """Where a concern begins, in what the rule compares, and how that is written."""

    concern: Concern
    value: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringSpan:
    """A stretch of epoch seconds in which the rule fired; `end` None is still open."""

    start: int
    end: int | None
    peak: Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChart:
    """Values that hold until the next, NaN where there is none; `name` says what they are."""

    name: str
    at: Ints
    value: Floats
    start: int
    end: int
    edges: tuple[RuleEdge, ...]
    firings: tuple[FiringSpan, ...]
    flags: tuple[Flag, ...]
