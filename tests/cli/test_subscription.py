"""`heatwatch subscription`: a person's wishes set, listed and forgotten."""

import pytest

from monitor.domain.errors import InvalidInput, NotFound

ANA = "ana@example.org"


@pytest.fixture
def account(run):
    run("user", "add", ANA, "--role", "desk")


def test_wishes_are_set_listed_and_forgotten(run, run_json, account):
    said = run(
        "subscription", "save", ANA, "--alerts", "--from", "elevated", "--match", "subject=goita",
        "--quiet", "22:00-06:00", "--zone", "Africa/Bamako", "--digest", "08:00",
    ).output  # fmt: skip
    assert said == (
        f"{ANA}: alerts from elevated with subject=goita; quiet 22:00-06:00 Africa/Bamako below critical; "
        "digest at 08:00 Africa/Bamako of what is below high\n"
    )
    (found,) = run_json("subscription", "list")
    assert (found["person"], found["matchers"], found["digest"]) == (ANA, ["subject=goita"], ["08:00"])
    assert "quiet 22:00-06:00" in run("subscription", "list").output
    run("subscription", "remove", ANA)
    assert run_json("subscription", "list") == []


def test_without_anything_given_there_are_no_wishes(run, account):
    assert run("subscription", "save", ANA).output == f"{ANA}: no subscription\n"


def test_mistakes_are_named(run, account):
    with pytest.raises(InvalidInput, match="no account nobody"):
        run("subscription", "save", "nobody@example.org")
    with pytest.raises(InvalidInput, match="a digest's times"):
        run("subscription", "save", ANA, "--digest", "early")
    with pytest.raises(NotFound):
        run("subscription", "remove", "nobody@example.org")
