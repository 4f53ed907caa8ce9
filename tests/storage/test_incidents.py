"""Incidents are kept as their feed last told them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from monitor.domain.incident import Incident
from monitor.storage import incidents
from monitor.storage.incidents import Kept

NOW = datetime(2025, 11, 30, 12, tzinfo=UTC)
AMBUSH = Incident(
    source="desk",
    external_id="1",
    happened_on=date(2025, 9, 14),
    country="MLI",
    kind="ambush",
    admin1="ML01",
    latitude=14.5,
    longitude=-11.25,
    killed=3,
    description="a convoy of tankers",
)
KIDNAP = replace(AMBUSH, external_id="2", happened_on=date(2025, 9, 23), kind="kidnapping", latitude=None)


def test_incidents_come_back_by_day(session):
    assert incidents.keep(session, [KIDNAP, AMBUSH], now=NOW) == Kept(changed=2, unchanged=0)
    assert incidents.between(session, "MLI") == [AMBUSH, KIDNAP]
    assert incidents.between(session, "MLI", date(2025, 9, 15), date(2025, 9, 23)) == [KIDNAP]
    assert incidents.between(session, "NER") == []
    assert incidents.of_source(session, "desk") == {"1": AMBUSH, "2": KIDNAP}


def test_only_what_differs_is_written_again(session):
    incidents.keep(session, [AMBUSH, KIDNAP], now=NOW)
    revised = replace(AMBUSH, killed=5, latitude=None)
    assert incidents.keep(session, [revised, KIDNAP], now=NOW) == Kept(changed=1, unchanged=1)
    assert incidents.between(session, "MLI") == [revised, KIDNAP]


def test_of_two_tellings_in_one_call_the_last_counts(session):
    assert incidents.keep(session, [AMBUSH, replace(AMBUSH, killed=5)], now=NOW) == Kept(
        changed=1, unchanged=0
    )
    assert incidents.between(session, "MLI")[0].killed == 5


def test_nothing_is_nothing(session):
    assert incidents.keep(session, [], now=NOW) == Kept(changed=0, unchanged=0)


def test_many_are_kept_in_pieces(session):
    many = [replace(AMBUSH, external_id=str(number)) for number in range(2500)]
    assert incidents.keep(session, many, now=NOW).changed == 2500
    assert incidents.keep(session, many, now=NOW).unchanged == 2500
