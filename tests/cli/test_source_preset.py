"""`heatwatch source preset`: listed, filled in, and refused with what is expected."""

import json
import tomllib

from click.testing import CliRunner

from monitor.cli.source import source
from monitor.domain.errors import InvalidInput


def run(*arguments):
    return CliRunner().invoke(source, ["preset", *arguments])


def test_presets_are_listed_with_what_is_to_be_set():
    lines = run("list").output.splitlines()
    assert any(
        each.split() == ["ecb", "ECB", "reference", "exchange", "rates", "[currency]"] for each in lines
    )
    told = {each["slug"]: each for each in json.loads(run("list", "--json").output)}
    assert told["unhcr"]["variables"][0]["example"] == "MLI"
    assert "template" not in told["unhcr"]


def test_a_preset_is_shown_as_a_fragment_that_says_what_to_know():
    shown = run("show", "unhcr", "--set", "country=BFA").output
    assert shown.startswith("# Refugees who come from a country")
    assert tomllib.loads(shown)["source"][0]["slug"] == "unhcr-bfa"


def test_what_is_missing_or_unreadable_is_said():
    assert isinstance(run("show", "unhcr").exception, InvalidInput)
    result = run("show", "unhcr", "--set", "BFA")
    assert (result.exit_code, "KEY=VALUE is expected" in result.output) == (2, True)
