"""Pairs of incidents: proposed as one, and what a person said of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Key = tuple[str, str]


class PairState(StrEnum):
    """What is thought of two incidents of different sources."""

    PROPOSED = "proposed"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPair:
    """Two incidents, each by source and external id, in that order; why they look alike, who said what."""

    first: Key
    second: Key
    score: float
    reasons: tuple[str, ...]
    state: PairState = PairState.PROPOSED
    proposed_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""


def counted_once(pairs: list[IncidentPair]) -> dict[Key, Key]:
    """Return for each incident that a person called the same as another which one stands for it."""
    stands: dict[Key, Key] = {}

    def top(key: Key) -> Key:
        while key in stands:
            key = stands[key]
        return key

    for pair in sorted(pairs, key=lambda each: (each.first, each.second)):
        if pair.state is PairState.SAME:
            first, second = sorted((top(pair.first), top(pair.second)))
            if first != second:
                stands[second] = first
    return {key: top(key) for key in stands}
