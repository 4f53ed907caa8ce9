"""`heatwatch user`: accounts from the console."""

import re

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound

PASSWORD = re.compile(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}")


def test_an_account_is_added_and_its_password_printed_once(run, run_json):
    said = run("user", "add", "Ana@example.org", "--role", "admin", "--name", "Ana").output
    assert said.startswith("admin ana@example.org, password ")
    assert PASSWORD.search(said)
    (person,) = run_json("user", "list")
    assert (person["email"], person["role"], person["is_enabled"]) == ("ana@example.org", "admin", True)
    assert "password" not in person


def test_a_reset_prints_another_password(run):
    first = PASSWORD.search(run("user", "add", "ana@example.org").output)[0]
    second = PASSWORD.search(run("user", "reset", "ana@example.org").output)[0]
    assert first != second


def test_an_account_is_disabled_and_enabled(run):
    run("user", "add", "ana@example.org", "--role", "admin")
    run("user", "add", "ben@example.org")
    run("user", "disable", "ben@example.org")
    assert "ben@example.org, disabled" in run("user", "list").output
    run("user", "enable", "ben@example.org")
    assert "disabled" not in run("user", "list").output


def test_language_and_time_zone_are_set_one_by_one(run, run_json):
    run("user", "add", "ana@example.org")
    assert run("user", "set", "ana@example.org", "--language", "fr").output == "ana@example.org fr UTC\n"
    run("user", "set", "ana@example.org", "--time-zone", "Africa/Bamako")
    (person,) = run_json("user", "list")
    assert (person["language"], person["zone"]) == ("fr", "Africa/Bamako")
    with pytest.raises(InvalidInput, match="no IANA time zone"):
        run("user", "set", "ana@example.org", "--time-zone", "Mars/Olympus")


def test_the_last_admin_stays(run):
    run("user", "add", "ana@example.org", "--role", "admin")
    with pytest.raises(Conflict, match="last admin"):
        run("user", "disable", "ana@example.org")


def test_mistakes_are_named(run):
    run("user", "add", "ana@example.org")
    with pytest.raises(Conflict):
        run("user", "add", "ana@example.org")
    with pytest.raises(InvalidInput):
        run("user", "add", "ana")
    with pytest.raises(NotFound):
        run("user", "reset", "eve@example.org")
    assert "'boss' is not one of" in run("user", "add", "ben@example.org", "--role", "boss", expect=2).output
