"""Searching from the command line."""

import json
from pathlib import Path

PACK = Path(__file__).parents[1] / "data" / "packs" / "derived"


def test_it_finds_by_words_for_people_and_programs(run):
    run("pack", "install", str(PACK))
    told = run("search", "cha").output
    assert "subject (1)\n  Chad\n      chad" in told
    data = json.loads(run("search", "chad", "--json", "--limit", "1").output)
    assert data["groups"][0]["hits"][0]["path"] == "/subjects/chad"
    assert run("search", "zzzz").output == "nothing was found\n"
