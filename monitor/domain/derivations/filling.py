"""How gaps of a series are filled, where its indicator asks for it (heat.md 5; COINr's Impute)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Filling(StrEnum):
    """What a missing value is filled with.

    From peers, in the same period: `mean`, `median`, `group_mean`, `group_median`. From the own past:
    `latest` value, the `constant` last value (or before the first the first), or a `linear` line between
    neighbours (level beyond them).
    """

    MEAN = "mean"
    MEDIAN = "median"
    GROUP_MEAN = "group_mean"
    GROUP_MEDIAN = "group_median"
    LATEST = "latest"
    CONSTANT = "constant"
    LINEAR = "linear"


OF_PEERS = frozenset({Filling.MEAN, Filling.MEDIAN, Filling.GROUP_MEAN, Filling.GROUP_MEDIAN})
OF_GROUPS = frozenset({Filling.GROUP_MEAN, Filling.GROUP_MEDIAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Imputation:
    """Fill the periods that any of `units` has a value for, where a unit has none of its own.

    Values are those of the indicator, after its transforms. From peers, an own value no older than
    `max_age_days` stands instead (None: until it is stale); from the own past, `max_age_days` is how far
    the value taken may lie away (None: any distance). `groups` says which group a unit belongs to.
    `least` is from how many values a mean or a median is taken.
    """

    by: Filling
    units: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    max_age_days: float | None = None
    least: int = 1

    def __post_init__(self) -> None:
        """Refuse a negative age and a mean of nothing."""
        if self.max_age_days is not None and self.max_age_days < 0:
            message = f"max_age_days must not be below 0, but is {self.max_age_days:g}"
            raise ValueError(message)
        if self.least < 1:
            message = f"least must be 1 or more, not {self.least}"
            raise ValueError(message)
