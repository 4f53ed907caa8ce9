"""`heatwatch escalation`: steps made, listed and removed."""

import pytest

from monitor.domain.errors import InvalidInput, NotFound


@pytest.fixture
def channels(run):
    for slug in ("desk", "director"):
        run("channel", "add", slug, "--kind", "webhook", "--url", f"https://{slug}.example.org/hook")


def test_an_escalation_is_made_listed_and_removed(run, run_json, channels):
    run("escalation", "save", "ladder", "15m desk; 2h director, desk", "--rounds", "2")
    (found,) = run_json("escalation", "list")
    assert found == {"slug": "ladder", "steps": "15m desk; 2h director, desk", "rounds": 2, "routes": []}
    assert "2 rounds  (no route names it)" in run("escalation", "list").output
    run("escalation", "remove", "ladder")
    assert run_json("escalation", "list") == []


@pytest.mark.parametrize(
    "steps,said",
    [
        ("desk after 15m", "a step is written 15m desk"), ("15m nobody", "no channel nobody"),
        ("", "at least one step"), ("0m desk", "after a second"), ("15m ,", "at least one channel"),
    ],
)  # fmt: skip
def test_mistakes_are_named(run, channels, steps, said):
    with pytest.raises(InvalidInput, match=said):
        run("escalation", "save", "ladder", steps)


def test_one_there_is_not_cannot_be_removed(run):
    with pytest.raises(NotFound, match="no escalation ladder"):
        run("escalation", "remove", "ladder")
