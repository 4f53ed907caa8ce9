"""Incidents are told again: what was said before stays, a withdrawal is said, many take one look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from monitor.domain.clock import epoch
from monitor.storage import incidents
from monitor.storage.engine import migration_engine
from monitor.storage.schema import migrate
from tests.storage.test_incidents import AMBUSH, NOW

LATER = NOW + timedelta(days=3)
BEFORE = "2026_11_23_channel_ceiling"


def said(session, external_id="1"):
    return [
        (each.incident.killed, each.known_at, each.is_withdrawn)
        for each in incidents.versions(session, "desk", external_id)
    ]


def test_what_was_said_before_stays_with_its_time(session):
    incidents.keep(session, [AMBUSH], now=NOW)
    incidents.keep(session, [replace(AMBUSH, killed=5, description="more were found")], now=LATER)
    assert said(session) == [(5, epoch(LATER), False), (3, epoch(NOW), False)]
    first = incidents.versions(session, "desk", "1")[1]
    assert first.incident == AMBUSH


def test_a_withdrawn_incident_is_nowhere_but_among_its_versions(session):
    incidents.keep(session, [AMBUSH], now=NOW)
    assert incidents.withdraw(session, "desk", ["1", "2"], now=LATER) == 1
    assert incidents.withdraw(session, "desk", ["1"], now=LATER) == 0
    assert incidents.between(session, "MLI") == []
    assert incidents.of_source(session, "desk") == {}
    assert incidents.known_ids(session, "desk", ["1"]) == set()
    assert said(session) == [(3, epoch(LATER), True), (3, epoch(NOW), False)]


def test_a_withdrawn_incident_may_be_told_again_though_nothing_differs(session):
    incidents.keep(session, [AMBUSH], now=NOW)
    incidents.withdraw(session, "desk", ["1"], now=LATER)
    assert incidents.keep(session, [AMBUSH], now=LATER + timedelta(days=1)).changed == 1
    assert incidents.of_source(session, "desk") == {"1": AMBUSH}
    assert len(said(session)) == 3


def test_history_is_known_after_it_happened_and_its_revision_now(session):
    incidents.keep(session, [AMBUSH], now=NOW, lag_days=2)
    incidents.keep(session, [replace(AMBUSH, killed=5)], now=LATER, lag_days=2)
    happened = datetime(2025, 9, 14, tzinfo=UTC)
    assert said(session) == [(5, epoch(LATER), False), (3, epoch(happened + timedelta(days=3)), False)]


def test_a_log_up_to_a_number_is_what_was_known_then(session):
    incidents.keep(session, [AMBUSH], now=NOW)
    first = incidents.versions(session, "desk", "1")[0].seq
    incidents.keep(session, [replace(AMBUSH, killed=5)], now=LATER)
    assert incidents.logs(session, ["desk"], first)["desk"].killed.tolist() == [3]
    assert incidents.logs(session, ["desk"])["desk"].killed.tolist() == [3, 5]


def test_thousands_are_told_and_revised_in_few_statements(session, database):
    many = [replace(AMBUSH, external_id=str(number)) for number in range(12_000)]
    assert incidents.keep(session, many, now=NOW).changed == 12_000
    revised = [replace(each, killed=9) if number % 2 else each for number, each in enumerate(many)]
    again = incidents.keep(session, revised, now=LATER)
    assert (again.changed, again.unchanged) == (6_000, 6_000)
    assert len(incidents.logs(session, ["desk"])["desk"]) == 18_000


def run(url, *statements):
    engine = migration_engine(url)
    found = []
    with engine.begin() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
            found = [tuple(row) for row in result] if result.returns_rows else found
    engine.dispose()
    return found


def test_incidents_of_before_are_carried_over_and_back(empty_database_url):
    url = empty_database_url
    migrate(url)
    migrate(url, to=BEFORE)
    names = "source, external_id, happened_on, country, kind, killed, injured, kidnapped"
    version = f"{names}, seq, known_at, is_withdrawn"
    run(
        url,
        f"INSERT INTO incident ({names}) VALUES ('a', '1', '2025-09-14', 'MLI', 'ambush', 5, 0, 0)",
        f"INSERT INTO incident_version ({version}) VALUES"
        " ('a', '1', '2025-09-14', 'MLI', 'ambush', 3, 0, 0, 7, 100, false),"
        " ('a', '1', '2025-09-14', 'MLI', 'ambush', 5, 0, 0, 9, 200, false),"
        " ('a', '2', '2025-09-15', 'MLI', 'ambush', 1, 0, 0, 8, 100, false),"
        " ('a', '2', '2025-09-15', 'MLI', 'ambush', 1, 0, 0, 10, 300, true)",
    )
    shown = "SELECT external_id, seq, known_at, killed, is_withdrawn FROM {} ORDER BY seq"
    before = run(url, shown.format("incident_version"))
    migrate(url)
    assert run(url, shown.format("incident")) == [("1", 9, 200, 5, False), ("2", 10, 300, 1, True)]
    assert run(url, shown.format("incident_version")) == [("1", 7, 100, 3, False), ("2", 8, 100, 1, False)]
    migrate(url, to=BEFORE)
    assert run(url, shown.format("incident_version")) == before
    assert run(url, "SELECT external_id, killed FROM incident") == [("1", 5)]
