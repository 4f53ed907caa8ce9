"""A subject's page: the answer first, both charts, the ledger, tables with heads, conflicts in the open."""

import re
from datetime import timedelta

import pytest

from monitor.storage import visits

GOITA = "/subjects/assimi-goita"
HOUR = timedelta(hours=1)


@pytest.fixture
def page(reader):
    return reader.get(f"{GOITA}?since=2025-08-31").text


def test_the_page_opens_with_mark_level_concern_and_one_sentence(page):
    assert re.search(r'class="mark t1 k4 big">14<', page)
    assert "Assimi Goïta is Cold and colder still: supply and economy took 20.2 points since 31 Aug" in page


def test_an_archive_is_named_as_one(page):
    assert "As of 30 Nov 2025, archive." in page


def test_the_line_is_drawn_twice_and_told_in_a_sentence(page):
    assert page.count("Heat of Assimi Goïta from 30 Nov 2024 to 30 Nov 2025") == 2
    assert 'viewBox="0 0 924 382"' in page
    assert 'viewBox="0 0 358 300"' in page
    assert ">Reconstructed<" in page


def test_the_ledger_tells_the_span_with_signs_and_causes(page):
    assert "What changed: \u221219.3" in page
    assert '<span class="tag">time</span>' in page
    assert "\u221220.2" in page


def test_indicators_have_value_unit_grade_and_a_citation_that_is_there(page):
    assert "197\u202f000" in page
    numbers = set(re.findall(r'href="#c(\d+)"', page))
    assert numbers
    assert numbers <= set(re.findall(r'id="c(\d+)"', page))


def test_conflicts_blind_spots_events_and_the_map_are_there(page):
    for words in (
        "Where sources differ",
        "Blind spots",
        "graded D4",
        "Blockade widened",
        "contested, rising",
    ):
        assert words in page


def test_sources_are_cited_with_their_licence(page):
    assert "Facts only, in our own words" in page
    assert "CC-BY-4.0" in page


def test_the_line_can_be_read_as_a_table(reader):
    page = reader.get(f"{GOITA}/heat").text
    assert "newest first" in page
    assert "reconstructed" in page


@pytest.mark.parametrize("query", ["range=all", "since=7d", "since=2025-11-29"])
def test_a_span_is_chosen_by_the_address(reader, query):
    answer = reader.get(f"{GOITA}?{query}")
    assert (answer.status_code, "was left out" in answer.text) == (200, False)


@pytest.mark.parametrize(
    "since,why",
    [
        ("yesterday", "Since is 7d, 30d, 90d, visit or a day such as 2025-08-31."),
        ("2025-11-30", "The span must start before the subject's own time.".replace("'", "&#39;")),
    ],
)
def test_a_span_that_cannot_be_is_left_out_with_a_note(reader, since, why):
    answer = reader.get(f"{GOITA}?since={since}")
    assert answer.status_code == 200
    assert f"{why} “{since}” in the address was left out." in answer.text
    assert "was left out" not in reader.get(GOITA).text


def test_an_unknown_subject_is_not_here(reader):
    assert reader.get("/subjects/nobody").status_code == 404
    assert reader.get("/subjects/nobody/heat").status_code == 404


def test_a_visit_is_remembered_without_writing_on_get(mali, reader):
    reader.get(GOITA)
    with mali.reading() as (session, now):
        assert visits.looked(session, 3, ["assimi-goita"], now=now + HOUR) == {}
    assert reader.post(f"{GOITA}/visit", form=GOITA).status_code == 204
    with mali.reading() as (session, now):
        assert set(visits.looked(session, 3, ["assimi-goita"], now=now + HOUR)) == {"assimi-goita"}


def test_a_visit_to_nobody_is_not_here(reader):
    assert reader.post("/subjects/nobody/visit", form=GOITA).status_code == 404


def test_only_the_desk_is_offered_to_enter_values(mali, signed_in):
    assert "Enter a value" in signed_in("ben").get(GOITA).text
    assert "Enter a value" not in signed_in("rita").get(GOITA).text
