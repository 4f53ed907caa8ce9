"""What is done with a source from its page: who may, what it says, and what is written down."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.config import Settings
from monitor.domain.fetched import RawAnswer
from monitor.domain.harvest import Harvest, Rejected
from monitor.services.observe import observe
from monitor.storage import audit, backfills, definitions, observations, raw_answers, runs, sources
from monitor.web.pages import source_acts
from tests.factories import FUEL, NOW, a_reading, a_source, an_indicator, install_desk
from tests.fakes import FakeSource, an_outside, silent
from tests.web.conftest import serve

ACTS = ("run", "cut", "restore", "backfill", "backfills/1/cancel", "reparse")


@pytest.fixture
def settings(database_url, tmp_path):
    """Both engines: what is done here writes."""
    return Settings(home=tmp_path, database_url=database_url)


@pytest.fixture
def kind():
    """What the source says, one answer a call; the first was given already."""
    return FakeSource(Harvest(readings=(a_reading(480.0),)))


@pytest.fixture
def asked(desk, kind):
    """A source that was asked once; its values may be 500 at most."""
    application = replace(desk, outside=an_outside({"fake": kind}))
    with desk.writing() as (session, now):
        install_desk(session, indicators=(an_indicator(plausible_high=500),), now=now)
        definitions.save_all(session, [a_source()], author="test", reason="", effective_at=NOW, now=now)
    observe(desk.database, application.outside, "feed")
    return application


@pytest.fixture
def app(asked):
    """The desk of the source."""
    return serve(asked)


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def act(visitor, what, **fields):
    return visitor.post(f"/sources/feed/{what}", form="/quarantine", **fields)


def entries(desk):
    with desk.reading() as (session, _):
        return [(entry.actor, entry.action, entry.reason) for entry in audit.find_all(session, target="feed")]


@pytest.mark.parametrize("what", ACTS)
def test_only_an_admin_may(asked, signed_in, what):
    assert act(signed_in("ben"), what).status_code == 403
    assert act(signed_in("rita"), what).status_code == 403
    assert entries(asked) == []


@pytest.mark.parametrize("what", [*ACTS, "test", "upload", "upload/store"])
def test_nothing_is_done_without_the_token_of_a_form(asked, signed_in, kind, what):
    answer = signed_in("ana").client.post(f"/sources/feed/{what}", data={"since": "2025-01-01"})
    assert answer.status_code == 400
    assert entries(asked) == []
    assert len(kind.asked) == 1


def test_a_test_shows_what_would_be_stored_and_stores_nothing(asked, signed_in, kind):
    bad = Rejected(where="line 9", text="<i>x</i>", reason="is no number")
    readings = (a_reading(490.0, ends=NOW + timedelta(days=7)), a_reading(900.0))
    kind.answers.append(Harvest(readings=readings, rejected=(bad,), note="page 1 of 1"))
    told = words(act(signed_in("ben"), "test"))
    assert "1 value would be stored if new, 1 would wait in quarantine , 1 rejected" in told
    assert "900 is above 500, the most that is plausible" in told
    assert "line 9 Is no number &lt;i&gt;x&lt;/i&gt;" in told
    assert f"{FUEL} 30 Nov 2025 490" in told or f"{FUEL} 7 Dec 2025 490" in told
    with asked.reading() as (session, _):
        assert [row.reading.value for row in observations.history(session, FUEL)] == [480]
        assert len(runs.recent(session, "feed")) == 1


def test_a_test_of_one_that_fails_says_why(asked, signed_in, kind):
    kind.answers.append(silent("the server says 503"))
    assert "The server says 503 ." in words(act(signed_in("ben"), "test"))


def test_readers_may_not_test_and_nobody_while_others_do(asked, signed_in, kind):
    assert act(signed_in("rita"), "test").status_code == 403
    for _ in range(source_acts.MOST_TESTS):
        source_acts._testing.acquire()
    try:
        answer = act(signed_in("ben"), "test")
    finally:
        for _ in range(source_acts.MOST_TESTS):
            source_acts._testing.release()
    assert answer.location == "/sources/feed"
    assert len(kind.asked) == 1


def test_one_is_cut_off_and_restored_with_a_reason(asked, signed_in):
    ana = signed_in("ana")
    act(ana, "cut", reason="it lies")
    told = words(ana.get("/sources/feed"))
    assert "Cut off fake" in told
    assert "It is cut off: nobody asks it until it is restored." in told
    assert "Restore" in told
    act(ana, "restore", reason="it was us")
    with asked.reading() as (session, _):
        assert sources.cut_slugs(session) == frozenset()
    assert entries(asked) == [
        ("ana@example.org", "source.restore", "it was us"), ("ana@example.org", "source.cut", "it lies"),
    ]  # fmt: skip


def test_history_is_asked_for_seen_and_cancelled(asked, signed_in):
    ana = signed_in("ana")
    answer = act(ana, "backfill", since="2025-01-01", until="2025-06-29", step_days="60")
    assert answer.status_code == 302
    told = words(ana.get("/sources/feed"))
    assert "1 Jan 2025 to 29 Jun 2025 running" in told
    assert "3 stretches of 60 days left" in told
    assert 'hx-trigger="every 4s"' in ana.get("/sources/feed").text
    act(ana, "backfills/1/cancel")
    with asked.reading() as (session, _):
        found = backfills.find_all(session)[0]
    assert (found.since, found.state, found.requested_by) == (
        date(2025, 1, 1), "cancelled", "ana@example.org",
    )  # fmt: skip
    assert [each[1] for each in entries(asked)] == ["source.backfill_cancel", "source.backfill"]


@pytest.mark.parametrize(
    "fields,told",
    [
        ({}, "Enter the first day"),
        ({"since": "2025-13-01"}, "This is not a date"),
        ({"since": "2999-01-01"}, "Is not a day from 1800-01-01"),
        ({"since": "2025-01-01", "step_days": "many"}, "This is not a whole number"),
        ({"since": "2025-01-01", "step_days": "99999"}, "Step_days 99999 is not 1 to 36600"),
    ],
)
def test_a_history_that_cannot_be_asked_for_is_said_at_the_form(asked, signed_in, fields, told):
    answer = act(signed_in("ana"), "backfill", **fields)
    assert answer.status_code == 422
    assert told.lower() in words(answer).lower()
    assert entries(asked) == []


def test_kept_answers_are_looked_at_then_read_again(asked, signed_in, kind, monkeypatch):
    with asked.writing() as (session, now):
        (run,) = runs.recent(session, "feed")
        raw_answers.keep(session, "feed", run.id, [a_raw_answer()], now=now)
    fetchers = asked.outside.fetchers
    monkeypatch.setattr(fetchers, "replaying", lambda _: fetchers, raising=False)
    kind.answers += [Harvest(readings=(a_reading(481.0),))] * 2
    ana = signed_in("ana")
    assert "1 run with kept answers" in words(ana.get("/sources/feed/reparse"))
    told = words(act(ana, "reparse", look="1"))
    assert "What would change nothing was changed" in told
    assert "1 seen 1 revised" in told
    assert entries(asked) == []
    act(ana, "reparse", run=str(run.id))
    assert "Read again: 1 run, 1 values or incidents changed." in words(ana.get("/sources/feed"))
    assert [each[1] for each in entries(asked)] == ["source.reparse"]
    with asked.reading() as (session, _):
        assert [row.reading.value for row in observations.history(session, FUEL)] == [481, 480]


def test_too_many_kept_answers_are_left_to_the_command(asked, signed_in, monkeypatch):
    with asked.writing() as (session, now):
        (run,) = runs.recent(session, "feed")
        raw_answers.keep(session, "feed", run.id, [a_raw_answer()], now=now)
    monkeypatch.setattr(source_acts, "MOST_READ_BYTES", 1)
    answer = act(signed_in("ana"), "reparse")
    assert answer.status_code == 422
    assert "heatwatch source reparse feed" in words(answer)


def a_raw_answer():
    return RawAnswer(request="r", method="GET", url="https://example.org", status=200, size=4, body=b"body")
