"""The pages of the sources: who sees them, what they say of a run, and who may ask for one."""

import re
from datetime import timedelta
from functools import partial

import pytest

from monitor.domain.harvest import Harvest, Rejected
from monitor.services.observe import observe
from monitor.services.overview.source_pages import source_page, sources_page
from monitor.services.run_outcome import Outcome
from monitor.storage import audit, definitions, runs, sources
from tests.factories import FUEL, NOW, a_reading, a_source, install_desk
from tests.fakes import FakeSource, an_outside, silent
from tests.languages.pages import unsaid
from tests.services.test_overview_board import counted

REJECTED = Rejected(where="line 7", text="<b>n/a</b>", reason="is no number")


@pytest.fixture
def asked(desk, monkeypatch):
    """Two sources: one gave a value, rejected another, then failed; one is entered by hand."""
    first = Harvest(readings=(a_reading(480.0),), rejected=(REJECTED,))
    outside = an_outside({"fake": FakeSource(first, silent("the server says 503"))})
    with desk.writing() as (session, now):
        install_desk(session, now=now)
        by_hand = a_source("desk", name="Desk", kind="manual", interval_seconds=None, marking="TLP:AMBER")
        values = [by_hand, a_source(name="Feed", may_redistribute=False, attribution="Feed of feeds")]
        definitions.save_all(session, values, author="test", reason="", effective_at=NOW, now=now)
        sources.add(session, "desk", due_at=None)
    for _ in range(2):
        observe(desk.database, outside, "feed")
    monkeypatch.setattr(type(desk), "source_kinds", outside.kinds)
    return desk


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_the_list_begins_with_what_fails_and_says_why(asked, signed_in):
    page = signed_in("ben").get("/sources")
    told = words(page)
    assert "1 failing" in told
    assert told.index("Needs someone 1") < told.index("The server says 503.") < told.index("By hand or off 1")
    assert "Desk manual TLP:AMBER" in told
    assert 'aria-label="The last 2 runs, newest last: ok, error"' in page.text


def test_a_page_says_what_each_run_gave_and_what_it_rejected(asked, signed_in):
    page = signed_in("ben").get("/sources/feed")
    told = words(page)
    assert re.search(r"Error – – – – – – [0-9.]+ s run 2 The server says 503", told)
    assert "Ok 2 seen 1 new 0 0 0 1 rejected" in told
    assert "line 7 : is no number &lt;b&gt;n/a&lt;/b&gt;" in told
    assert "Feed of feeds" in told
    assert "its data may not be passed on" in told
    assert f"fuel-price, Bamako {FUEL} 480" in told
    assert "Every 60 min" in told
    assert "It failed once: it is tried again 5 min after a failure." in told
    assert "Run now" not in told


def test_a_failing_one_says_what_failed_whatever_was_uploaded_since(asked, signed_in):
    with asked.writing() as (session, now):
        number = runs.start(session, "feed", started_at=now)
        runs.finish(session, number, outcome=Outcome(source="feed", outcome="ok", message="a file"), now=now)
    ben = signed_in("ben")
    for path in ("/sources", "/sources/feed"):
        told = words(ben.get(path))
        assert "The server says 503. " in told
        assert "A file." not in told


def test_a_source_by_hand_says_so(asked, signed_in):
    ana = signed_in("ana")
    assert "Its values come by hand or with a pack; nobody asks it." in words(ana.get("/sources/desk"))
    assert "Run now" not in ana.get("/sources/desk").text
    assert ana.get("/sources/unheard-of").status_code == 404


def test_an_admin_has_a_source_asked_now_with_a_reason(asked, signed_in):
    answer = signed_in("ana").post("/sources/feed/run", form="/sources/feed", reason="a release is out")
    assert (answer.status_code, answer.location) == (302, "/sources/feed")
    with asked.reading() as (session, now):
        assert now - sources.state(session, "feed").due_at < timedelta(minutes=1)
        entry = audit.find_all(session)[0]
    assert (entry.actor, entry.action, entry.reason) == ("ana@example.org", "source.run", "a release is out")


def test_one_that_is_cut_off_is_not_asked(asked, signed_in):
    with asked.writing() as (session, _):
        sources.set_cut(session, "feed", is_cut=True)
    ana = signed_in("ana")
    ana.post("/sources/feed/run", form="/sources/feed")
    told = words(ana.get("/sources/feed"))
    assert "until it is restored" in told
    with asked.reading() as (session, _):
        assert audit.find_all(session, target="feed") == []


def test_the_desk_may_read_and_not_run_and_readers_see_nothing(asked, signed_in):
    ben, rita = signed_in("ben"), signed_in("rita")
    assert ben.post("/sources/feed/run", form="/quarantine", reason="x").status_code == 403
    assert [rita.get(path).status_code for path in ("/sources", "/sources/feed")] == [403, 403]


def test_a_page_asks_the_same_few_questions_however_many_sources_there_are(asked):
    def asks():
        found = []
        one = partial(source_page, slug="feed", kinds={}, given=lambda _: "", box=asked.secrets)
        for build in (sources_page, one):
            for _ in range(2):  # the definitions are read once after they changed
                with asked.reading() as (session, now), counted(session) as statements:
                    build(session, now=now)
            found.append(len(statements))
        return found

    few = asks()
    with asked.writing() as (session, now):
        values = [a_source(f"more-{number}") for number in range(30)]
        definitions.save_all(session, values, author="test", reason="", effective_at=NOW, now=now)
        for value in values:
            sources.add(session, value.slug, due_at=now)
    assert asks() == few
    assert max(few) <= 20


def test_no_word_of_theirs_was_written_and_not_said(asked, signed_in):
    names = (
        "Feed", "Feed of feeds", "fake", "manual", "TLP:AMBER", "TLP:CLEAR", "fuel-price", "Bamako", "desk",
        "The server says 503", "Assimi Goïta", "CC-BY", "index", "Mali", "conflict-deaths",
    )  # fmt: skip
    paths = ("/sources", "/sources/feed", "/sources/desk", "/sources/feed/tokens", "/sources/feed/upload")
    assert unsaid(signed_in("ana"), *paths, "/sources/feed/reparse", known=names) == {}
