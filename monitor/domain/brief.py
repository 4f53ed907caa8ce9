"""The brief: four questions about a subject, with answers whose every sentence is bound to its figures."""

from dataclasses import dataclass

from monitor.domain.scale import AlarmingEnd, Scale
from monitor.domain.statement import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value that a sentence rests on: what it is, when it was, how graded, the number of its citation."""

    value: str
    what: str
    when: str
    grade: str = ""
    citation: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence with what it rests on; `contested` speaks against it, `driver` is what it is about."""

    text: str
    figures: tuple[Figure, ...] = ()
    citation: int = 0
    grade: str = ""
    when: str = ""
    contested: str = ""
    driver: str = ""

    @property
    def citations(self) -> tuple[int, ...]:
        """The numbers of all citations behind it, each once."""
        found = dict.fromkeys([*(figure.citation for figure in self.figures), self.citation])
        return tuple(number for number in found if number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question. `opening` is written in bold; then what was measured, then what was said."""

    question: Question
    title: str
    opening: Sentence
    evidence: tuple[Sentence, ...] = ()
    said: tuple[Sentence, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All that follows the opening."""
        return (*self.evidence, *self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The whole brief: one line, up to three headlines, four answers."""

    title: str
    bottom_line: str
    headlines: tuple[Sentence, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFact:
    """A driver now: its pressure, the points of heat it accounts for, its figures from the weightiest."""

    name: str
    pressure: float | None
    points: float
    figures: tuple[Figure, ...] = ()
    slug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFact:
    """A driver or series that moved heat in the span; `causes` are empty where it was a new value."""

    name: str
    delta: float
    is_driver: bool
    before: str = ""
    after: str = ""
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFact:
    """An event within the span; `when` is no more precise than its source."""

    title: str
    when: str
    citation: int = 0
    grade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFact:
    """A statement with the number of its citation on the page, and the slug of its driver."""

    slug: str
    question: Question
    text: str
    citation: int
    grade: str = ""
    when: str = ""
    contested: str = ""
    driver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorFact:
    """The floor that lifts a subject's pressure by `lift` points, while `name` `reaches`."""

    name: str
    reaches: str
    lift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFacts:
    """All a brief is written from. `since` names the span's start, `month` is the change in 30 days."""

    name: str
    scale: Scale
    heat: float | None
    level: str
    last_level: str
    coverage: float | None
    min_coverage: float
    since: str
    delta: float | None
    month: float | None
    drivers: tuple[DriverFact, ...]
    moves: tuple[MoveFact, ...]
    said: tuple[SaidFact, ...]
    events: tuple[EventFact, ...] = ()
    floor: FloorFact | None = None

    @property
    def is_standing(self) -> bool:
        """Whether cold alarms."""
        return self.scale.alarming_end is AlarmingEnd.LOW

    @property
    def has_level(self) -> bool:
        """Whether there is a level to speak of."""
        return self.heat is not None and any(level.name == self.level for level in self.scale.levels)

    def worsens(self, delta: float) -> bool:
        """Whether a change of heat goes towards the alarming end."""
        return delta != 0 and (delta < 0) is self.is_standing
