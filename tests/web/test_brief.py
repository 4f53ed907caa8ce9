"""The brief as a page: the four questions, every statement of the pack, a sheet that prints."""

import html
import re

import pytest

from monitor.services.assess import assess

PAGE = "/subjects/assimi-goita/brief"


@pytest.fixture
def mali(mali):
    """That desk, its country assessed too."""
    with mali.writing() as (session, now):
        assess(session, "mali", slot=None, now=now, claimed_at=now)
    return mali


@pytest.fixture
def page(mali, signed_in):
    return signed_in("rita").get(PAGE).text


def words(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_it_asks_the_four_questions_in_order(page):
    titles = re.findall(r"<h2>([^<]+)</h2>", page)
    assert [html.unescape(title) for title in titles] == [
        "Why is Assimi Goïta Cold?",
        "What is changing Assimi Goïta’s heat level?",
        "What is driving Assimi Goïta?",
        "What does this mean for you?",
    ]


def test_each_answer_opens_in_bold(page):
    assert len(re.findall(r"</h2>\s*<p><strong>[^<]+</strong>", page)) == 4


def test_every_statement_of_the_pack_can_be_read_there_with_what_speaks_against_it(page, pack):
    text = words(page)
    own = [each for each in pack.statements if each.subject == "assimi-goita"]
    assert [each.slug for each in own if each.text not in text] == []
    assert [each.slug for each in own if each.contested and each.contested not in text] == []


def test_what_is_told_of_the_country_is_one_link_away(mali, page, signed_in, pack):
    assert 'href="/subjects/mali/brief"' in page
    text = words(signed_in("rita").get("/subjects/mali/brief").text)
    assert [each.slug for each in pack.statements if each.subject == "mali" and each.text not in text] == []


def test_it_says_as_of_when_and_that_it_is_an_archive(page):
    assert "As known on Sun 30 Nov 2025, 23:59 UTC, archive." in words(page)


def test_every_citation_mark_leads_to_a_source(page):
    marks = set(re.findall(r'class="cite" href="#(r\d+)"', page))
    assert marks
    assert marks <= set(re.findall(r'<li id="(r\d+)"', page))


def test_the_span_can_be_chosen(mali, signed_in):
    assert "since 31 Oct" in words(signed_in("rita").get(f"{PAGE}?since=30d").text)
    answer = signed_in("rita").get(f"{PAGE}?since=lately")
    assert (answer.status_code, "“lately” in the address was left out." in answer.text) == (200, True)


def test_the_list_of_briefs_leads_to_each(mali, signed_in):
    assert f'href="{PAGE}"' in signed_in("rita").get("/briefs").text


def test_a_subject_there_is_not_is_not_found(mali, signed_in):
    assert signed_in("rita").get("/subjects/nobody/brief").status_code == 404


def test_a_stranger_signs_in_first(mali, client):
    assert client.get(PAGE).status_code == 302


def test_no_style_attribute_and_no_inline_script(page):
    assert not re.search(r"\sstyle=|<style|<script(?! src)|\son\w+=", page)
