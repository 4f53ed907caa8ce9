"""Health addresses: the process answers, and whether it can do its work."""

import pytest

from monitor.bootstrap import build
from monitor.config import Settings
from monitor.services.beat import beat, record_failure
from tests.web.conftest import serve


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


def test_without_its_database_the_process_is_healthy_and_not_ready(away):
    assert away.get("/healthz").status_code == 200
    answer = away.get("/readyz")
    assert (answer.status_code, answer.json["problems"]) == (503, ["the database does not answer"])


def test_without_its_database_a_page_says_so_and_nothing_else(away):
    away.set_cookie("heatwatch", "x" * 43)
    answer = away.get("/desk/value")
    assert answer.status_code == 503
    assert "database does not answer" in answer.text
    assert "hunter2" not in answer.text
