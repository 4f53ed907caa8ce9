"""What the greys of a map stand for: concerns, states in words, or numbers from so many on."""

from dataclasses import dataclass
from itertools import pairwise

from monitor.domain.indicator import Indicator
from monitor.domain.map_picture import (
    CONCERNS_OF_SHADES,
    INCIDENT_STEPS,
    KILLED_STEPS,
    is_between,
    pressure_of,
    shade_of_pressure,
)
from monitor.domain.spoken import number
from monitor.domain.wording import say


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """One grey with what it stands for."""

    shade: int
    words: str
    is_hatched: bool = False


def count_legend(*, is_killed: bool) -> tuple[LegendEntry, ...]:
    """Return the greys of numbers of incidents or of people killed."""
    steps = KILLED_STEPS if is_killed else INCIDENT_STEPS
    ends = [say("{low} to {high}", low=number(low), high=number(high - 1)) for low, high in pairwise(steps)]
    words = [*ends, say("{n} and more", n=number(steps[-1]))]
    return tuple(LegendEntry(shade=shade, words=each) for shade, each in enumerate(words))


def indicator_legend(indicator: Indicator) -> tuple[LegendEntry, ...]:
    """Return the greys of an indicator: its states by their words, else what its thresholds mean."""
    if pressure_of(indicator, 0.0) is None:
        return ()
    if indicator.words:
        found = {word: pressure_of(indicator, value) for word, value in indicator.words.items()}
        return tuple(
            LegendEntry(shade=shade_of_pressure(each), words=word, is_hatched=is_between(indicator, each))
            for word, each in found.items()
        )
    return tuple(
        LegendEntry(shade=shade, words=say("{first} or {second}", first=each[0].said, second=each[1].said)
        if len(each) > 1 else each[0].said)
        for shade, each in enumerate(CONCERNS_OF_SHADES)
    )  # fmt: skip
