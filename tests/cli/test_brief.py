"""`heatwatch brief`: text, Markdown and JSON of the same four answers."""

import pytest

from monitor.domain.errors import NotFound
from monitor.domain.statement import Question, Statement
from monitor.storage import definitions
from monitor.storage.engine import open_database
from tests.factories import NOW, a_reading, a_source, install_desk, standing
from tests.services.test_status import learn

SAID = Statement(
    slug="fuel", subject="goita", question=Question.WHY, text="Fuel is short.", citation="brief", grade="B2",
    contested="The pumps say otherwise.",
)  # fmt: skip


@pytest.fixture
def watched(run, settings):
    """A desk that watches one subject, of which one statement is told."""
    database = open_database(settings.effective_database_url)
    with database.write() as session:
        install_desk(session, clock=standing())
        definitions.save(session, SAID, author="test", reason="told", effective_at=NOW, now=NOW)
        learn(session, a_reading(500), a_reading(500, series="conflict-deaths:mali"))
    database.dispose()
    return run


def test_it_prints_the_answers_as_text(watched):
    text = watched("brief", "goita").stdout
    assert text.startswith("Assimi Goïta is Cold. As of 2025-11-30 12:00 UTC, archive.")
    assert "Why is Assimi Goïta Cold?" in text
    assert "  * Fuel is short. [1] (B2) Contested: The pumps say otherwise." in text
    assert "[1] Brief, Desk; CC-BY-4.0." in text


def test_it_prints_markdown_with_footnotes(watched):
    text = watched("brief", "goita", "--markdown").stdout
    assert text.startswith("# Assimi Goïta is Cold\n")
    assert "## What does this mean for you?" in text
    assert "Fuel is short. [^1]" in text
    assert "[^1]: Brief, Desk; CC-BY-4.0." in text


def test_it_prints_json_with_the_figures_of_each_sentence(watched, run_json):
    data = run_json("brief", "goita")
    assert (data["subject"], data["level"], data["as_of"]) == ("goita", "Cold", "2025-11-30T12:00:00Z")
    assert [answer["question"] for answer in data["answers"]] == ["why", "changing", "driving", "meaning"]
    assert data["answers"][0]["opening"]["figures"][0]["grade"] == "B2"


def test_a_span_may_be_given(watched):
    assert "since 1 Nov" in watched("brief", "goita", "--since", "2025-11-01").stdout


def test_two_formats_at_once_are_one_too_many(watched):
    assert "give either" in watched("brief", "goita", "--json", "--markdown", expect=2).output


def test_a_subject_there_is_not_is_named(watched):
    with pytest.raises(NotFound, match="nobody"):
        watched("brief", "nobody")


def mark(settings, **values):
    database = open_database(settings.effective_database_url)
    with database.write() as session:
        source = a_source(**values)
        definitions.save(session, source, author="test", reason="marked", effective_at=NOW, now=NOW)
    database.dispose()


def test_it_says_how_it_is_to_be_handled(watched, settings):
    assert watched("brief", "goita").stdout.rstrip().endswith("TLP:CLEAR. Data: Feed.")
    mark(settings, marking="TLP:GREEN")
    assert '"marking": "TLP:GREEN"' in watched("brief", "goita", "--json").stdout


def test_above_its_ceiling_it_is_refused_with_the_reason(watched, settings):
    mark(settings, marking="TLP:AMBER")
    told = watched("brief", "goita", expect=1).output
    assert "the brief of goita is not written: TLP:AMBER is above the ceiling TLP:GREEN" in told
    assert "TLP:AMBER. Data: Feed." in watched("brief", "goita", "--ceiling", "amber").stdout
    assert "expected TLP:CLEAR" in watched("brief", "goita", "--ceiling", "secret", expect=2).output
    mark(settings, may_redistribute=False)
    assert "data of Feed may not be passed on" in watched("brief", "goita", expect=1).output
    assert "TLP:CLEAR, not to be passed on." in watched("brief", "goita", "--closed").stdout
