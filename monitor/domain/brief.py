"""The brief: four questions about a subject, answered by rules, every sentence bound to its figures.

Likelihood and confidence never share a sentence; nothing is said that no figure or statement carries.
"""

from dataclasses import dataclass

from monitor.domain.scale import AlarmingEnd, Scale
from monitor.domain.spoken import capital, clipped, listed, lowered, number, percent, signed
from monitor.domain.statement import Question

MOST_BOTTOM_LINE = 160
LEAST_MOVE = 1.0
HEADLINES = 3
_HEADLINE = "headline-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value a sentence rests on: what it is, when it was, how it is graded, which citation."""

    value: str
    what: str
    when: str
    grade: str
    citation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence with what it rests on; `contested` is what speaks against it."""

    text: str
    figures: tuple[Figure, ...] = ()
    citation: int = 0
    grade: str = ""
    when: str = ""
    contested: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question; `opening` is written in bold, before the evidence."""

    question: Question
    title: str
    opening: Sentence
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The whole brief."""

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
class SaidFact:
    """A statement with the number of its citation on the page."""

    slug: str
    question: Question
    text: str
    citation: int
    grade: str = ""
    when: str = ""
    contested: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFacts:
    """All a brief is written from. `since` names the span's start, `is_person` chooses the pronoun."""

    name: str
    is_person: bool
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

    @property
    def is_standing(self) -> bool:
        """Whether cold alarms."""
        return self.scale.alarming_end is AlarmingEnd.LOW

    @property
    def has_level(self) -> bool:
        """Whether there is a level to speak of."""
        return self.heat is not None and any(level.name == self.level for level in self.scale.levels)


def write(facts: BriefFacts) -> Brief:
    """Write the brief."""
    headlines = tuple(_sentence(each) for each in facts.said if each.slug.startswith(_HEADLINE))[:HEADLINES]
    return Brief(
        title=f"{facts.name} is {facts.level}" if facts.has_level else f"{facts.name} has no level",
        bottom_line=bottom_line(facts),
        headlines=headlines,
        answers=(_why(facts), _changing(facts), _driving(facts), _meaning(facts)),
    )


def bottom_line(facts: BriefFacts) -> str:
    """The state in one sentence of at most 160 characters."""
    if not facts.has_level:
        return clipped(_blind(facts), MOST_BOTTOM_LINE)
    start = f"{facts.name} is {facts.level} at {number(facts.heat or 0)}"
    if facts.delta is None:
        return clipped(f"{start}.", MOST_BOTTOM_LINE)
    if abs(facts.delta) < LEAST_MOVE:
        return clipped(
            f"{start}, and has hardly moved since {facts.since} ({signed(facts.delta)}).", MOST_BOTTOM_LINE
        )
    full = f"{facts.name} is {facts.level} and {_direction(facts)}: {_moved(facts)}."
    return (
        full
        if len(full) <= MOST_BOTTOM_LINE
        else clipped(f"{start}, {signed(facts.delta)} since {facts.since}.", MOST_BOTTOM_LINE)
    )


def _blind(facts: BriefFacts) -> str:
    seen = (
        f"only {percent(facts.coverage)} of the weight is observed"
        if facts.coverage
        else "no value was ever seen"
    )
    last = f" Last known: {facts.last_level}." if facts.last_level else ""
    return f"{facts.name} has no level: {seen}, {percent(facts.min_coverage)} is needed.{last}"


def _direction(facts: BriefFacts) -> str:
    rises = (facts.delta or 0) > 0
    word = "hotter" if rises else "colder"
    return f"{word} still" if _is_extreme(facts, rises=rises) else word


def _is_extreme(facts: BriefFacts, *, rises: bool) -> bool:
    levels = facts.scale.levels
    return facts.level == (levels[-1] if rises else levels[0]).name


def _moved(facts: BriefFacts) -> str:
    """Supply and economy took 21.3 of the 21.5 points lost since 1 Sep."""
    delta = facts.delta or 0.0
    drivers = [move for move in facts.moves if move.is_driver and (move.delta > 0) is (delta > 0)]
    if not drivers:
        return f"{number(abs(delta), 1)} points {_went(delta)} since {facts.since}"
    top = drivers[0]
    name = lowered(top.name)
    verb = "added" if delta > 0 else "took"
    if abs(top.delta) <= abs(delta):
        return (
            f"{name} {verb} {number(abs(top.delta), 1)} of the {number(abs(delta), 1)} points "
            f"{_went(delta)} since {facts.since}"
        )
    rest = f"{number(abs(top.delta) - abs(delta), 1)} {'away again' if delta > 0 else 'back'}"
    return f"{name} {verb} {number(abs(top.delta), 1)} points since {facts.since}, the rest {_gave(delta)} {rest}"


def _gave(delta: float) -> str:
    return "took" if delta > 0 else "gave"


def _went(delta: float) -> str:
    return "gained" if delta > 0 else "lost"


def _why(facts: BriefFacts) -> Answer:
    ranked = sorted(facts.drivers, key=lambda driver: -abs(driver.points))
    top = [driver for driver in ranked if driver.points][:3]
    whole = sum(abs(driver.points) for driver in facts.drivers)
    share = sum(abs(driver.points) for driver in top)
    verb = "take" if facts.is_standing else "bring"
    opening = Sentence(text=_blind(facts))
    if facts.has_level and top:
        names = capital(listed([lowered(driver.name) for driver in top]))
        tail = f"points {'from full strength' if facts.is_standing else 'of risk'}"
        opening = Sentence(
            text=f"{names} {verb} {number(share, 1)} of the {number(whole, 1)} {tail}.",
            figures=tuple(driver.figures[0] for driver in top if driver.figures),
        )
    told = [_values(driver) for driver in top if driver.figures]
    return Answer(
        question=Question.WHY,
        title=f"Why is {facts.name} {facts.level}?" if facts.has_level else f"Why has {facts.name} no level?",
        opening=opening,
        sentences=(*told, *_said(facts, Question.WHY)),
        figures=tuple(driver.figures[0] for driver in top if driver.figures),
    )


def _values(driver: DriverFact) -> Sentence:
    """Name a driver's weightiest figures in one sentence."""
    figures = driver.figures[:2]
    parts = [f"{lowered(figure.what)} stands at {figure.value} ({figure.when})" for figure in figures]
    return Sentence(text=f"{driver.name}: {listed(parts)}.", figures=figures)


def _changing(facts: BriefFacts) -> Answer:
    title = f"What is changing {facts.name}’s heat level?"
    if facts.delta is None or not facts.moves:
        opening = Sentence(text=f"Nothing has moved it since {facts.since}.")
        return Answer(
            question=Question.CHANGING,
            title=title,
            opening=opening,
            sentences=_said(facts, Question.CHANGING),
        )
    parts = [move for move in facts.moves if not move.is_driver]
    worse = [move for move in parts if (move.delta > 0) is (facts.delta > 0)]
    eased = [move for move in parts if (move.delta > 0) is not (facts.delta > 0)]
    sentences = [_moves(worse[:3], "alone moved it by")] if worse else []
    if eased:
        sentences.append(_moves(eased[:2], "pulled the other way by"))
    return Answer(
        question=Question.CHANGING,
        title=title,
        opening=Sentence(text=f"{capital(_moved(facts))}."),
        sentences=(*sentences, *_said(facts, Question.CHANGING)),
        figures=tuple(
            Figure(value=signed(move.delta), what=_path(move), when=f"since {facts.since}", grade="")
            for move in parts[:3]
        ),
    )


def _path(move: MoveFact) -> str:
    if move.causes:
        return f"{move.name}, {', '.join(move.causes)}"
    return f"{move.name}, {move.before} to {move.after}" if move.before != move.after else move.name


def _moves(moves: list[MoveFact], verb: str) -> Sentence:
    first, *rest = moves
    text = f"{first.name} {verb} {signed(first.delta)}{_cause(first)}"
    others = [f"{lowered(move.name)} {signed(move.delta)}{_cause(move)}" for move in rest]
    return Sentence(text=f"{', '.join([text, *others])}.")


def _cause(move: MoveFact) -> str:
    return f" ({', '.join(move.causes)})" if move.causes else ""


def _driving(facts: BriefFacts) -> Answer:
    pressed = sorted(
        (driver for driver in facts.drivers if driver.pressure is not None),
        key=lambda each: -(each.pressure or 0),
    )
    opening = Sentence(text="No driver has a value yet.")
    if pressed:
        most, least = pressed[0], pressed[-1]
        text = f"{most.name} presses hardest, at {number(most.pressure or 0)} of 100"
        if least is not most:
            text += f"; {lowered(least.name)} least, at {number(least.pressure or 0)}"
        opening = Sentence(text=f"{text}.", figures=most.figures[:1])
    return Answer(
        question=Question.DRIVING,
        title=f"What is driving {'him' if facts.is_person else facts.name}?",
        opening=opening,
        sentences=_said(facts, Question.DRIVING),
        figures=tuple(
            Figure(
                value=number(driver.pressure or 0), what=f"{driver.name}, pressure of 100", when="", grade=""
            )
            for driver in pressed[:3]
        ),
    )


def _meaning(facts: BriefFacts) -> Answer:
    return Answer(
        question=Question.MEANING,
        title="What does this mean for you?",
        opening=_flip(facts),
        sentences=_said(facts, Question.MEANING),
    )


def _flip(facts: BriefFacts) -> Sentence:
    """Say how far the next calmer level is, and how heat has moved of late."""
    if not facts.has_level or facts.heat is None:
        return Sentence(
            text="Do not read the silence as calm: plan by the last known level until values arrive."
        )
    levels = facts.scale.levels
    place = [level.name for level in levels].index(facts.level)
    here = levels[place]
    step = 1 if facts.is_standing else -1
    month = "" if facts.month is None else f"; in 30 days it moved {signed(facts.month)}"
    if not 0 <= place + step < len(levels):
        return Sentence(text=f"{facts.name} is at the calm end of the scale{month}.")
    edge = here.high + facts.scale.margin if facts.is_standing else here.low - facts.scale.margin
    gap = abs(edge - facts.heat)
    past = "above" if facts.is_standing else "below"
    return Sentence(
        text=(
            f"Plan for {facts.level}: heat must pass {past} {number(edge)} to reach "
            f"{levels[place + step].name}, {number(gap, 1)} points from here{month}."
        )
    )


def _said(facts: BriefFacts, question: Question) -> tuple[Sentence, ...]:
    return tuple(
        _sentence(each)
        for each in facts.said
        if each.question is question and not each.slug.startswith(_HEADLINE)
    )


def _sentence(said: SaidFact) -> Sentence:
    return Sentence(
        text=said.text, citation=said.citation, grade=said.grade, when=said.when, contested=said.contested
    )
