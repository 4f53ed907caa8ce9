"""`heatwatch oncall`: a rota made, read in local time, and someone standing in."""

import pytest

from monitor.domain.errors import InvalidInput, NotFound

SAVE = ("oncall", "save", "desk", "--members", "ana@example.org, ben@example.org", "--from", "2026-11-23")


def test_no_rota_says_how_to_make_one(run):
    assert "heatwatch oncall save" in run("oncall", "show").output


def test_who_is_on_duty_is_told_in_local_time_and_utc(run, run_json):
    run(*SAVE, "--zone", "Africa/Nairobi", "--name", "Desk")
    result = run("oncall", "show", "desk", "--at", "2026-11-24T12:00", "--days", "7")
    assert "desk  Desk, Africa/Nairobi, now Tue 24 Nov 15:00" in result.stdout
    assert "turns 1  ana@example.org, ben@example.org; 7 days each, handed over at 08:00" in result.stdout
    assert (
        "now    ana@example.org  Mon 23 Nov 08:00 to Mon 30 Nov 08:00  "
        "(2026-11-23 05:00 to 2026-11-30 05:00 UTC)"
    ) in result.stdout
    assert "next   ben@example.org" in result.stdout
    assert "warning: ana@example.org has no account" in result.stderr
    (found,) = run_json("oncall", "show", "--at", "2026-11-24T12:00")
    assert (found["now"]["people"], found["zone"]) == (["ana@example.org"], "Africa/Nairobi")
    assert found["next"][0]["starts_at"] == "2026-11-30T05:00:00+00:00"


def test_holes_in_the_cover_are_warned_of(run, run_json):
    run(*SAVE, "--window", "Mon-Fri 08:00-18:00")
    assert (
        "nobody is on duty from 2026-11-23 18:00" in run("oncall", "show", "--at", "2026-11-23T12:00").stderr
    )
    (found,) = run_json("oncall", "show", "--at", "2026-11-23T20:00")
    assert found["now"]["people"] == []


def test_a_second_on_duty_comes_beside(run, run_json):
    run(*SAVE)
    run("oncall", "save", "desk", "--members", "cleo@example.org", "--from", "2026-11-23", "--beside")
    (found,) = run_json("oncall", "show", "--at", "2026-11-24T12:00")
    assert found["now"]["people"] == ["ana@example.org", "cleo@example.org"]


def test_one_set_of_turns_is_changed_or_dropped_and_the_others_stay(run, run_json):
    run(*SAVE)
    run("oncall", "save", "desk", "--members", "cleo@example.org", "--from", "2026-11-23", "--beside")
    run("oncall", "save", "desk", "--members", "dora@example.org", "--from", "2026-11-23", "--turns", "2")
    (found,) = run_json("oncall", "show", "--at", "2026-11-24T12:00")
    assert found["now"]["people"] == ["ana@example.org", "dora@example.org"]
    assert len(found["turns"]) == 2
    assert "dora@example.org take turns" in run("oncall", "drop-turns", "desk", "1").output
    with pytest.raises(InvalidInput, match="at least one set of turns"):
        run("oncall", "drop-turns", "desk", "1")
    with pytest.raises(NotFound, match="desk has no turns 2"):
        run("oncall", "drop-turns", "desk", "2")
    assert "give one of the two" in run(*SAVE, "--turns", "1", "--beside", expect=2).stderr


def test_day_and_night_are_two_hand_overs(run, run_json):
    run(*SAVE, "--handover", "20:00,08:00")
    (found,) = run_json("oncall", "show", "--at", "2026-11-23T21:00")
    assert found["now"]["people"] == ["ben@example.org"]


def test_one_stands_in_and_is_relieved(run, run_json):
    run("oncall", "save", "desk", "--members", "ana@example.org", "--from", "2020-01-01")
    run(
        "oncall", "stand-in", "desk", "cleo@example.org", "--for", "ana@example.org",
        "--from", "2037-01-01", "--until", "2037-01-02", "--reason", "leave",
    )  # fmt: skip
    assert "stand-in 1  cleo@example.org for ana@example.org" in run("oncall", "show").output
    (found,) = run_json("oncall", "show", "--at", "2037-01-01T12:00")
    assert found["now"]["people"] == ["cleo@example.org"]
    run("oncall", "end-stand-in", "desk", "1")
    (found,) = run_json("oncall", "show", "--at", "2037-01-01T12:00")
    assert found["now"]["people"] == ["ana@example.org"]


def test_a_rota_is_removed(run, run_json):
    run(*SAVE)
    run("oncall", "remove", "desk", "--reason", "over")
    assert run_json("oncall", "show") == []


def test_mistakes_are_named(run):
    with pytest.raises(InvalidInput, match="08:00,20:00"):
        run(*SAVE, "--handover", "morning")
    with pytest.raises(InvalidInput, match="time zone"):
        run(*SAVE, "--zone", "Mali")
    with pytest.raises(NotFound, match="no rota night"):
        run("oncall", "show", "night")
