"""Health addresses: the process answers, and whether it can do its work."""

from datetime import timedelta

import pytest

from monitor.bootstrap import build
from monitor.config import Settings
from monitor.services.beat import SinceLast, beat, record_failure
from monitor.services.signal_alive import note_signal
from tests.languages.pages import unsaid
from tests.web.conftest import serve
from tests.web.test_index import counted


@pytest.fixture
def away(tmp_path):
    """A desk whose database does not answer."""
    desk = build(Settings(home=tmp_path, database_url="postgresql://desk:hunter2@127.0.0.1:1/desk"))
    yield serve(desk).test_client()
    desk.close()


def test_a_process_that_answers_is_healthy(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_without_a_worker_the_desk_is_not_ready(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["problems"] == ["no worker has run yet"]


def test_with_a_worker_alive_it_is_ready(client, desk):
    with desk.writing() as (session, now):
        beat(session, worker="here:1", now=now)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert answer.json["worker_beat_at"]


def test_a_worker_that_fell_silent_is_named_with_the_time(client, desk, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    with desk.writing() as (session, now):
        beat(session, worker="here:1", now=now)
    time_machine.move_to("2026-11-23T12:00:31Z", tick=False)
    assert client.get("/readyz").json["problems"] == [
        "the worker has been silent since 2026-11-23 12:00:00 UTC"
    ]


def test_a_workers_failure_is_not_shown_to_strangers(client, desk):
    with desk.writing() as (session, now):
        record_failure(session, worker="here:1", note="deliver: the secret", now=now)
    assert "secret" not in client.get("/readyz").text


def test_case_26_without_its_database_the_process_is_healthy_and_not_ready(away):
    assert away.get("/healthz").status_code == 200
    answer = away.get("/readyz")
    assert (answer.status_code, answer.json["problems"]) == (503, ["the database does not answer"])


def test_without_its_database_a_page_says_so_and_nothing_else(away):
    away.set_cookie("heatwatch", "x" * 43)
    answer = away.get("/desk/value")
    assert answer.status_code == 503
    assert "database does not answer" in answer.text
    assert "hunter2" not in answer.text


def test_the_page_says_what_stands_in_the_way_and_what_was_lately(desk, signed_in, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    rita = signed_in("rita")
    page = rita.get("/health").text
    assert "1 thing stands in the way" in page
    assert "No worker has run yet." in page
    with desk.writing() as (session, now):
        beat(session, worker="here:1", now=now - timedelta(seconds=65))
        record_failure(
            session, worker="here:1", note="deliver: the receiver", now=now - timedelta(seconds=65)
        )
        beat(
            session, worker="here:1", now=now,
            since=SinceLast(beat_at=now - timedelta(hours=6, seconds=5), seconds=5.0),
        )  # fmt: skip
        note_signal(session, problem="it answered 500", now=now)
    page = rita.get("/health").text
    assert "The desk does its work." in page
    assert "the clock moved 6 h ahead" in page
    assert "deliver: the receiver" in page
    assert "It answered 500." in page
    answer = rita.get("/readyz")
    assert (answer.status_code, answer.json["clock_moved_seconds"]) == (200, 21_600.0)
    assert answer.json["oldest_due_at"] is None


def test_the_page_keeps_its_query_budget(desk, signed_in):
    rita = signed_in("rita")
    with desk.reading() as (session, _), counted(session) as seen:
        assert rita.get("/health").status_code == 200
    assert len(seen) <= 16


def test_strangers_see_no_health_page(client):
    assert client.get("/health").status_code == 302


def test_no_word_of_it_was_written_and_not_said(desk, signed_in):
    with desk.writing() as (session, now):
        beat(session, worker="here:1", now=now - timedelta(hours=2))
        record_failure(session, worker="here:1", note="deliver: the receiver", now=now)
    names = ("HEATWATCH_PING_URL", "SQLite", "PostgreSQL", "here:1")
    assert unsaid(signed_in("rita"), "/health", known=names) == {}
