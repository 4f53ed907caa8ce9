"""`heatwatch rule test` and `heatwatch definition ...`: drafts on history, at the command line."""

from datetime import timedelta

import pytest

from monitor.domain.errors import NotFound
from monitor.storage import observations
from monitor.storage.engine import open_database
from tests.factories import DEATHS, FUEL, NOW, a_level_rule, a_reading, a_rule, install_desk, standing

DAY = timedelta(days=1)


@pytest.fixture
def desk(run, sqlite_url):
    """A desk in the past with a year of weekly fuel prices that went up twice."""
    database = open_database(sqlite_url)
    with database.write() as session:
        install_desk(session, rules=(a_rule(for_count=1), a_level_rule()), clock=standing(NOW))
        for number in range(50):
            value = 400.0 if number in range(10, 14) or number > 44 else 120.0
            ends = NOW - (50 - number) * 7 * DAY
            news = [a_reading(value, ends=ends), a_reading(200.0, ends=ends, series=DEATHS)]
            observations.add(session, news, source="feed", author="", note="", now=NOW)
    database.dispose()
    return run


@pytest.fixture
def draft(tmp_path):
    def write(text):
        path = tmp_path / "draft.toml"
        path.write_text(text)
        return str(path)

    return write


LOWER = '[[indicator]]\nslug = "fuel-price"\nthresholds = { watch = 105, elevated = 110, high = 115 }'


def test_a_rule_is_tested_on_history(desk, run_json):
    assert "2 alerts, 3 messages, still open" in desk("rule", "test", "fuel-high", "--since", "1y").stdout
    (rule,) = run_json("rule", "test", "fuel-high", "--since", "1y")["rules"]
    assert [each["peak"] for each in rule["new"]["firings"]] == ["high", "high"]
    spring = desk("rule", "test", "fuel-high", "--since", "2025-05-01", "--until", "2025-06-01")
    assert "0 alerts" in spring.stdout


def test_a_draft_of_a_rule_is_tested_beside_those_in_force(desk, draft):
    path = draft('[[rule]]\nslug = "fuel-high"\nenter = { high = 500 }')
    out = desk("rule", "test", "--draft", path, "--since", "1y").stdout
    assert "(2 lost)" in out
    assert "! fuel-high would never have fired: the worst value was 400, it begins at 500" in out


def test_a_draft_is_previewed_and_says_by_its_code_that_something_changes(desk, draft, run_json):
    out = desk("definition", "preview", draft(LOWER), "--since", "1y", "--exit-code", expect=3).stdout
    assert "old heat" in out
    assert "new heat" in out
    found = run_json("definition", "preview", draft(LOWER), "--since", "1y")
    assert found["has_changed"] is True
    assert found["definitions"] == [{"kind": "indicator", "slug": "fuel-price"}]
    assert len(found["subjects"][0]["heat"]["new"]) > 300
    same = draft('[[rule]]\nslug = "level"\nrunbook = "Call."')
    assert "Nothing would have been another." in desk("definition", "preview", same, "--exit-code").stdout


def test_a_draft_that_cannot_be_used_is_refused_with_file_and_key(desk, draft):
    wrong = draft('[[rule]]\nslug = "fuel-high"\nfor_hour = 3')
    said = desk("definition", "preview", wrong, expect=1).stderr
    assert "draft.toml:1 rule.fuel-high.for_hour: no such key (expected `for_hours`)" in said
    said = desk("rule", "test", "--draft", draft(LOWER), expect=1).stderr
    assert "does not belong in a draft (expected tables of rule)" in said
    said = desk("definition", "preview", draft(LOWER), "--since", "3 years", expect=2).stderr
    assert "'3 years' is no day such as 2025-09-01" in said
    assert "give the slug of a rule in force, or --draft" in desk("rule", "test", expect=2).stderr
    with pytest.raises(NotFound, match="there is no rule nothing"):
        desk("rule", "test", "nothing")


def test_a_draft_is_saved_and_its_versions_are_shown(desk, draft, run_json):
    out = desk("definition", "save", draft(LOWER), "--reason", "earlier warning").stdout
    assert "Saved indicator fuel-price, version 2." in out
    assert "earlier warning" in desk("definition", "history", "indicator", "fuel-price").stdout
    assert "watch = 105" in desk("definition", "show", "indicator", "fuel-price").stdout
    assert {"kind": "indicator", "slug": "fuel-price", "version": 2} in run_json(
        "definition", "list", "indicator"
    )


def test_series_names_are_not_read_as_pictures(desk, draft):
    path = draft('[[indicator]]\nslug = "fuel-price"\nthresholds = { high = 380, critical = 399 }')
    out = desk("definition", "preview", path, "--since", "1y").stdout
    assert f"{FUEL}: beyond its last edge" in out
