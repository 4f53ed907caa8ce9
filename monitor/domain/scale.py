"""Scales: the named ranges of heat, which end alarms, and concern, which means the same on all."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from monitor.domain.wording import msgid, say

FULL = 100.0


class Concern(IntEnum):
    """How worried to be; the same five steps on every scale."""

    NORMAL = 0
    WATCH = 1
    ELEVATED = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The step's word in lower case, which is also its name for programs."""
        return self.name.lower()

    @property
    def said(self) -> str:
        """The step's word in the language that is spoken."""
        return say(self.word)


CONCERNS_SAID = (msgid("normal"), msgid("watch"), msgid("elevated"), msgid("high"), msgid("critical"))


class AlarmingEnd(StrEnum):
    """Which end of a scale is the bad one."""

    LOW = "low"
    HIGH = "high"


UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One named range of heat, `low` to `high`; an edge belongs to the more alarming side."""

    name: str
    low: float
    high: float
    concern: Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Levels from heat 0 to heat 100 without gap, concern rising towards the alarming end."""

    slug: str
    name: str
    alarming_end: AlarmingEnd
    levels: tuple[Level, ...]
    margin: float = 2.0
    dwell: int = 2

    def __post_init__(self) -> None:
        """Refuse an impossible scale: gaps, overlaps, or concern not strictly rising to the alarming end."""
        if not self.levels or self.levels[0].low != 0 or self.levels[-1].high != FULL:
            message = f"scale {self.slug}: levels must cover 0 to 100, in rising order"
            raise ValueError(message)
        for below, above in zip(self.levels, self.levels[1:], strict=False):
            if below.high != above.low or below.low >= below.high:
                message = f"scale {self.slug}: {below.name} and {above.name} do not meet at one edge"
                raise ValueError(message)
            rises = above.concern > below.concern
            if rises is not (self.alarming_end is AlarmingEnd.HIGH):
                message = f"scale {self.slug}: concern must rise towards the {self.alarming_end} end"
                raise ValueError(message)

    def heat(self, pressure: float) -> float:
        """Heat of a pressure: its complement where cold alarms (heat.md 1)."""
        return FULL - pressure if self.alarming_end is AlarmingEnd.LOW else pressure

    def level_for(self, heat: float) -> Level:
        """Return the level of a heat, without hysteresis; an edge belongs to the alarming side."""
        if self.alarming_end is AlarmingEnd.LOW:
            return next(level for level in self.levels if heat <= level.high)
        return next(level for level in reversed(self.levels) if heat >= level.low)


def _five(names: tuple[str, ...], concerns: tuple[Concern, ...]) -> tuple[Level, ...]:
    return tuple(
        Level(name=name, low=20.0 * step, high=20.0 * (step + 1), concern=concern)
        for step, (name, concern) in enumerate(zip(names, concerns, strict=True))
    )


LEVELS_SAID = (
    msgid("Cold"), msgid("Cool"), msgid("Mild"), msgid("Warm"), msgid("Hot"),
    msgid("Calm"), msgid("Simmering"), msgid("Heated"), msgid("Burning"), msgid("Blazing"), msgid("Unknown"),
)  # fmt: skip

STANDING = Scale(
    slug="standing",
    name="Standing",
    alarming_end=AlarmingEnd.LOW,
    levels=_five(LEVELS_SAID[:5], tuple(sorted(Concern, reverse=True))),
)
RISK = Scale(
    slug="risk",
    name="Risk",
    alarming_end=AlarmingEnd.HIGH,
    levels=_five(LEVELS_SAID[5:10], tuple(sorted(Concern))),
)
