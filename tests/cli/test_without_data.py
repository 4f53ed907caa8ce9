"""A country without any data is Unknown in everything the command prints or writes."""

import json
from pathlib import Path

import pytest

PACK = Path(__file__).parents[1] / "data" / "packs" / "derived"
LEVELS = ("Calm", "Simmering", "Heated", "Burning", "Blazing")


@pytest.fixture
def chad(run):
    """A desk on which nothing is known of Chad."""
    run("pack", "install", str(PACK))
    run("assess", "chad", "mali", "niger", "sahel")
    return run


def test_status_says_unknown_and_gives_no_number(chad):
    subjects = {each["slug"]: each for each in json.loads(chad("status", "--json").output)["subjects"]}
    found = subjects["chad"]
    assert (found["level"], found["concern"], found["last_level"]) == ("Unknown", None, None)
    assert (found["heat"], found["pressure"], found["coverage"]) == (None, None, 0.0)
    assert found["movers"] == []
    assert subjects["sahel"]["level"] in LEVELS


def test_status_tells_the_absences_apart(chad):
    subjects = {each["slug"]: each for each in json.loads(chad("status", "--json").output)["subjects"]}
    assert subjects["chad"]["absent"] == [
        {"series": "french-troops:chad", "absence": "not monitored", "reason": ""}
    ]
    assert {
        "series": "sea-ports:mali",
        "absence": "not applicable",
        "reason": "Mali has no coast.",
    } in subjects["mali"]["absent"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",), ("brief", "chad"), ("brief", "chad", "--markdown"), ("brief", "chad", "--json"),
        ("explain", "chad"), ("explain", "chad", "--json"), ("heat", "chad"), ("heat", "chad", "--json"),
        ("ledger", "chad", "--from", "2025-01-31", "--to", "2025-06-30"), ("flip", "chad"),
        ("flip", "chad", "--json"),
    ],
)  # fmt: skip
def test_no_output_gives_it_a_level(chad, arguments):
    text = chad(*arguments).output
    lines = [line for line in text.splitlines() if "Mali" not in line and "Sahel" not in line]
    told = "\n".join(lines if arguments == ("status",) else text.splitlines())
    assert not any(f'"level": "{level}"' in told or f"is {level}" in told for level in LEVELS), told
    if arguments[0] in {"brief", "explain", "status"}:
        assert "Unknown" in told or "no level" in told, told
