"""What a handover is drafted from: alerts, subjects, silences and troubles as they stand."""

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.scale import AlarmingEnd, Concern
from monitor.domain.shifts.content import NO_FIGURES, Due, Figures, Noted

# A smaller move is no news to the next shift, unless it entered another level.
LEAST_MOVE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFact:
    """An open alert: who has it in hand until when, or when it is told to the next in line.

    `is_blind`: it is about data that does not come; `stands_still`: it has nothing new to judge by.
    `idea` is what is thought of it, by the shift log or the note of the acknowledgement.
    """

    episode_id: str
    title: str
    subject: str
    subject_name: str
    concern: Concern
    what: str = ""
    acked_by: str = ""
    acked_until: datetime | None = None
    silenced_until: datetime | None = None
    silenced_because: str = ""
    is_recovering: bool = False
    is_blind: bool = False
    stands_still: bool = False
    escalates_at: datetime | None = None
    open_seconds: float = 0.0
    is_archive: bool = False
    channels: tuple[str, ...] = ()
    idea: str = ""
    idea_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFact:
    """A subject when the shift began and now; a concern of None: Unknown. `movers` say what moved it."""

    slug: str
    name: str
    end: AlarmingEnd
    heat_before: float | None
    heat: float | None
    level_before: str
    level: str
    concern_before: Concern | None
    concern: Concern | None
    last_level: str = ""
    blind_since: datetime | None = None
    coverage: float | None = None
    min_coverage: float = 0.0
    movers: tuple[str, ...] = ()

    @property
    def delta(self) -> float:
        """How far heat moved; 0 where either end is not known."""
        if self.heat is None or self.heat_before is None or self.concern is None:
            return 0.0
        return self.heat - self.heat_before

    @property
    def has_entered(self) -> bool:
        """Whether it has another level than when the shift began."""
        return self.concern is not None and self.level_before not in {"", self.level}

    @property
    def has_moved(self) -> bool:
        """Whether the next shift should hear of it."""
        return self.has_entered or abs(self.delta) >= LEAST_MOVE

    @property
    def is_worse(self) -> bool:
        """Whether it moved towards the end that alarms."""
        return self.delta != 0 and (self.delta < 0) is (self.end is AlarmingEnd.LOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceFact:
    """A silence that ends within the next shifts."""

    name: str
    number: int
    ends_at: datetime
    author: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that hinders the desk from seeing or telling: `key` names it, as `source:ucdp`."""

    key: str
    name: str
    headline: str
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFacts:
    """All that a handover is drafted from; `now` is the moment of which it speaks."""

    since_at: datetime
    now: datetime
    alerts: tuple[AlertFact, ...] = ()
    subjects: tuple[SubjectFact, ...] = ()
    silences: tuple[SilenceFact, ...] = ()
    unseen: tuple[Trouble, ...] = ()
    unreached: tuple[Trouble, ...] = ()
    agenda: tuple[Due, ...] = ()
    figures: Figures = NO_FIGURES
    machine: str = ""
    log: tuple[Noted, ...] = ()
