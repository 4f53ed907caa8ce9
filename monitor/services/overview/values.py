"""View values that several pages share."""

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.chart import worsens
from monitor.domain.clock import ClockMode
from monitor.domain.scale import UNKNOWN, AlarmingEnd, Concern, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A move of heat and whether it is towards the alarming end; `unusual_sd` in its own past spread."""

    delta: float
    is_worse: bool
    unusual_sd: float | None = None


def change_of(delta: float | None, end: AlarmingEnd, unusual_sd: float | None = None) -> Change | None:
    """Return a change as it is shown; None where it is not known."""
    if delta is None:
        return None
    return Change(delta=delta, is_worse=worsens(delta, end), unusual_sd=unusual_sd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A driver or series that moved heat, with its value before and after in words."""

    slug: str
    name: str
    change: Change
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a subject stands: what its mark, level and concern are drawn from."""

    slug: str
    name: str
    kind: str
    kind_words: str
    scale: Scale
    heat: float | None
    level: str
    concern: Concern | None
    last_level: str
    last_level_at: datetime | None
    last_concern: Concern | None
    clock: ClockMode
    as_of: datetime
    coverage: float | None
    min_coverage: float
    confidence: float | None
    carried: float | None
    is_exercise: bool

    @property
    def is_unknown(self) -> bool:
        """Whether there is no level, for lack of data or of any assessment."""
        return self.level in {"", UNKNOWN}

    @property
    def is_archive(self) -> bool:
        """Whether the clock stands."""
        return self.clock is ClockMode.STANDING

    @property
    def rank(self) -> tuple[int, float, int]:
        """Sort key: worst first, an Unknown by its last known concern, then by closeness to alarm."""
        concern = self.concern if self.concern is not None else self.last_concern
        return (-int(concern or 0), -self.pressure, int(self.is_unknown))

    @property
    def pressure(self) -> float:
        """Heat turned so that more is worse; 0 without a heat."""
        if self.heat is None:
            return 0.0
        return 100.0 - self.heat if self.scale.alarming_end is AlarmingEnd.LOW else self.heat


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that fires or recovers, in a line or two."""

    fingerprint: str
    title: str
    subject: str
    subject_name: str
    detail: str
    state: str
    concern: Concern
    started_at: datetime | None
    as_of: datetime
    acked_by: str = ""
    acked_until: datetime | None = None
    is_blind: bool = False
    is_exercise: bool = False
    is_archive: bool = False

    @property
    def needs_someone(self) -> bool:
        """Whether it fires and nobody took it on."""
        return self.state == "firing" and not self.acked_by

    @property
    def age_seconds(self) -> float:
        """How long it has been open on its subject's clock."""
        return 0.0 if self.started_at is None else (self.as_of - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """What every page's head tells: the worker, the alerts that need someone, the time.

    `silent_channels` are those that take nothing, by name, with since when if that is known;
    `overdue_checks` comms checks that failed or nobody answered: channel, recipient, since when;
    `handovers` those that wait too long for someone: number, who hands over, since when. Without
    `is_any_silence` there is none in force, and none need be asked for.
    """

    now: datetime
    worker_beat_at: datetime | None
    is_worker_late: bool
    worker_note: str
    needs_someone: int
    unanswered: tuple[tuple[str, str], ...] = ()
    silent_channels: tuple[tuple[str, datetime | None], ...] = ()
    overdue_checks: tuple[tuple[str, str, datetime], ...] = ()
    handovers: tuple[tuple[int, str, datetime], ...] = ()
    is_any_silence: bool = True

    @property
    def worker_age_seconds(self) -> float | None:
        """How long ago a worker last said that it lives."""
        return None if self.worker_beat_at is None else (self.now - self.worker_beat_at).total_seconds()
