"""Acknowledge and close: a person's word on an open alert, within its limits."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.domain.alerting.alert import AlertState, EventType
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.scale import Concern
from monitor.domain.subject import Subject
from monitor.services.acknowledge import acknowledge, close
from monitor.services.assess import assess
from monitor.services.raise_alerts import raise_alerts, raise_next
from monitor.storage import alerts, audit, channels, definitions, observations, subjects
from monitor.storage.engine import open_database
from monitor.storage.rows.deliveries import NotificationRow
from tests.factories import FUEL, NOW, a_channel, a_placement, a_reading, a_rule, install_desk, standing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALERT = fingerprint("fuel-high", FUEL)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        rule = a_rule(keep_firing_seconds=0.0)
        install_desk(session, rules=(rule,), placements=(a_placement(),))
        channels.add(session, a_channel(lowest_concern=Concern.HIGH), box=None, now=NOW)
        feel(session, 350.0)
        yield session
    database.dispose()


def feel(session, value, *, now=NOW):
    reading = a_reading(value, ends=now, days=1)
    observations.add(session, [reading], source="feed", author="", note="", now=now)
    assess(session, "goita", slot=None, now=now, claimed_at=now)
    return raise_alerts(session, "goita", slot=None, now=now)


def alert_of(session):
    return alerts.get(session, ALERT)


def told(session):
    rows = session.scalars(select(NotificationRow).order_by(NotificationRow.id))
    return [(row.channel, row.event_seq) for row in rows]


def test_an_ack_lasts_a_shift_and_says_by_whom(session):
    ack = acknowledge(session, ALERT, by="amina", note=" on it ", now=NOW).ack
    assert (ack.by, ack.note, ack.concern, ack.until) == ("amina", "on it", Concern.HIGH, NOW + 8 * HOUR)


def test_an_ack_is_an_event_of_the_episode_told_to_those_who_know_of_it(session):
    channels.add(session, a_channel("late"), box=None, now=NOW)
    acknowledge(session, ALERT, by="amina", note="on it", now=NOW)
    event = alerts.events(session, alert_of(session).episode_id)[-1]
    assert (event.type, event.event_seq) == (EventType.ACKNOWLEDGED, 2)
    assert event.body["ack"]["by"] == "amina"
    assert told(session) == [("hook", 1), ("hook", 2)]


def test_an_ack_is_found_by_episode_too(session):
    assert acknowledge(session, alert_of(session).episode_id, by="amina", now=NOW).fingerprint == ALERT


def test_an_ack_is_audited(session):
    acknowledge(session, ALERT, by="amina", note="on it", now=NOW)
    entry = audit.find_all(session, target=ALERT)[0]
    assert (entry.actor, entry.action, entry.reason) == ("amina", "alert.acknowledge", "on it")


def test_an_ack_runs_out_by_itself(session):
    acknowledge(session, ALERT, by="amina", until=NOW + HOUR, now=NOW)
    assert subjects.state(session, "goita").alerts_due_at == NOW
    raise_next(session, now=NOW)
    assert raise_next(session, now=NOW + HOUR).events[0].type is EventType.UNACKNOWLEDGED
    assert alert_of(session).ack is None


def test_on_an_archive_too_an_ack_runs_out(session):
    subjects.set_clock(session, "goita", standing(NOW))
    acknowledge(session, ALERT, by="amina", until=NOW + HOUR, now=NOW)
    raise_next(session, now=NOW)
    (event,) = raise_next(session, now=NOW + HOUR).events
    assert (event.type, event.at) == (EventType.UNACKNOWLEDGED, NOW)


def test_a_critical_alert_is_not_taken_on_for_more_than_a_day(session):
    feel(session, 500.0, now=NOW + DAY)
    with pytest.raises(InvalidInput, match="24 hours") as caught:
        acknowledge(session, ALERT, by="amina", until=NOW + 2 * DAY + HOUR, now=NOW + DAY)
    assert caught.value.field == "until"


def test_an_ack_must_end_in_the_future(session):
    with pytest.raises(InvalidInput, match="future"):
        acknowledge(session, ALERT, by="amina", until=NOW, now=NOW)


def test_case_21_an_ack_after_the_resolve_is_refused_and_recorded(session):
    episode_id = alert_of(session).episode_id
    feel(session, 100.0, now=NOW + DAY)
    before = alert_of(session)
    with pytest.raises(Conflict, match="over"):
        acknowledge(session, episode_id, by="amina", note="late", now=NOW + DAY)
    assert alert_of(session) == before
    assert audit.find_all(session, target=ALERT)[0].after == {"refused": "the episode is over"}


def test_an_ack_of_an_earlier_episode_does_not_touch_the_present_one(session):
    earlier = alert_of(session).episode_id
    feel(session, 100.0, now=NOW + DAY)
    feel(session, 350.0, now=NOW + 2 * DAY)
    with pytest.raises(Conflict, match="over"):
        acknowledge(session, earlier, by="amina", now=NOW + 2 * DAY)
    assert alert_of(session).ack is None


def test_case_22_the_raise_wins_over_an_ack_of_what_was_seen_before(session):
    feel(session, 500.0, now=NOW + DAY)
    with pytest.raises(Conflict, match="raised to critical"):
        acknowledge(session, ALERT, by="amina", concern=Concern.HIGH, now=NOW + DAY)
    assert alert_of(session).ack is None


def test_case_22_a_raise_right_after_the_ack_breaks_it(session):
    acknowledge(session, ALERT, by="amina", concern=Concern.HIGH, now=NOW)
    feel(session, 500.0, now=NOW + DAY)
    assert alert_of(session).ack is None


def test_nobody_acknowledges_what_is_not_there(session):
    with pytest.raises(NotFound):
        acknowledge(session, "0123456789abcdef", by="amina", now=NOW)


def test_closing_needs_a_note(session):
    with pytest.raises(InvalidInput) as caught:
        close(session, ALERT, by="amina", note=" ", now=NOW)
    assert caught.value.field == "note"


def test_a_closed_alert_resolves_as_manual_with_its_note(session):
    assert close(session, ALERT, by="amina", note="a typing error", now=NOW).state is AlertState.INACTIVE
    event = alerts.recent_events(session, fingerprint=ALERT, limit=1)[0]
    assert (event.body["resolution"], event.body["detail"]) == ("manual", "a typing error")
    assert told(session)[-1] == ("hook", 2)
    assert audit.find_all(session, target=ALERT)[0].action == "alert.close"


def test_what_was_closed_stays_closed_until_it_is_crossed_afresh(session):
    close(session, ALERT, by="amina", note="known", now=NOW)
    assert feel(session, 360.0, now=NOW + DAY).events == ()
    feel(session, 100.0, now=NOW + 2 * DAY)
    assert [event.type for event in feel(session, 350.0, now=NOW + 3 * DAY).events] == [EventType.FIRING]


def test_closing_twice_is_a_conflict(session):
    close(session, ALERT, by="amina", note="known", now=NOW)
    with pytest.raises(Conflict):
        close(session, ALERT, by="amina", note="known", now=NOW)


def test_the_alert_of_a_subject_no_longer_watched_is_a_conflict(session):
    definitions.archive(session, Subject, "goita", author="amina", reason="over", now=NOW)
    with pytest.raises(Conflict, match="no longer watched"):
        acknowledge(session, ALERT, by="amina", now=NOW)
