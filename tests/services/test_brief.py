"""The brief of the Mali pack: every statement is in it, under its question, and every sentence is bound."""

from datetime import UTC, datetime

import pytest

from monitor.domain.clock import LIVE
from monitor.domain.errors import InvalidInput, NotFound
from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder
from monitor.services.assess import assess
from monitor.services.brief import as_data, brief
from monitor.services.install_pack import install_pack
from monitor.services.set_clock import set_clock
from monitor.storage.engine import open_database
from tests.services.test_overview_board import counted

TODAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
GOITA = "assimi-goita"


@pytest.fixture(scope="module")
def pack():
    return read_pack(packs_folder() / "mali").pack


@pytest.fixture
def session(database_url, pack):
    database = open_database(database_url)
    with database.write() as session:
        install_pack(session, pack, author="test", now=TODAY)
        for slug in (GOITA, "mali"):
            assess(session, slug, slot=None, now=TODAY, claimed_at=TODAY)
        yield session
    database.dispose()


def test_every_statement_of_the_pack_stands_under_its_question(session, pack):
    for slug in (GOITA, "mali"):
        written = brief(session, slug, now=TODAY).brief
        said = {each.text: "headline" for each in written.headlines}
        said |= {each.text: answer.question for answer in written.answers for each in answer.said}
        own = [statement for statement in pack.statements if statement.subject == slug]
        assert own
        lost = [each.slug for each in own if said.get(each.text) not in {"headline", each.question}]
        assert lost == []


def test_every_contested_statement_says_by_what(session, pack):
    written = brief(session, GOITA, now=TODAY).brief
    shown = {each.contested for answer in written.answers for each in answer.said}
    shown |= {each.contested for each in written.headlines}
    told = {each.contested for each in pack.statements if each.subject == GOITA and each.contested}
    assert told <= shown


def test_it_opens_with_a_line_and_the_three_headlines_of_the_verdict(session):
    written = brief(session, GOITA, now=TODAY).brief
    assert written.title == "Assimi Goïta is Cold"
    assert len(written.bottom_line) <= 160
    assert [each.driver for each in written.headlines] == [
        "Supply and economy",
        "Domestic politics",
        "Territory",
    ]


def test_every_sentence_that_tells_a_value_is_bound_to_its_figures(session):
    answers = as_data(brief(session, GOITA, now=TODAY))["answers"]
    for answer in answers:
        for sentence in (*answer["evidence"], *answer["said"]):
            assert sentence["figures"], sentence["text"]
            assert all(figure["value"] for figure in sentence["figures"])
    why = answers[0]["evidence"][0]["figures"][0]
    assert (why["value"], why["when"], why["grade"], why["citation"]) == ("500", "23 Nov", "B3", 1)


def test_every_citation_used_is_listed(session):
    data = as_data(brief(session, GOITA, now=TODAY))
    listed = {each["number"] for each in data["citations"]}
    said = [*data["headlines"], *(each for answer in data["answers"] for each in answer["said"])]
    assert {number for each in said for number in each["citations"]} <= listed


def test_the_blockade_is_among_the_events_of_the_span(session):
    changing = brief(session, GOITA, now=TODAY, since="2025-08-31").brief.answers[1]
    assert "JNIM's fuel blockade (September 2025)" in changing.evidence[-1].text


def test_briefs_of_the_same_country_are_named(session):
    assert brief(session, GOITA, now=TODAY).related == (("mali", "Mali"),)


def test_live_he_has_no_level_and_the_brief_says_what_was_last_known(session):
    set_clock(session, GOITA, clock=LIVE, actor="test", reason="a test", now=TODAY)
    assess(session, GOITA, slot=None, now=TODAY, claimed_at=TODAY)
    written = brief(session, GOITA, now=TODAY).brief
    assert written.title == "Assimi Goïta has no level"
    assert "Last known: Cold." in written.bottom_line
    assert "not calm" in written.answers[3].opening.text


def test_a_subject_there_is_not_is_not_found(session):
    with pytest.raises(NotFound):
        brief(session, "nobody", now=TODAY)


def test_a_span_that_cannot_be_read_is_refused(session):
    with pytest.raises(InvalidInput):
        brief(session, GOITA, now=TODAY, since="lately")


def test_it_is_read_in_few_queries(session):
    brief(session, GOITA, now=TODAY)
    with counted(session) as statements:
        brief(session, GOITA, now=TODAY)
    assert len(statements) <= 29, len(statements)


def test_what_a_brief_cites_is_numbered_without_a_gap(session):
    view = brief(session, GOITA, now=TODAY)
    assert [each.number for each in view.cited] == list(range(1, len(view.cited) + 1))
    used = {number for answer in view.brief.answers for each in answer.said for number in each.citations}
    assert used <= {each.number for each in view.cited}
    titles = {each.citation.title: each.number for each in view.page.cited}
    assert any(titles[each.citation.title] != each.number for each in view.cited), "the page cites more"
    said = {each.text: each.citations for answer in view.page.brief.answers for each in answer.said}
    mine = {each.text: each.citations for answer in view.brief.answers for each in answer.said}
    names = {each.number: each.citation.title for each in view.cited}
    theirs = {each.number: each.citation.title for each in view.page.cited}
    for text, numbers in mine.items():
        assert [names[number] for number in numbers] == [theirs[number] for number in said[text]]
