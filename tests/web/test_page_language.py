"""Whose language a page speaks: its reader's, else the browser's; programs and stored words stay English."""

import re

import pytest

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.wording import speaking, tongue
from monitor.render.languages import language
from monitor.services.change_person import set_reading
from monitor.web import languages
from monitor.web.context import writing

FRENCH = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}


@pytest.fixture
def both(monkeypatch):
    """Pages are offered in both languages."""
    monkeypatch.setattr(languages, "COMPLETE", ("en", "fr"))


@pytest.fixture
def rita_reads_french(desk, both):
    with desk.writing() as (session, now):
        set_reading(session, email="rita@example.org", language="fr", zone="UTC", actor="test", now=now)


def is_in(code, answer):
    return f'<html lang="{code}"' in answer.text


@pytest.mark.usefixtures("rita_reads_french")
def test_a_person_reads_their_own_language_whatever_the_browser_asks_for(signed_in):
    rita, ben = signed_in("rita"), signed_in("ben")
    assert is_in("fr", rita.get("/settings", headers={"Accept-Language": "en"}))
    assert is_in("en", ben.get("/settings", headers=FRENCH))
    assert tongue().code == "en"


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    "asked,code",
    [("fr", "fr"), ("fr-CA, en;q=0.3", "fr"), ("en, fr;q=0.8", "en"), ("de", "en"), ("", "en"), ("*;", "en")],
)
def test_who_is_not_signed_in_is_asked_in_the_language_of_the_browser(client, asked, code):
    answer = client.get("/sign-in", headers={"Accept-Language": asked})
    assert is_in(code, answer)
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.usefixtures("both")
def test_what_is_refused_before_anyone_is_known_is_refused_in_the_language_of_the_browser(client):
    answer = client.client.post("/sign-in", headers={**FRENCH, "Origin": "https://elsewhere.example"})
    assert answer.status_code == 400
    assert is_in("fr", answer)


@pytest.mark.usefixtures("rita_reads_french")
def test_a_language_that_is_not_complete_is_not_offered(signed_in, monkeypatch):
    monkeypatch.setattr(languages, "COMPLETE", ("en",))
    assert is_in("en", signed_in("rita").get("/settings", headers=FRENCH))


@pytest.mark.usefixtures("both")
def test_programs_are_answered_in_english(client):
    answer = client.get("/api/v1/nothing", headers=FRENCH)
    assert answer.status_code == 404
    assert answer.json["title"] == "Not here"
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_what_is_stored_is_said_in_english_and_an_error_as_its_reader_speaks(app):
    with app.test_request_context(), speaking(language("fr")):
        with writing():
            assert tongue().code == "en"
            error = InvalidInput(phrase("Enter your password"))
        assert str(error) == f"{error}" == "Indiquez votre mot de passe"
    assert str(error) == "Enter your password"
    assert str(InvalidInput("as it is")) == "as it is"


def test_the_head_has_both_clocks_for_who_reads_in_another_zone(desk, signed_in):
    rita, ben = signed_in("rita"), signed_in("ben")
    with desk.writing() as (session, now):
        set_reading(
            session, email="rita@example.org", language="en", zone="Asia/Kolkata", actor="test", now=now
        )
    assert re.search(
        r'<span class="nb only-wide" title="Asia/Kolkata"><b>\d\d:\d\d</b> Kolkata', rita.get("/").text
    )
    assert 'only-wide" title=' not in ben.get("/").text
