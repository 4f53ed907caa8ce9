"""The page of an index: units by rank, in any order and of any group, linked from the board."""

import re

import pytest

from monitor.scheduling.jobs import drain_pipeline
from monitor.services.install_pack import install_pack
from monitor.services.overview.index_page import index_page
from tests.indices import small_index
from tests.services.test_overview_board import counted

NAMES = re.compile(r'<td class="c-main"><a[^>]*>([^<]+)</a>')


@pytest.fixture
def opened(desk, signed_in, tmp_path):
    with desk.writing() as (session, now):
        install_pack(session, small_index(tmp_path), author="test", now=now)
    drain_pipeline(desk)
    return signed_in("rita")


def names(client, address):
    return NAMES.findall(client.get(address).text)


def test_units_stand_by_rank_with_their_drivers_and_what_was_imputed(opened):
    text = opened.get("/indices/links").text
    assert NAMES.findall(text) == ["Denmark", "Chile", "Egypt", "Albania", "Bhutan"]
    assert "<title>Links between lands" in text
    assert "<h1>Links between lands</h1>" in text
    assert "5 units, 3 indicators, <b>1 value imputed</b>" in text
    assert text.count('<rect class="fill"') == 10
    assert "/subjects/links-dnk" in text


def test_they_may_stand_in_another_order(opened):
    assert names(opened, "/indices/links?sort=name")[0] == "Albania"
    assert names(opened, "/indices/links?sort=group")[0] == "Egypt"
    assert names(opened, "/indices/links?sort=transport")[:2] == ["Denmark", "Bhutan"]
    assert names(opened, "/indices/links?sort=coverage")[0] == "Bhutan"
    assert names(opened, "/indices/links?sort=moon")[0] == "Denmark"


def test_one_group_may_be_shown_alone(opened):
    assert names(opened, "/indices/links?group=Europe") == ["Denmark", "Albania"]


def test_a_group_that_is_not_there_is_said_to_be_empty(opened):
    text = opened.get("/indices/links?group=Nowhere").text
    assert "No unit is in the group Nowhere." in text
    assert NAMES.findall(text) == []
    assert "No unit is in the group" not in opened.get("/indices/links?group=Asia").text


def test_a_narrow_screen_finds_drivers_coverage_and_imputed_share_under_the_name(opened):
    text = opened.get("/indices/links?group=Asia").text
    second = " ".join(re.sub("<[^>]+>", "", re.search('<p class="idxmore">(.*?)</p>', text)[1]).split())
    assert second == "Transport 63 Money 1 coverage 67 % imputed 33 %"


def test_a_period_is_shown_alone_and_leads_to_the_others(opened):
    now = opened.get("/indices/links?sort=name").text
    assert "<b>Now</b>" in now
    assert 'href="/indices/links?sort=name&amp;period=2022">2022</a>' in now
    alone = opened.get("/indices/links?period=2022&group=Europe").text
    assert "Of 2022 alone, as known now" in alone
    assert NAMES.findall(alone) == ["Denmark", "Albania"]
    assert 'href="/indices/links?group=Europe">Now</a>' in alone
    assert "<b>2022</b>" in alone
    assert "period=2022" in re.search(r"<th[^>]*><a[^>]*>Rank", alone)[0]


def test_a_period_before_all_values_has_none_and_what_is_no_period_is_refused(opened):
    early = opened.get("/indices/links?period=2019").text
    assert "Denmark" in early
    assert '<rect class="fill"' not in early
    assert opened.get("/indices/links?period=soon").status_code == 422


def test_the_list_of_indices_leads_to_each(opened):
    text = opened.get("/indices").text
    assert 'href="/indices/links">Links between lands</a>' in text
    assert "Africa, America, Asia, Europe" in text


def test_without_an_index_the_list_says_so(signed_in):
    assert "No index yet." in signed_in("rita").get("/indices").text


def test_the_board_leads_there_and_an_unknown_index_is_not_found(opened):
    assert 'href="/indices/links"' in opened.get("/").text
    assert opened.get("/indices/moon").status_code == 404


def shown(page):
    """What is compared of two pages: everything but the head of the desk."""
    return [getattr(page, name) for name in page.__slots__ if name != "desk"]


def test_what_was_published_is_shown_in_few_queries_and_as_a_new_scoring_has_it(opened, desk, monkeypatch):
    with desk.reading() as (session, now), counted(session) as queries:
        published = index_page(session, "links", now=now)
    with desk.reading() as (session, now):
        monkeypatch.setattr("monitor.storage.heat_points.last", lambda *_: {})
        scored = index_page(session, "links", now=now)
    assert shown(published) == shown(scored)
    assert len(queries) <= 9


def test_the_series_of_an_indicator_without_a_pressure_has_a_page(opened):
    found = opened.get("/series/people:ALB")
    assert found.status_code == 200
    assert "2.8" in found.text
