"""The board as a page: what a person reads, filters that work without JavaScript, a strict page."""

import re
from datetime import timedelta

import pytest

from monitor.storage import heartbeats
from tests.boards import add_sahel, add_subject, begin


@pytest.fixture
def sahel(desk):
    """A desk that watches eleven subjects, with a live worker."""
    with desk.writing() as (session, now):
        add_sahel(session, now=now)
        heartbeats.beat(session, worker="one", now=now)
    return desk


def names(page):
    return re.findall(r'class="nm" href="[^"]+">([^<]+)<', page)


def test_the_first_sentence_counts_by_concern_and_names_the_unknown(sahel, signed_in):
    page = signed_in("rita").get("/").text
    assert "1 critical, 3 high, 4 elevated, 1 unknown." in page


def test_rows_stand_worst_first_with_level_concern_and_coverage_in_words(sahel, signed_in):
    page = signed_in("rita").get("/").text
    assert names(page)[0] == "Dakar–Bamako road"
    for word in ("Blazing", "Critical", "100\u00a0%", "90 days: from"):
        assert word in page


def test_silence_is_shown_as_silence(sahel, signed_in):
    row = next(part for part in signed_in("rita").get("/").text.split("<tr") if "Togo" in part)
    assert "No level" in row
    assert "Last known: Simmering" in row
    assert "url(#hat)" in row


@pytest.mark.parametrize(
    "query,found",
    [
        ("concern=critical", ["Dakar–Bamako road"]),
        ("concern=unknown", ["Togo"]),
        ("kind=route", ["Dakar–Bamako road", "Abidjan–Bamako road"]),
        ("q=traor", ["Ibrahim Traoré"]),
        ("q=traore", ["Ibrahim Traoré"]),
        ("q=nothing-like-it", []),
    ],
)
def test_filters_are_addresses(sahel, signed_in, query, found):
    assert names(signed_in("rita").get(f"/?{query}").text) == found


def test_a_filter_that_matches_nothing_offers_the_way_back(sahel, signed_in):
    assert "Show all 11" in signed_in("rita").get("/?q=zzz").text


def test_exercises_are_hidden_until_asked_for_and_then_marked(desk, signed_in):
    with desk.writing() as (session, now):
        begin(session, now=now)
        add_subject(session, "mali@exercise-1", name="Mali", now=now)
    visitor = signed_in("rita")
    assert names(visitor.get("/").text) == []
    page = visitor.get("/?exercises=1").text
    assert names(page) == ["Mali"]
    assert "Exercise</span>" in page


def test_a_living_worker_is_told_and_a_silent_one_has_a_banner(sahel, signed_in):
    visitor = signed_in("rita")
    assert "Worker <b>ok</b>" in visitor.get("/").text
    with sahel.writing() as (session, now):
        heartbeats.purge(session, before=now + timedelta(seconds=1))
        heartbeats.beat(session, worker="one", now=now - timedelta(minutes=3))
    page = visitor.get("/").text
    assert "The worker has been silent since" in page
    assert "Worker silent" in visitor.get("/worker").text


def test_an_empty_desk_says_how_to_begin(signed_in):
    page = signed_in("rita").get("/").text
    assert "No subjects yet." in page
    assert "No worker has run yet." in page


@pytest.mark.parametrize("path", ["/", "/?exercises=1", "/subjects/togo", "/briefs", "/subjects/togo/heat"])
def test_pages_carry_no_inline_style_script_or_handler(sahel, signed_in, path):
    answer = signed_in("rita").get(path)
    assert answer.status_code == 200
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", answer.text)
    # The page of a subject also loads its chart.
    own = ["app.js", "heat.js"] if path == "/subjects/togo" else ["app.js"]
    assert re.findall(r"<script([^>]*)>", answer.text) == [f' src="/static/{name}" defer' for name in own]


@pytest.mark.parametrize("path", ["/", "/subjects/togo"])
def test_ids_are_unique(sahel, signed_in, path):
    found = re.findall(r'\sid="([^"]+)"', signed_in("rita").get(path).text)
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_theme_in_the_address_is_drawn_by_the_server(sahel, signed_in, theme):
    assert f'data-theme="{theme}"' in signed_in("rita").get(f"/?theme={theme}").text


def test_nobody_reads_the_board_without_an_account(client):
    assert client.get("/").status_code == 302
    assert client.get("/worker", headers={"HX-Request": "true"}).status_code == 401
