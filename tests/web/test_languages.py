"""Pages that are made French: in a language nobody speaks, no word of theirs was written and not said."""

import re

import pytest

from monitor.render.languages import language
from monitor.services.acknowledge import acknowledge
from tests.factories import a_placement, a_rule, install_desk
from tests.languages.pages import pages_in
from tests.languages.pseudo import PSEUDO, narrow_words
from tests.web.test_alerts import ALERT, PAGE, feel, words
from tests.web.test_reading import RITA

# Names and what is typed: addresses, keys, matchers, commands.
NAMES = (
    "Heatwatch", "Rita", "RI", "UTC", "English", "Français", "enter", "esc", "heatwatch", "up", "worker",
    "user", "reset", "min", "subject=assimi-goita", "comms plan duty --every 7", "subscribers", "Sat,Sun",
)  # fmt: skip
# The number of a request, as an error names it.
_NUMBERS = re.compile(r"\b[0-9a-f-]{8,}\b|[0-9a-f]{4}…[0-9a-f]{4}")
DONE = ("/settings", "/subscription", "/nowhere", "/alerts", "/alerts?show=all", "/comms-checks")


@pytest.mark.parametrize("path", DONE)
def test_a_page_says_nothing_that_was_not_translated(signed_in, path):
    rita = signed_in("rita")
    with pages_in(PSEUDO):
        page = _NUMBERS.sub("", rita.get(path).text)
    assert narrow_words(page.replace(RITA, ""), known=NAMES) == set()


@pytest.fixture
def alarmed(desk):
    """A desk on which the fuel price is critical, told to nobody, and taken on."""
    with desk.writing() as (session, now):
        install_desk(session, now=now, rules=(a_rule(name="Fuel price"),), placements=(a_placement(),))
        feel(session, 500, now=now)
        acknowledge(session, ALERT, by="amina", now=now, note="")
    return desk


def test_an_alert_in_an_inbox_and_its_timeline_are_translated(alarmed, signed_in):
    ben = signed_in("ben")
    with pages_in(PSEUDO):
        pages = [_NUMBERS.sub("", ben.get(path).text) for path in ("/alerts", PAGE)]
    names = (*NAMES, "Fuel price", "Assimi Goïta", "Ben", "BE", "amina", "index", "Bamako", "fuel-price")
    for page in pages:
        assert narrow_words(page, known=names) == set()
    with pages_in(language("fr")):
        page = words(ben.get(PAGE))
    for said in (
        "Acquittée par amina jusqu’",
        "Déclenchée : Critique.",
        "Fuel price : critique",
        "Personne n’a été prévenu : aucun canal n’est configuré et activé.",
        "La valeur reste au-dessous de 340",
    ):
        assert said in page


def test_who_is_not_signed_in_is_asked_in_words_that_were_translated(client):
    with pages_in(PSEUDO):
        page = client.get("/sign-in").text
    assert narrow_words(page, known=NAMES) == set()


def test_a_page_in_french(signed_in):
    rita = signed_in("rita")
    with pages_in(language("fr")):
        page = rita.get("/settings").text
    assert '<html lang="fr"' in page
    assert "Comment sont rédigés les pages et les messages destinés à rita@example.org." in page
    assert "Langue et heure" in page
