"""`heatwatch mute-window`: made, listed with when it opens, and removed."""

import pytest

from monitor.domain.errors import InvalidInput, NotFound


def test_a_mute_window_is_made_listed_and_removed(run, run_json):
    run("mute-window", "save", "nights", "22:00-06:00; Sat,Sun", "--zone", "Africa/Bamako")
    (found,) = run_json("mute-window", "list")
    assert (found["slug"], found["windows"]) == ("nights", "22:00-06:00; Sat,Sun Africa/Bamako")
    assert found["open_until"] or found["opens_at"]
    assert "(no route names it)" in run("mute-window", "list").output
    run("mute-window", "remove", "nights")
    assert run_json("mute-window", "list") == []


@pytest.mark.parametrize("windows,stands", [("00:00-24:00", "open until"), ("2020", "does not open")])
def test_how_it_stands_is_said(run, windows, stands):
    run("mute-window", "save", "nights", windows)
    assert stands in run("mute-window", "list").output


def test_one_that_opens_later_says_when(run):
    run("mute-window", "save", "leap", "29 Feb 00:00-00:01; 28 Feb 00:00-00:01")
    assert "opens 20" in run("mute-window", "list").output


def test_mistakes_are_named(run):
    with pytest.raises(InvalidInput, match="no part of a window"):
        run("mute-window", "save", "nights", "at night")
    with pytest.raises(NotFound, match="no mute window nights"):
        run("mute-window", "remove", "nights")
