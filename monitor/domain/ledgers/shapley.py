"""Shapley: the fair share of a change over its causes, exact over all subsets (heat.md 7, 1)."""

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from math import comb
from typing import TypeVar

Cause = TypeVar("Cause", bound=Hashable)


def shapley(causes: Sequence[Cause], worth: Callable[[AbstractSet[Cause]], float]) -> dict[Cause, float]:
    """Return each cause's share; they add up to worth(all) - worth(none). At most four causes are meant."""
    worths = {subset: worth(subset) for subset in _subsets(causes)}
    return {
        cause: sum(
            (worths[subset | {cause}] - worths[subset]) / (len(causes) * comb(len(causes) - 1, len(subset)))
            for subset in worths
            if cause not in subset
        )
        for cause in causes
    }


def _subsets(causes: Sequence[Cause]) -> list[frozenset[Cause]]:
    return [frozenset(subset) for size in range(len(causes) + 1) for subset in combinations(causes, size)]
