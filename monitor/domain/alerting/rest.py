"""Rest: whose evaluation would change nothing, told by a few columns and without a step (alerting.md 1.3)."""

from dataclasses import dataclass
from typing import Protocol

from monitor.domain.alerting.alert import DataHealth
from monitor.domain.alerting.snapshot import BLIND, Edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """An inactive alert with no timer, no ack and nothing closed, and what its last evaluation saw."""

    rule_version: int
    data_health: DataHealth
    value: float | None
    period: int | None
    evaluated_seq: int


class Seen(Protocol):
    """A series as it was last assessed."""

    @property
    def value(self) -> float | None:
        """The value scored."""
        ...

    @property
    def pressure(self) -> float | None:
        """Its pressure."""
        ...

    @property
    def period_end(self) -> int | None:
        """When its period ended."""
        ...

    @property
    def seq(self) -> int | None:
        """The number it was stored under."""
        ...


def stays_at_rest(rest: Rest, *, rule_version: int, edges: Edges, seen: Seen, health: DataHealth) -> bool:
    """Whether `step` would give the very same alert back: it saw all this, and no edge is entered by it.

    Only of an enabled rule on a series that goes on; what is blind is never at rest.
    """
    value = edges.compared(value=seen.value, pressure=seen.pressure)
    return (
        value is not None
        and value == rest.value
        and seen.period_end == rest.period
        and (seen.seq or 0) <= rest.evaluated_seq
        and health is rest.data_health
        and health not in BLIND
        and rule_version == rest.rule_version
        and not edges.entered(value)
    )
