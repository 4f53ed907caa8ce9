"""Readings that did not pass a quality gate, and what a person made of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.domain.gates import Gate
from monitor.domain.observation import Reading


class State(StrEnum):
    """What became of a reading: it waits, was let through, replaced by the right value, or is not wanted."""

    OPEN = "open"
    RELEASED = "released"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A reading in quarantine; it came first at `first_at`, last at `last_at`, by the run `run_id`."""

    id: int
    digest: str
    run_id: int | None
    source: str
    reading: Reading
    gate: Gate
    reason: str
    first_at: datetime
    last_at: datetime
    state: State
    corrected_value: float | None = None
    decided_by: str = ""
    why: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done with rows, by whom and why."""

    state: State
    by: str
    why: str
    corrected_value: float | None = None
