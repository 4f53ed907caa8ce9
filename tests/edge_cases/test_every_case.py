"""Each of the 26 edge cases has a named test, runs on both engines, and stands in docs/edge-cases.md."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
DOCS = TESTS.parent / "docs" / "edge-cases.md"
CASES = range(1, 27)
NAMED = re.compile(r"^def (test_case_(\d+)_\w+)\(([^)]*)\)", re.MULTILINE)
# Fixtures that come, by themselves or others, from a database of each engine.
FROM_BOTH = {"database_url", "database", "session", "line"}
# A file that makes its own database of one engine names that engine's address alone.
ON_BOTH = re.compile(r"\bdatabase_url\b|\(database\b|, database\b")


@pytest.fixture(scope="module")
def by_case():
    """The tests of each case: the file, the text a fixture of it may come from, and the fixtures taken."""
    found = defaultdict(list)
    shared = (TESTS / "edge_cases" / "conftest.py").read_text()
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text()
        for _, number, given in NAMED.findall(text):
            more = shared if path.parent.name == "edge_cases" else ""
            found[int(number)].append((path.name, text + more, set(re.findall(r"\w+", given))))
    return found


@pytest.mark.parametrize("number", CASES)
def test_each_case_is_named_by_a_test_that_runs_on_both_engines(by_case, number):
    both = [name for name, text, given in by_case[number] if given & FROM_BOTH and ON_BOTH.search(text)]
    assert both, f"case {number} has no test that takes a database of each engine"


def test_the_table_in_the_docs_names_every_case_and_only_tests_that_there_are(by_case):
    rows = dict(re.findall(r"^\| (\d+) \| [^|]+ \| (.+) \|$", DOCS.read_text(), re.MULTILINE))
    assert [int(number) for number in rows] == list(CASES)
    for number, cell in rows.items():
        told = set(re.findall(r"`(test_\w+\.py)`", cell))
        assert told == {name for name, _, _ in by_case[int(number)]}, f"case {number}"
