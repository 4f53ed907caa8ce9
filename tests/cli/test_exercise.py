"""Exercises from the console."""

import pytest

from monitor.bootstrap import build
from monitor.domain.errors import InvalidInput
from tests.factories import install_desk, standing

REPLAY = ("replay", "goita", "--from", "2025-11-01", "--to", "2025-11-30")


@pytest.fixture(autouse=True)
def _desk(settings):
    application = build(settings)
    with application.writing() as (session, _):
        install_desk(session, clock=standing())
    application.close()


def test_an_exercise_is_listed_stopped_and_removed(run, run_json):
    assert "No exercises." in run("exercise", "list").output
    run(*REPLAY)
    assert "exercise-1     running  goita@exercise-1" in run("exercise", "list").output
    run("exercise", "stop", "exercise-1", "--reason", "enough")
    assert [line["state"] for line in run_json("exercise", "list")] == ["stopped"]
    assert "feed@exercise-1" in run("source", "list", "--exercises").output
    assert "feed@exercise-1" not in run("source", "list").output
    run("exercise", "remove", "exercise-1")
    assert run_json("exercise", "list") == []


def test_a_replay_of_days_to_come_is_refused(run):
    with pytest.raises(InvalidInput, match="plays what is past"):
        run("replay", "goita", "--from", "2025-11-01", "--to", "2125-11-30")
