"""The answers of a brief, written by rules: nothing is said that no figure or statement carries.

A likelihood and a confidence never share a sentence: likelihoods come from statements, of which none names
a confidence, and the confidence of a heat stands apart from all answers.
"""

from collections.abc import Sequence

from monitor.domain.brief import Answer, Brief, BriefFacts, DriverFact, Figure, MoveFact, SaidFact, Sentence
from monitor.domain.spoken import capital, clipped, listed, lowered, number, percent, signed
from monitor.domain.statement import Question

MOST_BOTTOM_LINE = 160
LEAST_MOVE = 1.0
HEADLINES = 3
HEADLINE = "headline-"
_TOP = 3
_MOST_EVENTS = 4
_CAUSES = {"time": "with time"}


def write(facts: BriefFacts) -> Brief:
    """Write the brief."""
    return Brief(
        title=f"{facts.name} is {facts.level}" if facts.has_level else f"{facts.name} has no level",
        bottom_line=bottom_line(facts),
        headlines=tuple(_sentence(facts, each) for each in _headlines(facts)),
        answers=(_why(facts), _changing(facts), _driving(facts), _meaning(facts)),
    )


def bottom_line(facts: BriefFacts) -> str:
    """Return the state in at most 160 characters: the fullest that fits."""
    if not facts.has_level:
        return clipped(_blind(facts), MOST_BOTTOM_LINE)
    start = f"{facts.name} is {facts.level} at {number(facts.heat or 0)}"
    if facts.delta is None:
        tried = [f"{start}."]
    elif abs(facts.delta) < LEAST_MOVE:
        tried = [f"{start}, and has hardly moved since {facts.since} ({signed(facts.delta)}).", f"{start}."]
    else:
        tried = [
            f"{facts.name} is {facts.level} and {_direction(facts)}: {lowered(_moved(facts))}.",
            f"{start}, {signed(facts.delta)} since {facts.since}.",
        ]
    fitting = [line for line in tried if len(line) <= MOST_BOTTOM_LINE]
    return fitting[0] if fitting else clipped(tried[-1], MOST_BOTTOM_LINE)


# ------------------------------------------------------------------------------------------ why


def _why(facts: BriefFacts) -> Answer:
    top = [driver for driver in _ranked(facts) if driver.points][:_TOP]
    figures = tuple(driver.figures[0] for driver in top if driver.figures)
    return Answer(
        question=Question.WHY,
        title=f"Why is {facts.name} {facts.level}?" if facts.has_level else f"Why has {facts.name} no level?",
        opening=_weight_of(facts, top) if facts.has_level and top else Sentence(text=_blind(facts)),
        evidence=tuple(_values(driver) for driver in top if driver.figures),
        said=_said(facts, Question.WHY),
        figures=figures,
    )


def _lifted(facts: BriefFacts) -> str:
    """Say what a floor adds to the points of the drivers; nothing where none does."""
    if facts.floor is None:
        return ""
    verb = "takes" if facts.is_standing else "brings"
    return f"; a floor {verb} {number(facts.floor.lift, 1)} while {facts.floor.name} is {facts.floor.reaches}"


def _weight_of(facts: BriefFacts, top: Sequence[DriverFact]) -> Sentence:
    whole, share = (sum(abs(driver.points) for driver in each) for each in (facts.drivers, top))
    lift = 0.0 if facts.floor is None else facts.floor.lift
    verb = "take" if facts.is_standing else "bring"
    verb = f"{verb}s" if len(top) == 1 else verb
    rest = "points missing from 100" if facts.is_standing else "points of risk"
    names = capital(_joined([lowered(driver.name) for driver in top]))
    return Sentence(
        text=f"{names} {verb} {number(share, 1)} of the {number(whole + lift, 1)} {rest}{_lifted(facts)}.",
        figures=tuple(driver.figures[0] for driver in top if driver.figures),
    )


def _joined(names: list[str]) -> str:
    """List names, of which some may themselves hold an "and"."""
    if len(names) > 1 and any(" and " in name for name in names):
        return f"{', '.join(names[:-1])}, and {names[-1]}"
    return listed(names)


def _values(driver: DriverFact) -> Sentence:
    """Name a driver's pressure and its weightiest figures."""
    figures = driver.figures[:2]
    parts = [f"{lowered(figure.what)} {figure.value} ({figure.when})" for figure in figures]
    at = "" if driver.pressure is None else f" presses at {number(driver.pressure)} of 100"
    return Sentence(text=f"{driver.name}{at}: {'; '.join(parts)}.", figures=figures, driver=driver.name)


def _blind(facts: BriefFacts) -> str:
    seen = "no value was ever seen"
    if facts.coverage:
        seen = f"only {percent(facts.coverage)} of the weight is observed"
    last = f" Last known: {facts.last_level}." if facts.last_level else ""
    return f"{facts.name} has no level: {seen}, {percent(facts.min_coverage)} is needed.{last}"


# ------------------------------------------------------------------------------------------ changing


def _changing(facts: BriefFacts) -> Answer:
    title = f"What is changing {facts.name}’s heat level?"
    said = _said(facts, Question.CHANGING)
    if facts.delta is None or not facts.moves:
        opening = Sentence(text=f"Nothing has moved it since {facts.since}.")
        return Answer(question=Question.CHANGING, title=title, opening=opening, said=said)
    parts = [move for move in facts.moves if not move.is_driver]
    figures = tuple(_moved_figure(facts, move) for move in parts[:_TOP])
    return Answer(
        question=Question.CHANGING,
        title=title,
        opening=Sentence(text=f"{capital(_moved(facts))}.", figures=figures[:1]),
        evidence=(*_part_sentences(facts, parts), *_event_sentences(facts)),
        said=said,
        figures=figures,
    )


def _moved(facts: BriefFacts) -> str:
    """Supply and economy took 21.3 of the 21.5 points lost since 1 Sep."""
    delta = facts.delta or 0.0
    went = "gained" if delta > 0 else "lost"
    along = [move for move in facts.moves if move.is_driver and (move.delta > 0) is (delta > 0)]
    if not along:
        return f"{number(abs(delta), 1)} points {went} since {facts.since}"
    top, verb = along[0], "added" if delta > 0 else "took"
    share = f"{top.name} {verb} {number(abs(top.delta), 1)}"
    if abs(top.delta) <= abs(delta):
        return f"{share} of the {number(abs(delta), 1)} points {went} since {facts.since}"
    back = number(abs(top.delta - delta), 1)
    other = f"the rest {'took' if delta > 0 else 'gave'} {back} back"
    return f"{share} points since {facts.since}, and {other}"


def _part_sentences(facts: BriefFacts, parts: Sequence[MoveFact]) -> list[Sentence]:
    worse = [move for move in parts if facts.worsens(move.delta)][:_TOP]
    eased = [move for move in parts if not facts.worsens(move.delta)][:2]
    lost, eased_verb = ("took", "gave back") if facts.is_standing else ("added", "took away")
    sentences = [(worse, lost), (eased, eased_verb)]
    return [_parts(facts, moves, verb) for moves, verb in sentences if moves]


def _parts(facts: BriefFacts, moves: Sequence[MoveFact], verb: str) -> Sentence:
    first, *rest = moves
    text = [f"{first.name} {verb} {number(abs(first.delta), 1)}{_how(first)}"]
    text += [f"{lowered(move.name)} {number(abs(move.delta), 1)}{_how(move)}" for move in rest]
    return Sentence(text=f"{'; '.join(text)}.", figures=tuple(_moved_figure(facts, move) for move in moves))


def _how(move: MoveFact) -> str:
    """From what to what, or why where that is no new value."""
    if move.causes:
        return f" ({', '.join(_CAUSES.get(cause, cause) for cause in move.causes)})"
    return f" ({move.before} to {move.after})" if move.before != move.after else ""


def _moved_figure(facts: BriefFacts, move: MoveFact) -> Figure:
    """Return a move with the grade and citation of the value in force."""
    own = (figure for driver in facts.drivers for figure in driver.figures if figure.what == move.name)
    value = next(own, None)
    return Figure(
        value=signed(move.delta),
        what=f"{lowered(move.name)}{_how(move)}",
        when=f"since {facts.since}",
        grade="" if value is None else value.grade,
        citation=0 if value is None else value.citation,
    )


def _event_sentences(facts: BriefFacts) -> list[Sentence]:
    if not facts.events:
        return []
    shown = facts.events[-_MOST_EVENTS:]
    told = listed([f"{lowered(event.title)} ({event.when})" for event in shown])
    figures = tuple(
        Figure(value=event.when, what=event.title, when="", grade=event.grade, citation=event.citation)
        for event in shown
    )
    return [Sentence(text=f"In that time: {told}.", figures=figures)]


# ------------------------------------------------------------------------------------------ driving, meaning


def _driving(facts: BriefFacts) -> Answer:
    felt = [(driver.pressure, driver) for driver in facts.drivers if driver.pressure is not None]
    felt.sort(key=lambda pair: -pair[0])
    opening = Sentence(text="No driver has a value yet.")
    if felt:
        (most, hardest), (least, lightest) = felt[0], felt[-1]
        text = f"{hardest.name} presses hardest, at {number(most)} of 100"
        if lightest is not hardest:
            text += f"; {lowered(lightest.name)} least, at {number(least)}"
        opening = Sentence(text=f"{text}.", figures=hardest.figures[:1])
    return Answer(
        question=Question.DRIVING,
        title=f"What is driving {facts.name}?",
        opening=opening,
        said=_said(facts, Question.DRIVING),
        figures=tuple(
            Figure(value=number(pressure), what=driver.name, unit="pressure of 100", when="")
            for pressure, driver in felt[:_TOP]
        ),
    )


def _meaning(facts: BriefFacts) -> Answer:
    opening = _outlook(facts)
    evidence = () if facts.month is None or not facts.has_level else (_pace(facts, facts.month),)
    return Answer(
        question=Question.MEANING,
        title="What does this mean for you?",
        opening=opening,
        evidence=evidence,
        said=_said(facts, Question.MEANING),
        figures=tuple(figure for sentence in (opening, *evidence) for figure in sentence.figures),
    )


def _outlook(facts: BriefFacts) -> Sentence:
    """Say which level to plan for, and how far the next calmer one is."""
    if not facts.has_level or facts.heat is None:
        return Sentence(text="Silence is not calm: plan by the last known level until values arrive.")
    levels, margin = facts.scale.levels, facts.scale.margin
    place = [level.name for level in levels].index(facts.level)
    calmer = place + (1 if facts.is_standing else -1)
    if not 0 <= calmer < len(levels):
        return Sentence(text=f"{facts.name} is at the calm end of the scale.")
    edge = levels[place].high + margin if facts.is_standing else levels[place].low - margin
    past = "above" if facts.is_standing else "below"
    gap = max(0.0, edge - facts.heat if facts.is_standing else facts.heat - edge)
    away = Figure(value=number(gap, 1), what=f"points of heat to {levels[calmer].name}", when="now")
    return Sentence(
        text=f"Plan for {facts.level}: heat must hold {past} {number(edge)} before it is "
        f"{levels[calmer].name}, and is {number(gap, 1)} points away.",
        figures=(away,),
    )


def _pace(facts: BriefFacts, month: float) -> Sentence:
    """Say where heat went in the last month."""
    if abs(month) < LEAST_MOVE:
        return Sentence(text=f"In the last 30 days it hardly moved ({signed(month)}).")
    towards = "for the worse" if facts.worsens(month) else "for the better"
    figure = Figure(value=signed(month), what="heat", when="in 30 days")
    return Sentence(text=f"In the last 30 days it moved {signed(month)}, {towards}.", figures=(figure,))


# ------------------------------------------------------------------------------------------ statements


def _headlines(facts: BriefFacts) -> list[SaidFact]:
    """Return the statements named as headlines; without any, the first of each question."""
    named = [each for each in facts.said if each.slug.startswith(HEADLINE)]
    if named:
        return named[:HEADLINES]
    firsts = [_of(facts, question)[:1] for question in Question]
    return [each for found in firsts for each in found][:HEADLINES]


def _of(facts: BriefFacts, question: Question) -> list[SaidFact]:
    """Return the statements under a question, those about the weightiest driver first."""
    rank = {driver.slug: place for place, driver in enumerate(_ranked(facts))}
    own = [each for each in facts.said if each.question is question]
    return sorted(own, key=lambda each: rank.get(each.driver, len(rank)))


def _said(facts: BriefFacts, question: Question) -> tuple[Sentence, ...]:
    """Return the sentences said under a question; a headline is not said twice."""
    above = _headlines(facts)
    return tuple(_sentence(facts, each) for each in _of(facts, question) if each not in above)


def _sentence(facts: BriefFacts, said: SaidFact) -> Sentence:
    names = {driver.slug: driver.name for driver in facts.drivers}
    driver = names.get(said.driver, "")
    figure = Figure(value="as stated", what=driver, when=said.when, grade=said.grade, citation=said.citation)
    return Sentence(
        text=said.text, figures=(figure,), citation=said.citation, grade=said.grade, when=said.when,
        contested=said.contested, driver=driver,
    )  # fmt: skip


def _ranked(facts: BriefFacts) -> list[DriverFact]:
    return sorted(facts.drivers, key=lambda driver: -abs(driver.points))


def _direction(facts: BriefFacts) -> str:
    """Colder; colder still where there is no level beyond."""
    rises = (facts.delta or 0) > 0
    word = "hotter" if rises else "colder"
    return f"{word} still" if facts.level == facts.scale.levels[-1 if rises else 0].name else word
