"""What explains an alert: its own move since its event before, as known when it was told."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.services.acknowledge import acknowledge
from monitor.services.assess import assess
from monitor.services.overview.alert_page import alert_page
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import alerts, observations
from monitor.storage.engine import open_database
from tests.factories import (
    DEATHS,
    FUEL,
    NOW,
    a_level_rule,
    a_reading,
    a_rule,
    an_indicator,
    install_desk,
    standing,
)

DAY = timedelta(days=1)
FUEL_ALERT, LEVEL_ALERT = fingerprint("fuel-high", FUEL), fingerprint("level", "goita")


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        yield session
    database.dispose()


@pytest.fixture
def live(session):
    return a_desk(session)


def a_desk(session, **values):
    indicators = (an_indicator(name="Fuel price"), an_indicator("conflict-deaths", name="Deaths"))
    rules = (a_rule(name="Fuel", keep_firing_seconds=0.0), a_level_rule())
    install_desk(session, rules=rules, indicators=indicators, **values)
    return session


def feel(session, *, now=NOW, ends=None, known=None, **values):
    """Learn values of the day before `ends`, assess, and return what was raised by kind of rule."""
    keys = {"fuel": FUEL, "deaths": DEATHS}
    day = {"ends": ends or now, "days": 1, "known_at": known or now}
    readings = [a_reading(value, series=keys[name], **day) for name, value in values.items()]
    observations.add(session, readings, source="feed", author="", note="", now=now)
    assess(session, "goita", slot=None, now=now, claimed_at=now)
    events = raise_alerts(session, "goita", slot=None, now=now).events
    return {("fuel" if event.fingerprint == FUEL_ALERT else "level"): event.body for event in events}


def names(body):
    return [term["name"] for term in body["why"]]


def test_a_threshold_alert_is_explained_by_its_own_series(live):
    feel(live, now=NOW - 30 * DAY, fuel=100, deaths=100)
    raised = feel(live, fuel=500, deaths=500)
    assert names(raised["fuel"]) == ["Fuel price, Bamako"]
    assert raised["fuel"]["moved"] == "Fuel price, Bamako −50.0 (100 to 500 index)"
    assert raised["fuel"]["movedSince"] == "2025-10-31T12:00:00Z"
    assert sorted(names(raised["level"])) == ["Deaths, Mali", "Fuel price, Bamako"]


def test_a_threshold_alert_is_not_explained_by_an_older_change_of_level(live):
    feel(live, now=NOW - 30 * DAY, fuel=100, deaths=100)
    feel(live, now=NOW - 5 * DAY, fuel=100, deaths=500)
    raised = feel(live, fuel=350)
    assert raised["fuel"]["moved"] == "Fuel price, Bamako −37.5 (100 to 350 index)"


def test_what_comes_after_a_firing_is_explained_since_the_firing(live):
    feel(live, now=NOW - 10 * DAY, fuel=100, deaths=100)
    feel(live, now=NOW - 5 * DAY, fuel=500, deaths=500)
    raised = feel(live, fuel=100)
    assert raised["fuel"]["resolution"] == "recovered"
    assert raised["fuel"]["moved"] == "Fuel price, Bamako +50.0 (500 to 100 index)"
    assert raised["fuel"]["movedSince"] == "2025-11-25T12:00:00Z"


def test_an_acknowledgement_repeats_what_the_alert_fired_for(live):
    feel(live, now=NOW - 10 * DAY, fuel=100, deaths=100)
    fired = feel(live, fuel=500)["fuel"]
    acknowledge(live, FUEL_ALERT, by="amina", now=NOW + timedelta(hours=2))
    last = alert_page(live, FUEL_ALERT, now=NOW + timedelta(hours=2)).timeline[-1]
    assert last.kind == EventType.ACKNOWLEDGED.value
    told = alerts.recent_events(live, fingerprint=FUEL_ALERT, limit=5)
    acked = next(event for event in told if event.type is EventType.ACKNOWLEDGED)
    assert (acked.body["moved"], acked.body["movedSince"]) == (fired["moved"], fired["movedSince"])


def test_an_archive_is_first_explained_as_was_known_at_its_moment(session):
    a_desk(session, clock=standing())
    days = {"ends": NOW - DAY, "days": 1}
    history = [
        a_reading(100, ends=NOW - 30 * DAY, days=1),
        a_reading(500, **days),
        a_reading(450, **days, known_at=NOW + 90 * DAY, source_revision=1),
    ]
    later = NOW + 300 * DAY
    observations.add(session, history, source="feed", author="", note="", now=later)
    deaths = [a_reading(100, ends=NOW - back, days=1, series=DEATHS) for back in (30 * DAY, DAY)]
    observations.add(session, deaths, source="feed", author="", note="", now=later)
    raised = feel(session, now=later)
    assert raised["fuel"]["moved"] == "Fuel price, Bamako −50.0 (100 to 500 index)"


def test_a_correction_in_an_archive_is_what_explains_the_alert_it_causes(session):
    a_desk(session, clock=standing())
    later = NOW + 300 * DAY
    feel(session, now=later, ends=NOW, known=NOW, fuel=100, deaths=100)
    raised = feel(session, now=later + DAY, ends=NOW, fuel=500)
    assert raised["fuel"]["moved"] == "Fuel price, Bamako −50.0 (100 to 500 index)"
    assert raised["fuel"]["why"][0]["cause"] == "revision"
    assert raised["fuel"]["movedSince"] == "2025-11-30T12:00:00Z"


def test_the_page_shows_what_was_told_whatever_becomes_known_later(live):
    feel(live, now=NOW - 30 * DAY, fuel=100, deaths=100)
    feel(live, fuel=500, deaths=100)
    feel(live, now=NOW + DAY, ends=NOW - 30 * DAY, known=NOW - 30 * DAY, fuel=490)
    view = alert_page(live, FUEL_ALERT, now=NOW + DAY)
    assert [(mover.name, mover.detail) for mover in view.why] == [("Fuel price, Bamako", "100 to 500 index")]
    assert (view.why_from, view.why_at) == (NOW - 30 * DAY, NOW)
