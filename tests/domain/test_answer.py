"""The answers of a brief: what is said, on which figures, and what is never said."""

from dataclasses import replace

import pytest

from monitor.domain.answer import MOST_BOTTOM_LINE, write
from monitor.domain.brief import BriefFacts, DriverFact, EventFact, Figure, MoveFact, SaidFact
from monitor.domain.scale import RISK, STANDING
from monitor.domain.statement import Question

FUEL = Figure(value="500", what="Fuel price, Bamako", when="23 Nov", grade="B3", citation=1)
DEATHS = Figure(value="219", what="Conflict deaths", when="Oct", grade="B2", citation=2)
SUPPLY = DriverFact(slug="supply", name="Supply and economy", pressure=84.0, points=-25.0, figures=(FUEL,))
SECURITY = DriverFact(slug="security", name="Security", pressure=92.0, points=-23.0, figures=(DEATHS,))
MOVES = (
    MoveFact(name="Supply and economy", delta=-20.2, is_driver=True),
    MoveFact(name="Fuel price, Bamako", delta=-11.4, is_driver=False, before="100", after="500"),
    MoveFact(name="Domestic politics", delta=0.9, is_driver=True),
    MoveFact(name="Coup attempt", delta=0.9, is_driver=False, causes=("time",)),
)


def said(slug, question=Question.WHY, **values):
    return SaidFact(**{
        "slug": slug, "question": question, "text": f"Text of {slug}.", "citation": 3, "grade": "C3",
        "when": "2025", "driver": "security", **values,
    })  # fmt: skip


def facts(**values):
    return BriefFacts(**{
        "name": "Assimi Goïta", "scale": STANDING, "heat": 14.1, "level": "Cold", "last_level": "Cold",
        "coverage": 0.99, "min_coverage": 0.6, "since": "1 Sep", "delta": -19.3, "month": -4.6,
        "drivers": (SUPPLY, SECURITY), "moves": MOVES, "said": (), **values,
    })  # fmt: skip


def answer(question, **values):
    return next(each for each in write(facts(**values)).answers if each.question is question)


def texts(sentences):
    return [each.text for each in sentences]


def test_there_are_four_answers_in_the_order_of_the_questions():
    titles = [each.title for each in write(facts()).answers]
    assert titles == [
        "Why is Assimi Goïta Cold?",
        "What is changing Assimi Goïta’s heat level?",
        "What is driving Assimi Goïta?",
        "What does this mean for you?",
    ]


def test_why_opens_with_the_drivers_by_weight_and_rests_on_their_figures():
    opening = answer(Question.WHY).opening
    assert opening.text == "Supply and economy, and security take 48.0 of the 48.0 points missing from 100."
    assert opening.figures == (FUEL, DEATHS)
    assert opening.citations == (1, 2)


def test_each_driver_names_its_values_with_their_dates():
    first = answer(Question.WHY).evidence[0]
    assert first.text == "Supply and economy presses at 84 of 100: fuel price, Bamako 500 (23 Nov)."
    assert first.figures == (FUEL,)


def test_changing_says_what_was_lost_and_what_came_back():
    found = answer(Question.CHANGING)
    assert (
        found.opening.text == "Supply and economy took 20.2 points since 1 Sep, and the rest gave 0.9 back."
    )
    assert texts(found.evidence) == [
        "Fuel price, Bamako took 11.4 (100 to 500).",
        "Coup attempt gave back 0.9 (with time).",
    ]


def test_a_move_carries_the_grade_and_citation_of_the_value_in_force():
    figure = answer(Question.CHANGING).figures[0]
    assert (figure.value, figure.grade, figure.citation) == ("−11.4", "B3", 1)


def test_a_driver_that_moved_less_than_the_whole_is_told_as_its_part():
    opening = answer(Question.CHANGING, delta=-21.5).opening
    assert opening.text == "Supply and economy took 20.2 of the 21.5 points lost since 1 Sep."


def test_events_of_the_span_are_told_with_their_citations():
    events = (EventFact(title="Blockade widened", when="November 2025", citation=4, grade="B2"),)
    last = answer(Question.CHANGING, events=events).evidence[-1]
    assert last.text == "In that time: blockade widened (November 2025)."
    assert last.citations == (4,)


def test_driving_opens_with_what_presses_hardest():
    opening = answer(Question.DRIVING).opening
    assert opening.text == "Security presses hardest, at 92 of 100; supply and economy least, at 84."


def test_meaning_says_how_far_the_next_calmer_level_is():
    found = answer(Question.MEANING)
    assert found.opening.text == (
        "Plan for Cold: heat must hold above 22 before it is Cool, and is 7.9 points away."
    )
    assert texts(found.evidence) == ["In the last 30 days it moved −4.6, for the worse."]


def test_on_a_scale_where_heat_alarms_the_same_words_turn_round():
    brief = facts(scale=RISK, name="Mali", heat=81.4, level="Blazing", delta=15.6, month=4.4, moves=(
        MoveFact(name="Security", delta=16.0, is_driver=True),
        MoveFact(name="Fuel", delta=16.0, is_driver=False),
    ))  # fmt: skip
    why, changing, _, meaning = write(brief).answers
    assert why.opening.text.endswith("points of risk.")
    assert changing.opening.text == "Security added 16.0 points since 1 Sep, and the rest took 0.4 back."
    assert changing.evidence[0].text == "Fuel added 16.0."
    assert meaning.opening.text.startswith("Plan for Blazing: heat must hold below 78")


def test_the_bottom_line_tells_state_and_move():
    line = write(facts()).bottom_line
    assert line == (
        "Assimi Goïta is Cold and colder still: supply and economy took 20.2 points since 1 Sep, "
        "and the rest gave 0.9 back."
    )


@pytest.mark.parametrize("name", ["Assimi Goïta", "A" * 90, "B" * 400])
@pytest.mark.parametrize("values", [{}, {"heat": None, "level": "Unknown"}, {"delta": None}, {"delta": 0.2}])
def test_the_bottom_line_has_at_most_160_characters(name, values):
    assert len(write(facts(name=name, **values)).bottom_line) <= MOST_BOTTOM_LINE


def test_what_hardly_moved_is_said_so():
    assert "hardly moved since 1 Sep (+0.2)" in write(facts(delta=0.2)).bottom_line


def test_without_a_level_silence_is_not_read_as_calm():
    blind = {"heat": 14.0, "level": "Unknown", "coverage": 0.2}
    brief = write(facts(**blind))
    assert brief.bottom_line == (
        "Assimi Goïta has no level: only 20\N{NO-BREAK SPACE}% of the weight is observed, "
        "60\N{NO-BREAK SPACE}% is needed. Last known: Cold."
    )
    assert brief.answers[0].title == "Why has Assimi Goïta no level?"
    assert "not calm" in brief.answers[3].opening.text


def test_without_any_value_nothing_is_made_up():
    empty = facts(
        heat=None, level="", last_level="", coverage=0.0, delta=None, month=None, drivers=(), moves=()
    )
    why, changing, driving, meaning = write(empty).answers
    assert "no value was ever seen" in why.opening.text
    assert changing.opening.text == "Nothing has moved it since 1 Sep."
    assert driving.opening.text == "No driver has a value yet."
    assert meaning.evidence == ()


def test_headlines_are_the_statements_named_so_and_are_not_said_twice():
    brief = write(facts(said=(said("headline-blockade"), said("plain"))))
    assert texts(brief.headlines) == ["Text of headline-blockade."]
    assert texts(brief.answers[0].said) == ["Text of plain."]


def test_without_headlines_the_first_statement_of_each_question_stands_for_one():
    every = [said(f"{question}-{number}", question) for question in Question for number in (1, 2)]
    brief = write(facts(said=tuple(every)))
    assert texts(brief.headlines) == ["Text of why-1.", "Text of changing-1.", "Text of driving-1."]


def test_statements_about_the_weightiest_driver_come_first():
    named = (said("headline-a"), said("b"), said("c", driver="supply"), said("d", driver=""))
    assert texts(answer(Question.WHY, said=named).said) == ["Text of c.", "Text of b.", "Text of d."]


def test_a_statement_keeps_its_grade_date_citation_and_what_speaks_against_it():
    named = (said("headline-a"), said("b", contested="Others say no."))
    (sentence,) = answer(Question.WHY, said=named).said
    assert (sentence.contested, sentence.driver) == ("Others say no.", "Security")
    (figure,) = sentence.figures
    assert (figure.when, figure.grade, figure.citation) == ("2025", "C3", 3)


def test_at_the_calm_end_there_is_no_calmer_level_to_reach():
    calm = replace(facts(), heat=90.0, level="Hot")
    assert write(calm).answers[3].opening.text == "Assimi Goïta is at the calm end of the scale."


def test_no_sentence_holds_a_confidence():
    brief = write(facts(said=(said("headline-a"), said("b"))))
    spoken = " ".join(sentence.text for each in brief.answers for sentence in (each.opening, *each.sentences))
    assert "confidence" not in spoken.lower()


def test_names_without_an_and_are_joined_plainly():
    politics = replace(SECURITY, slug="politics", name="Politics")
    opening = answer(Question.WHY, drivers=(SECURITY, politics)).opening
    assert opening.text.startswith("Security and politics take")


def test_a_move_against_all_drivers_is_told_without_one():
    moves = (MoveFact(name="Supply", delta=0.5, is_driver=True),)
    assert answer(Question.CHANGING, moves=moves).opening.text == "19.3 points lost since 1 Sep."


def test_a_single_driver_presses_alone():
    assert answer(Question.DRIVING, drivers=(SECURITY,)).opening.text == (
        "Security presses hardest, at 92 of 100."
    )


def test_a_month_in_which_heat_hardly_moved_is_said_so():
    (sentence,) = answer(Question.MEANING, month=0.3).evidence
    assert sentence.text == "In the last 30 days it hardly moved (+0.3)."
