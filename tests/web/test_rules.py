"""A rule's page: in words, on history, with what it would have raised."""

import pytest
from sqlalchemy import event

from monitor.services.raise_alerts import raise_alerts
from monitor.storage import alerts

DEATHS = "/rules/conflict-deaths-mali"
BUDGET = 25


@pytest.fixture
def mali(mali):
    """That desk, and its alerts raised."""
    with mali.writing() as (session, now):
        raise_alerts(session, "assimi-goita", slot=None, now=now)
    return mali


def test_the_rule_is_told_in_words_with_its_edges(reader):
    page = reader.get(DEATHS).text
    assert "Fires when Conflict deaths is at an edge or more: high at 170 (left below 166)" in page
    assert "It ends after 2 d of calm." in page
    assert "Without data it stays as it is." in page


def test_its_history_is_drawn_twice_with_bands_and_as_a_table(reader):
    page = reader.get(f"{DEATHS}?range=5y").text
    assert page.count('class="fired"') > 5
    assert page.count('aria-label="conflict-deaths:mali: ') == 2
    assert "<td>critical</td>" in page
    assert "Lead time" in page
    assert "JNIM&#39;s fuel blockade" in page


def test_a_rule_on_levels_shows_heat_and_its_levels(reader):
    page = reader.get("/rules/goita-level?range=5y").text
    assert "Fires when the level&#39;s concern is high or worse." in page
    assert 'aria-label="Heat: ' in page
    assert "high Cool, critical Cold" in page or "critical Cold, high Cool" in page


def test_an_alert_leads_to_its_rule(reader, mali):
    with mali.reading() as (session, _):
        alert = alerts.find_open(session, ["assimi-goita"])[0]
    assert f'href="/rules/{alert.rule}"' in reader.get(f"/alerts/{alert.fingerprint}").text


def test_an_unknown_rule_is_not_found_and_an_unknown_range_is_a_year(reader, client):
    assert reader.get("/rules/nothing").status_code == 404
    assert 'aria-current="true">1 y<' in reader.get(f"{DEATHS}?range=all").text
    assert client.get(DEATHS).status_code == 302


def test_the_page_keeps_its_query_budget(reader, mali):
    reader.get(DEATHS)
    seen = []
    with mali.reading() as (session, _):
        engine = session.get_bind().engine

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert reader.get(DEATHS).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert 0 < len(seen) <= BUDGET, seen
