"""The page of an index: units by rank, in any order and of any group, linked from the board."""

import re

import pytest

from monitor.scheduling.jobs import drain_pipeline
from monitor.services.install_pack import install_pack
from tests.indices import small_index

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


def test_the_board_leads_there_and_an_unknown_index_is_not_found(opened):
    assert 'href="/indices/links"' in opened.get("/").text
    assert opened.get("/indices/moon").status_code == 404
