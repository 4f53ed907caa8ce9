"""Pages that are made French: in a language nobody speaks, no word of theirs was written and not said."""

import re

import pytest

from monitor.domain.wording import speaking
from monitor.render.languages import language
from tests.languages.pseudo import PSEUDO, narrow_words
from tests.web.test_reading import RITA

# Names and what is typed: addresses, keys, matchers, commands.
NAMES = (
    "Heatwatch", "Rita", "RI", "UTC", "English", "Français", "enter", "esc", "heatwatch", "up", "worker",
    "user", "reset", "min", "subject=assimi-goita", "subscribers", "Sat,Sun",
)  # fmt: skip
# The number of a request, as an error names it.
_NUMBERS = re.compile(r"\b[0-9a-f-]{8,}\b")
DONE = ("/settings", "/subscription", "/nowhere")


@pytest.mark.parametrize("path", DONE)
def test_a_page_says_nothing_that_was_not_translated(signed_in, path):
    rita = signed_in("rita")
    with speaking(PSEUDO):
        page = _NUMBERS.sub("", rita.get(path).text)
    assert narrow_words(page.replace(RITA, ""), known=NAMES) == set()


def test_who_is_not_signed_in_is_asked_in_words_that_were_translated(client):
    with speaking(PSEUDO):
        page = client.get("/sign-in").text
    assert narrow_words(page, known=NAMES) == set()


def test_a_page_in_french(signed_in):
    rita = signed_in("rita")
    with speaking(language("fr")):
        page = rita.get("/settings").text
    assert '<html lang="fr"' in page
    assert "Comment sont rédigés les messages à rita@example.org." in page
    assert "Langue et heure" in page
