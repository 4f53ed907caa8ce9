"""Pages of the shift and of reading in a language nobody speaks, and what forms find by themselves."""

import pytest

from monitor.render.languages import language
from tests.languages.pages import pages_in, unsaid
from tests.languages.pseudo import PSEUDO
from tests.web.test_alerts import words
from tests.web.test_languages_desk import given

BEN = "ben@example.org"
# Commands, links and kinds of files.
NAMES = (
    "comms plan duty --every 7",
    "Burkina Faso",
    "Niger",
    "Tillabéri",
    "https",
    "Markdown",
    "JSON",
    "TLP:CLEAR",
    "TLP",
    "CLEAR",
    "unpublished",
)
PATHS = (
    "/log", "/handovers", "/handovers/1", "/settings", "/subscription", "/comms-checks", "/alerts",
    "/desk/value", "/desk/event", "/desk/table",
    "/series/conflict-deaths:mali/revisions",
)  # fmt: skip


@pytest.fixture
def ana(mali, signed_in):
    """An admin at the bundled desk, with a line in the log."""
    visitor = signed_in("ana")
    assert visitor.post("/log", form="/log", text="xyzzy").status_code == 302
    return visitor


def test_no_word_of_theirs_was_written_and_not_said(ana):
    with pages_in(PSEUDO):
        assert ana.post("/handovers", form="/handovers", rota="", incoming=BEN).status_code == 302
    assert unsaid(ana, *PATHS, known=(*NAMES, "xyzzy", *given())) == {}


def test_a_handover_is_drafted_in_the_language_of_its_writer(ana):
    with pages_in(language("fr")):
        ana.post("/handovers", form="/handovers", rota="", incoming=BEN)
        again = words(ana.post("/handovers/1/items", form="/handovers/1", seen="0", name="x", headline="y"))
    assert "sans donnée" in words(ana.get("/handovers/1"))
    assert "la passation a été modifiée entre-temps" in again.lower()


def test_what_a_form_finds_by_itself_is_said_in_french(ana):
    with pages_in(language("fr")):
        page = words(ana.post("/duty/escalations", form="/duty", slug="x", steps="15m desk", rounds="9"))
        assert "Attendu : un nombre de 1 à 3." in page
        page = words(ana.post("/duty", form="/duty", slug="x" * 81, members="a", starts_on="soon"))
        assert "Au plus 80 caractères." in page
        assert "Ce n’est pas une date." in page
