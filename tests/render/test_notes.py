"""Notes: headline, bottom line and facts of each alert of a message, and a plain way out."""

from dataclasses import replace

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.scale import Concern
from monitor.render.messages import mail
from monitor.render.notes import notes
from tests.told import (
    BASE_URL,
    a_broken_event,
    a_message,
    a_test_message,
    bare,
    every_message,
    native,
)

OTHER = "12ab34cd56ef78ab"


def test_a_note_says_how_it_stands_what_it_is_about_and_where_to_look():
    [note] = notes(a_message())
    assert note.headline == "[CRITICAL] Fuel price, Bamako"
    assert note.summary == "Assimi Goïta: Cold, critical. Fuel price: 512, critical from 500."
    assert note.link == f"{BASE_URL}/alerts/ab12cd34ef56ab78"
    assert (note.word, note.problem) == ("critical", "")
    terms = [term for term, _ in note.facts]
    assert terms[:3] == ["Status", "In short", "Why"]
    assert "Handling" in terms


def test_links_lead_to_pages_and_a_finished_alert_has_nothing_left_to_do():
    page = f"{BASE_URL}/alerts/ab12cd34ef56ab78"
    assert notes(a_message())[0].links == (
        ("Open the alert", page), ("Acknowledge", f"{page}#acknowledge"), ("Silence", f"{page}#silence"),
    )  # fmt: skip
    assert notes(a_message(native(EventType.RESOLVED)))[0].links == (("Open the alert", page),)
    [(words, answer)] = notes(every_message()["comms check"])[0].links
    assert (words, answer) == ("Answer", f"{BASE_URL}/comms-checks/msg_abc")
    assert notes(every_message()["notice"])[0].links == (("Open the silences", f"{BASE_URL}/silences"),)
    assert notes(a_message(bare()))[0].links == ()


def test_the_end_of_an_alert_says_so_first():
    [note] = notes(a_message(native(EventType.RESOLVED)))
    assert (note.headline, note.word, note.is_over) == ("[RESOLVED] Fuel price, Bamako", "resolved", True)


def test_each_alert_of_a_group_has_its_own():
    found = notes(a_message(native(), native(fingerprint=OTHER, concern=Concern.HIGH)))
    assert [note.word for note in found] == ["critical", "high"]


def test_exercises_and_tests_are_marked():
    assert notes(a_message(is_exercise=True))[0].headline.startswith("[EXERCISE] [CRITICAL]")
    [test] = notes(a_test_message())
    assert (test.headline, test.word, test.link) == ("[TEST] Test of channel Operations", "test", BASE_URL)


def test_a_notice_says_when_a_silence_ends_by_its_readers_clock():
    there = replace(every_message()["notice"], zone="Europe/Paris")
    at = "It ends Mon 23 Nov, 03:45 CET, your time."
    assert at in dict(notes(there)[0].facts)["In short"]
    assert at in " ".join(mail(there).text.split())


def test_a_notice_says_what_it_is_about():
    [note] = notes(every_message()["notice"])
    assert note.headline == "Silence 7 ends at 02:45 UTC; 1 alert it mutes still fires"
    assert dict(note.facts)["Firing"] == "Fuel price, Bamako (goita): high"
    assert note.word == "notice"


def test_what_cannot_be_laid_out_is_told_in_one_line_each_with_the_reason():
    [note] = notes(a_message(a_broken_event(), is_exercise=True))
    assert note.headline == "[EXERCISE] [CRITICAL] alert ab12cd34ef56ab78"
    assert note.summary == "Assimi Goïta: Cold, critical. Fuel price: 512, critical from 500."
    assert "could not be laid out (InvalidInput" in dict(note.facts)["Layout"]
    over = {**a_broken_event(), "type": "alert.resolved"}
    assert notes(a_message(over))[0].word == "resolved"


def test_of_what_is_nearly_unknown_something_is_said_still():
    [note] = notes(a_message(bare()))
    assert (note.headline, note.summary) == ("[HIGH] Goïta", "Goïta: high")


@pytest.mark.parametrize("name", every_message())
def test_every_note_is_lines_of_a_length_that_a_chat_shows(name):
    for note in notes(every_message()[name]):
        for text in (note.headline, note.summary, *(words for _, words in note.facts)):
            assert "\n" not in text
            assert len(text) < 800
