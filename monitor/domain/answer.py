"""The answers of a brief, written by rules: nothing is said that no figure or statement carries.

A likelihood and a confidence never share a sentence: likelihoods come from statements, of which none names
a confidence, and the confidence of a heat stands apart from all answers.
"""

from collections.abc import Sequence

from monitor.domain.brief import Answer, Brief, BriefFacts, DriverFact, Figure, MoveFact, SaidFact, Sentence
from monitor.domain.spoken import capital, clipped, listed, lowered, number, parted, percent, signed
from monitor.domain.statement import Question
from monitor.domain.wording import SOURCE_LANGUAGE, msgid, say, say_many, tongue

MOST_BOTTOM_LINE = 160
LEAST_MOVE = 1.0
HEADLINES = 3
HEADLINE = "headline-"
_TOP = 3
_MOST_EVENTS = 4
_CAUSES = {"time": msgid("with time")}
# By whether a leader's standing is told, or a risk: what takes from heat, and what gives it back.
_TAKES = {
    True: (msgid("{name} took {points}{how}"), msgid("{name} gave back {points}{how}")),
    False: (msgid("{name} added {points}{how}"), msgid("{name} took away {points}{how}")),
}


def write(facts: BriefFacts) -> Brief:
    """Write the brief."""
    return Brief(
        title=say("{subject} is {level}", subject=facts.name, level=say(facts.level))
        if facts.has_level
        else say("{name} has no level", name=facts.name),
        bottom_line=bottom_line(facts),
        headlines=tuple(_sentence(facts, each) for each in _headlines(facts)),
        answers=(_why(facts), _changing(facts), _driving(facts), _meaning(facts)),
    )


def bottom_line(facts: BriefFacts) -> str:
    """Return the state in at most 160 characters: the fullest that fits."""
    if not facts.has_level:
        return clipped(_blind(facts), MOST_BOTTOM_LINE)
    level, since = say(facts.level), facts.since
    start = say(
        "{subject} is {level} at {heat}", subject=facts.name, level=level, heat=number(facts.heat or 0)
    )
    if facts.delta is None:
        tried = [f"{start}."]
    elif abs(facts.delta) < LEAST_MOVE:
        tried = [
            say(
                "{start}, and has hardly moved since {since} ({change}).",
                start=start, since=since, change=signed(facts.delta),
            ),
            f"{start}.",
        ]  # fmt: skip
    else:
        tried = [
            say(
                "{name} is {level} and {direction}: {moved}.",
                name=facts.name, level=level, direction=_direction(facts), moved=lowered(_moved(facts)),
            ),
            say("{start}, {change} since {since}.", start=start, change=signed(facts.delta), since=since),
        ]  # fmt: skip
    fitting = [line for line in tried if len(line) <= MOST_BOTTOM_LINE]
    return fitting[0] if fitting else clipped(tried[-1], MOST_BOTTOM_LINE)


# ------------------------------------------------------------------------------------------ why


def _why(facts: BriefFacts) -> Answer:
    top = [driver for driver in _ranked(facts) if driver.points][:_TOP]
    figures = tuple(driver.figures[0] for driver in top if driver.figures)
    return Answer(
        question=Question.WHY,
        title=say("Why is {name} {level}?", name=facts.name, level=say(facts.level))
        if facts.has_level
        else say("Why has {name} no level?", name=facts.name),
        opening=_weight_of(facts, top) if facts.has_level and top else Sentence(text=_blind(facts)),
        evidence=tuple(_values(driver) for driver in top if driver.figures),
        said=_said(facts, Question.WHY),
        figures=figures,
    )


def _lifted(facts: BriefFacts) -> str:
    """Say what a floor adds to the points of the drivers; nothing where none does."""
    if facts.floor is None:
        return ""
    told = {"lift": number(facts.floor.lift, 1), "name": facts.floor.name, "value": facts.floor.reaches}
    if facts.is_standing:
        return say("; a floor takes {lift} while {name} is {value}", **told)
    return say("; a floor brings {lift} while {name} is {value}", **told)


def _weight_of(facts: BriefFacts, top: Sequence[DriverFact]) -> Sentence:
    whole, share = (sum(abs(driver.points) for driver in each) for each in (facts.drivers, top))
    lift = 0.0 if facts.floor is None else facts.floor.lift
    told = {
        "names": capital(_joined([lowered(driver.name) for driver in top])), "share": number(share, 1),
        "whole": number(whole + lift, 1), "floor": _lifted(facts),
    }  # fmt: skip
    if facts.is_standing:
        text = say_many(
            "{names} takes {share} of the {whole} points missing from 100{floor}.",
            "{names} take {share} of the {whole} points missing from 100{floor}.", len(top), **told,
        )  # fmt: skip
    else:
        text = say_many(
            "{names} brings {share} of the {whole} points of risk{floor}.",
            "{names} bring {share} of the {whole} points of risk{floor}.", len(top), **told,
        )  # fmt: skip
    return Sentence(
        text=text,
        figures=tuple(driver.figures[0] for driver in top if driver.figures),
    )


def _joined(names: list[str]) -> str:
    """List names, of which some may themselves hold an "and"."""
    if tongue().code == SOURCE_LANGUAGE and len(names) > 1 and any(" and " in name for name in names):
        return f"{', '.join(names[:-1])}, and {names[-1]}"
    return listed(names)


def _values(driver: DriverFact) -> Sentence:
    """Name a driver's pressure and its weightiest figures."""
    figures = driver.figures[:2]
    parts = parted([f"{lowered(figure.what)} {figure.value} ({figure.when})" for figure in figures])
    if driver.pressure is None:
        text = say("{name}: {what}.", name=driver.name, what=parts)
    else:
        text = say(
            "{name} presses at {pressure} of 100: {what}.",
            name=driver.name, pressure=number(driver.pressure), what=parts,
        )  # fmt: skip
    return Sentence(text=text, figures=figures, driver=driver.name)


def _blind(facts: BriefFacts) -> str:
    least = percent(facts.min_coverage)
    if facts.coverage:
        told = say(
            "{name} has no level: only {share} of the weight is observed, {least} is needed.",
            name=facts.name, share=percent(facts.coverage), least=least,
        )  # fmt: skip
    else:
        told = say(
            "{name} has no level: no value was ever seen, {least} is needed.", name=facts.name, least=least
        )
    last = say("Last known: {level}.", level=say(facts.last_level))
    return f"{told} {last}" if facts.last_level else told


# ------------------------------------------------------------------------------------------ changing


def _changing(facts: BriefFacts) -> Answer:
    title = say("What is changing {name}’s heat level?", name=facts.name)
    said = _said(facts, Question.CHANGING)
    if facts.delta is None or not facts.moves:
        opening = Sentence(text=say("Nothing has moved it since {since}.", since=facts.since))
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
    rises = delta > 0
    along = [move for move in facts.moves if move.is_driver and (move.delta > 0) is rises]
    told = {"whole": number(abs(delta), 1), "since": facts.since}
    if not along:
        if rises:
            return say("{whole} points gained since {since}", **told)
        return say("{whole} points lost since {since}", **told)
    top = along[0]
    told |= {"name": top.name, "share": number(abs(top.delta), 1), "back": number(abs(top.delta - delta), 1)}
    if abs(top.delta) <= abs(delta):
        if rises:
            return say("{name} added {share} of the {whole} points gained since {since}", **told)
        return say("{name} took {share} of the {whole} points lost since {since}", **told)
    if rises:
        return say("{name} added {share} points since {since}, and the rest took {back} back", **told)
    return say("{name} took {share} points since {since}, and the rest gave {back} back", **told)


def _part_sentences(facts: BriefFacts, parts: Sequence[MoveFact]) -> list[Sentence]:
    worse = [move for move in parts if facts.worsens(move.delta)][:_TOP]
    eased = [move for move in parts if not facts.worsens(move.delta)][:2]
    sentences = zip((worse, eased), _TAKES[facts.is_standing], strict=True)
    return [_parts(facts, moves, template) for moves, template in sentences if moves]


def _parts(facts: BriefFacts, moves: Sequence[MoveFact], template: str) -> Sentence:
    first, *rest = moves
    text = [say(template, name=first.name, points=number(abs(first.delta), 1), how=_how(first))]
    text += [f"{lowered(move.name)} {number(abs(move.delta), 1)}{_how(move)}" for move in rest]
    return Sentence(text=f"{parted(text)}.", figures=tuple(_moved_figure(facts, move) for move in moves))


def _how(move: MoveFact) -> str:
    """From what to what, or why where that is no new value."""
    if move.causes:
        return f" ({', '.join(say(_CAUSES.get(cause, cause)) for cause in move.causes)})"
    if move.before == move.after:
        return ""
    return f" ({say('{before} to {after}', before=move.before, after=move.after)})"


def _moved_figure(facts: BriefFacts, move: MoveFact) -> Figure:
    """Return a move with the grade and citation of the value in force."""
    own = (figure for driver in facts.drivers for figure in driver.figures if figure.what == move.name)
    value = next(own, None)
    return Figure(
        value=signed(move.delta),
        what=f"{lowered(move.name)}{_how(move)}",
        when=say("since {day}", day=facts.since),
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
    return [Sentence(text=say("In that time: {events}.", events=told), figures=figures)]


# ------------------------------------------------------------------------------------------ driving, meaning


def _driving(facts: BriefFacts) -> Answer:
    felt = [(driver.pressure, driver) for driver in facts.drivers if driver.pressure is not None]
    felt.sort(key=lambda pair: -pair[0])
    opening = Sentence(text=say("No driver has a value yet."))
    if felt:
        (most, hardest), (least, lightest) = felt[0], felt[-1]
        text = say("{name} presses hardest, at {pressure} of 100", name=hardest.name, pressure=number(most))
        if lightest is not hardest:
            text += say("; {name} least, at {pressure}", name=lowered(lightest.name), pressure=number(least))
        opening = Sentence(text=f"{text}.", figures=hardest.figures[:1])
    return Answer(
        question=Question.DRIVING,
        title=say("What is driving {name}?", name=facts.name),
        opening=opening,
        said=_said(facts, Question.DRIVING),
        figures=tuple(
            Figure(value=number(pressure), what=driver.name, unit=say("pressure of 100"), when="")
            for pressure, driver in felt[:_TOP]
        ),
    )


def _meaning(facts: BriefFacts) -> Answer:
    opening = _outlook(facts)
    evidence = () if facts.month is None or not facts.has_level else (_pace(facts, facts.month),)
    return Answer(
        question=Question.MEANING,
        title=say("What does this mean for you?"),
        opening=opening,
        evidence=evidence,
        said=_said(facts, Question.MEANING),
        figures=tuple(figure for sentence in (opening, *evidence) for figure in sentence.figures),
    )


def _outlook(facts: BriefFacts) -> Sentence:
    """Say which level to plan for, and how far the next calmer one is."""
    if not facts.has_level or facts.heat is None:
        return Sentence(text=say("Silence is not calm: plan by the last known level until values arrive."))
    levels, margin = facts.scale.levels, facts.scale.margin
    place = [level.name for level in levels].index(facts.level)
    calmer = place + (1 if facts.is_standing else -1)
    if not 0 <= calmer < len(levels):
        return Sentence(text=say("{name} is at the calm end of the scale.", name=facts.name))
    edge = levels[place].high + margin if facts.is_standing else levels[place].low - margin
    gap = max(0.0, edge - facts.heat if facts.is_standing else facts.heat - edge)
    then = say(levels[calmer].name)
    away = Figure(
        value=number(gap, 1), what=say("points of heat to {level}", level=then), when=say("as things stand")
    )
    told = {"level": say(facts.level), "edge": number(edge), "calmer": then, "gap": number(gap, 1)}
    if facts.is_standing:
        text = say(
            "Plan for {level}: heat must hold above {edge} before it is {calmer}, and is {gap} points away.",
            **told,
        )
    else:
        text = say(
            "Plan for {level}: heat must hold below {edge} before it is {calmer}, and is {gap} points away.",
            **told,
        )
    return Sentence(text=text, figures=(away,))


def _pace(facts: BriefFacts, month: float) -> Sentence:
    """Say where heat went in the last month."""
    if abs(month) < LEAST_MOVE:
        return Sentence(text=say("In the last 30 days it hardly moved ({change}).", change=signed(month)))
    figure = Figure(value=signed(month), what=lowered(say("Heat")), when=say("in 30 days"))
    if facts.worsens(month):
        text = say("In the last 30 days it moved {change}, for the worse.", change=signed(month))
    else:
        text = say("In the last 30 days it moved {change}, for the better.", change=signed(month))
    return Sentence(text=text, figures=(figure,))


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
    figure = Figure(
        value=say("as stated"), what=driver, when=said.when, grade=said.grade, citation=said.citation
    )
    return Sentence(
        text=said.text, figures=(figure,), citation=said.citation, grade=said.grade, when=said.when,
        contested=said.contested, driver=driver,
    )  # fmt: skip


def _ranked(facts: BriefFacts) -> list[DriverFact]:
    return sorted(facts.drivers, key=lambda driver: -abs(driver.points))


def _direction(facts: BriefFacts) -> str:
    """Colder; colder still where there is no level beyond."""
    rises = (facts.delta or 0) > 0
    is_last = facts.level == facts.scale.levels[-1 if rises else 0].name
    if rises:
        return say("hotter still") if is_last else say("hotter")
    return say("colder still") if is_last else say("colder")
