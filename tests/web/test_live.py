"""Streams over HTTP: who may listen, what is said in whose words, what is full, what ends."""

import json

import pytest

from monitor.domain.live import LevelMoved, Pulse
from monitor.domain.scale import Concern
from monitor.services.change_person import set_enabled, set_reading
from monitor.services.feel_pulse import Felt
from monitor.web.live import hub
from monitor.web.streams import Hub

MOVED = LevelMoved(
    number=1, subject="mali", subject_name="Mali", from_level="Warm", to_level="Hot", to_concern=Concern.HIGH
)


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    """Nobody looks but the test."""
    monkeypatch.setattr(Hub, "_run", lambda _self: None)


def listen(visitor, path="/live/board"):
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return answer, iter(answer.response)


def told(part):
    """The events of one piece of a stream, as names and data."""
    lines = part.decode().strip().split("\n\n")
    return [(each.split("\n")[0][7:], json.loads(each.split("\n")[1][6:])) for each in lines]


def test_a_stream_says_that_it_lives_and_then_what_changed(app, signed_in, monkeypatch):
    here = hub(app)
    answer, events = listen(signed_in("rita"))
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "no-store"
    assert told(next(events)) == [("hello", {"at": None, "seen": True, "every": 15.0})]
    look = here._look
    here.look()
    monkeypatch.setattr(here, "_look", lambda *given: (_changed(), look(*given)[1]))
    here.look()
    (name, news), (change, data) = told(next(events))
    assert (name, change) == ("told", "change")
    assert news == {"key": "level-1", "text": "Mali is Hot, high; it was Warm.", "critical": False}
    assert data["seen"] is True
    assert data["at"] == here.looked_at.timestamp()
    answer.close()
    assert here.open_streams == 0


def _changed():
    return Felt(pulse=Pulse(), topics=frozenset({"board"}), news=(MOVED,))


@pytest.mark.parametrize("path", ["/live/desk", "/live/alerts", "/live/log", "/live/subjects/mali"])
def test_each_kind_of_page_has_a_stream_and_no_other_has(signed_in, path):
    rita = signed_in("rita")
    answer, events = listen(rita, path)
    assert told(next(events))[0][0] == "hello"
    answer.close()
    assert rita.get("/live/nothing").status_code == 404


@pytest.mark.parametrize(
    "since", ["", "nonsense", "nan", "inf", "-1e30", "1e30", "-62135596800", "1764000000"]
)
def test_any_moment_may_be_given_as_that_of_the_page(signed_in, since):
    answer, events = listen(signed_in("rita"), f"/live/board?since={since}")
    assert told(next(events))[0][0] == "hello"
    answer.close()


def test_a_stranger_gets_no_stream(client):
    assert client.get("/live/board").status_code == 302
    assert client.get("/live/board", headers={"HX-Request": "true"}).status_code == 401


def test_a_stream_too_many_is_turned_away_with_when_to_come_back(app, signed_in):
    hub(app).slots = 1
    rita = signed_in("rita")
    answer, _ = listen(rita)
    full = rita.get("/live/board")
    assert (full.status_code, full.headers["Retry-After"]) == (503, "30")
    answer.close()
    listen(rita)[0].close()


def test_a_session_that_is_watched_is_used_and_one_that_ended_ends_its_streams(app, desk, signed_in):
    here, rita, ben = hub(app), signed_in("rita"), signed_in("ben")
    (answer, events), (other, others) = listen(rita), listen(ben)
    next(events), next(others)
    with desk.writing() as (session, now):
        set_enabled(session, email="ben@example.org", is_enabled=False, actor="ana", now=now)
    here.check_owners()
    assert told(next(others)) == [("ended", {})]
    assert list(others) == []
    rita.post("/sign-out", form="/settings")
    assert told(next(events)) == [("ended", {})]
    answer.close()
    other.close()


def test_a_process_that_stops_lets_its_pages_go(app, signed_in):
    answer, events = listen(signed_in("rita"))
    next(events)
    hub(app).close()
    assert told(next(events)) == [("leaving", {})]
    assert list(events) == []
    answer.close()


def test_who_looks_is_the_database(mali, app, signed_in):
    here = hub(app)
    answer, events = listen(signed_in("rita"), "/live/subjects/assimi-goita")
    next(events)
    here.look()
    with mali.writing() as (session, now):
        set_reading(session, email="rita@example.org", zone="Africa/Bamako", actor="rita", now=now)
    here.look()
    assert [name for name, _ in told(next(events))] == ["change"]
    answer.close()
