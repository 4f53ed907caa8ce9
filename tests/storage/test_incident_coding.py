"""The coding is kept beside what the source told, with each version."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text, update

from monitor.domain.errors import NotFound
from monitor.domain.incident import CodedBy, Coding
from monitor.domain.incident_filter import Wanted
from monitor.services.code_incidents import code_incidents
from monitor.storage import audit, incidents
from monitor.storage.incident_search import countries, search, sources
from monitor.storage.rows.observations import IncidentRow
from tests.factories import install_desk
from tests.storage.test_incidents import AMBUSH, NOW

LATER = NOW + timedelta(days=3)
IN_MOPTI = replace(AMBUSH, admin1="", latitude=14.53, longitude=-4.09, precision="near")


def codings(session, external_id="1"):
    return [version.coding for version in incidents.versions(session, "desk", external_id)]


def test_each_version_has_its_own_coding_and_what_was_told_stays(session):
    incidents.keep(session, [IN_MOPTI], now=NOW)
    incidents.keep(session, [replace(IN_MOPTI, admin1="Gao region")], now=LATER)
    assert codings(session) == [
        Coding(country="MLI", admin1="ML07", by=CodedBy.NAME),
        Coding(country="MLI", admin1="ML05", by=CodedBy.POINT),
    ]
    assert [each.incident.admin1 for each in incidents.versions(session, "desk", "1")] == ["Gao region", ""]


def test_told_again_alike_or_withdrawn_the_coding_stays(session):
    incidents.keep(session, [IN_MOPTI], now=NOW)
    assert incidents.keep(session, [IN_MOPTI], now=LATER).unchanged == 1
    incidents.withdraw(session, "desk", ["1"], now=LATER)
    assert [each.admin1 for each in codings(session)] == ["ML05", "ML05"]


def test_thousands_at_once_are_coded_too(session):
    many = [replace(IN_MOPTI, external_id=str(number)) for number in range(6_000)]
    incidents.keep(session, many, now=NOW)
    found = search(session, Wanted(regions=("ML05",)), limit=10_000).incidents
    assert len(found) == 6_000


def test_an_incident_is_found_by_code_and_by_the_words_of_its_source(session):
    incidents.keep(session, [IN_MOPTI, replace(AMBUSH, external_id="2", admin1="Gao region")], now=NOW)
    for region in ("ML07", "Gao region"):
        (found,) = search(session, Wanted(regions=(region,)), limit=9).incidents
        assert found.incident.external_id == "2"
    assert search(session, Wanted(countries=("NER",)), limit=9).incidents == ()


@pytest.fixture
def uncoded(session):
    """As an update leaves it: stored before there was any coding."""
    install_desk(session)
    incidents.keep(session, [replace(IN_MOPTI, source="feed")], now=NOW)
    session.execute(update(IncidentRow).values(coded_admin1="", coded_by=""))
    session.expire_all()
    return session


def test_coding_anew_is_a_version_known_from_then_on(uncoded):
    kept = code_incidents(uncoded, author="ana", now=LATER)
    assert (kept.changed, kept.unchanged) == (1, 0)
    now, before = incidents.versions(uncoded, "feed", "1")
    assert (now.coding.admin1, before.coding.admin1) == ("ML05", "")
    assert (now.known_at - before.known_at, now.incident) == (3 * 86_400, before.incident)
    assert code_incidents(uncoded, author="ana", now=LATER).changed == 0
    assert [each.action for each in audit.find_all(uncoded)].count("incident.code") == 1


def test_an_unknown_source_is_not_coded(uncoded):
    with pytest.raises(NotFound, match="there is no source nobody"):
        code_incidents(uncoded, source="nobody", author="ana", now=LATER)


def test_a_count_by_region_knows_the_code_from_then_on(uncoded):
    before = incidents.logs(uncoded, ["feed"])["feed"]
    assert before.coded_admin1.tolist() == [""]
    code_incidents(uncoded, author="ana", now=LATER)
    log = incidents.logs(uncoded, ["feed"])["feed"]
    assert sorted(log.coded_admin1.tolist()) == ["", "ML05"]
    assert log.up_to(int(before.seq[0])).coded_admin1.tolist() == [""]


def test_days_of_incidents_are_looked_up_by_an_index(session):
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("SQLite says its plan in words")
    incidents.keep(session, [AMBUSH], now=datetime(2025, 11, 30, tzinfo=UTC))
    plan = session.execute(text("EXPLAIN QUERY PLAN SELECT max(happened_on) FROM incident")).all()
    assert "ix_incident_happened_on" in str(plan), date(2025, 9, 14)


def test_countries_and_sources_are_found_without_a_scan(session):
    assert (countries(session), sources(session)) == ([], [])
    told = [replace(IN_MOPTI, source=source) for source in ("b", "a", "desk")]
    incidents.keep(session, [*told, replace(AMBUSH, source="c", country="BFA")], now=NOW)
    incidents.keep(session, [replace(AMBUSH, source="d", country="", admin1="")], now=NOW)
    assert countries(session) == ["", "BFA", "MLI"]
    assert sources(session) == ["a", "b", "c", "d", "desk"]
