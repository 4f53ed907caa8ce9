"""Wording: sentences in the language that is spoken, and phrases said again from what was kept."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.domain.phrases import kept, later, phrase, phrase_many, retold, revived
from monitor.domain.spoken import day, listed, number, plain
from monitor.domain.wording import ENGLISH, say, say_many, speaking

WORDS = {"{name} is {level}": "{level}: {name}", "high": "alto", "{items} and {last}": "{items} y {last}"}
MANY = {("{n} alert", "{n} alerts"): ("{n} alerta", "{n} alertas")}
OTHER = replace(
    ENGLISH, code="xx", decimal=",", thousands=".", first_day="1º",
    months=tuple(name.lower() for name in ENGLISH.months),
    translate=lambda text: WORDS.get(text, text),
    choose=lambda one, many, n: MANY.get((one, many), (one, many))[n != 1],
)  # fmt: skip


def test_a_sentence_is_english_unless_another_language_is_spoken():
    assert say("{name} is {level}", name="Fuel", level="high") == "Fuel is high"
    with speaking(OTHER):
        assert say("{name} is {level}", name="Fuel", level=say("high")) == "alto: Fuel"
        assert say("nobody translated this") == "nobody translated this"
        assert say("") == ""
    assert say("high") == "high"


def test_what_is_named_may_hold_braces():
    assert say("{name} is {level}", name="{level}", level="{0}") == "{level} is {0}"


def test_numbers_and_dates_are_those_of_the_language():
    with speaking(OTHER):
        assert (number(1234567.5, 1), plain(-0.25)) == ("1.234.567,5", "−0,25")
        assert day(date(2026, 5, 1)) == "1º may 2026"
        assert listed(["a", "b", "c"]) == "a, b y c"
        assert say_many("{n} alert", "{n} alerts", 1200) == "1.200 alertas"


def test_a_phrase_is_english_text_whoever_makes_it():
    with speaking(OTHER):
        made = phrase("{name} is {level}", name="Fuel", level=phrase("high"))
        assert made == "Fuel is high"
        assert made.upper() == "FUEL IS HIGH"
        assert made.said() == "alto: Fuel"
        assert say("high and {rest}", rest=made) == "high and alto: Fuel"


def test_a_phrase_is_said_again_from_what_was_stored():
    body = {
        "summary": phrase("{name} is {level}", name=later(plain, 2.5), level=phrase("high")),
        "lines": ["as it is", phrase_many("{n} alert", "{n} alerts", 2)],
        "known": {"on": later(day, datetime(2026, 5, 1, tzinfo=UTC)), "of": later(day, date(2026, 5, 2))},
    }
    stored = json.loads(json.dumps(kept(body)))
    assert stored["summary"] == "2.5 is high"
    read = revived(stored)
    assert read == body
    assert retold(read) == body
    with speaking(OTHER):
        assert retold(read) == {
            "summary": "alto: 2,5", "lines": ["as it is", "2 alertas"],
            "known": {"on": "1º may 2026", "of": "2 may 2026"},
        }  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"a": 1, "b": ["x", {"c": None}]}])
def test_a_body_without_phrases_is_stored_as_it_is(body):
    assert kept(body) == body
    assert revived(body) == body
