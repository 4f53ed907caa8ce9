"""Raise alerts: which channels hear of an event, and what it carries for a message."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import AlertState, DataHealth, EventType, Resolution
from monitor.domain.alerting.retry import Trouble
from monitor.domain.clock import Clock, ClockMode, epoch
from monitor.domain.scale import Concern
from monitor.services.assess import assess
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import (
    alerts,
    channels,
    notifications,
    subjects,
)
from tests.factories import (
    DEATHS,
    FUEL,
    NOW,
    a_level_rule,
    a_placement,
    a_reading,
    a_rule,
    a_subject,
    install_desk,
    standing,
)
from tests.services.raising import (
    DAY,
    FAST,
    FUEL_ALERT,
    HOUR,
    LEVEL_ALERT,
    calm,
    crisis,
    learn,
    open_channel,
    run,
    save,
    types,
    waiting,
)


@pytest.fixture
def session(database):
    with database.write() as session:
        install_desk(session, rules=(a_rule(**FAST), a_level_rule()))
        yield session


def test_a_channel_hears_of_what_is_as_bad_as_it_wants_to_know(session):
    open_channel(session, "all")
    open_channel(session, "worst", lowest_concern=Concern.CRITICAL)
    open_channel(session, "off", is_enabled=False)
    result = crisis(session, fuel=350.0, deaths=350.0)
    assert result.notification_count == 2
    assert {channel for channel, _, _ in waiting(session)} == {"all"}


def test_critical_waits_for_no_group(session):
    open_channel(session)
    crisis(session, fuel=350.0)
    assert {due for _, _, due in waiting(session)} == {NOW + timedelta(seconds=30), NOW}


def test_a_resolve_goes_to_those_who_were_told_and_to_nobody_else(session):
    open_channel(session, "told", lowest_concern=Concern.CRITICAL)
    open_channel(session, "strict", lowest_concern=Concern.CRITICAL)
    crisis(session)
    channels.disable(session, "strict")
    open_channel(session, "late")
    later = NOW + 7 * DAY
    result = calm(session, now=later)
    assert "resolved" in types(result)
    resolved = next(event for event in result.events if event.type is EventType.RESOLVED)
    told = [row.channel for row in notifications.of_episode(session, resolved.episode_id)]
    # Switched off by a person: the end waits until it is switched on again.
    assert told == ["strict", "told", "strict", "told"]
    assert resolved.body["told"] == ["Hook"]


def test_a_channel_whose_receiver_is_gone_hears_of_no_end(session):
    open_channel(session, "told", lowest_concern=Concern.CRITICAL)
    crisis(session)
    channels.disable(session, "told")
    channels.note_trouble(session, "told", Trouble.GONE)
    assert calm(session, now=NOW + 7 * DAY).notification_count == 0


def test_an_ended_episode_says_when_and_why(session):
    crisis(session)
    later = NOW + 7 * DAY
    calm(session, now=later)
    episode = alerts.recent_episodes(session, fingerprint=FUEL_ALERT)[0]
    assert (episode.ended_at, episode.resolution) == (later, Resolution.RECOVERED)
    assert episode.peak_concern is Concern.CRITICAL


def test_a_raise_is_kept_as_the_peak_of_its_episode(session):
    crisis(session, fuel=350.0, deaths=100.0)
    crisis(session, now=NOW + 7 * DAY, fuel=500.0, deaths=100.0)
    assert alerts.recent_episodes(session, fingerprint=FUEL_ALERT)[0].peak_concern is Concern.CRITICAL


def test_labels_are_those_of_the_opening(session):
    save(session, a_rule(**FAST, labels={"team": "sahel", "alertname": "no"}))
    crisis(session)
    save(session, a_rule(**FAST, labels={"team": "coast"}))
    run(session, now=NOW + HOUR)
    episode = alerts.recent_episodes(session, fingerprint=FUEL_ALERT)[0]
    assert episode.labels == {
        "team": "sahel", "alertname": "fuel-high", "subject": "goita", "series": FUEL,
        "indicator": "fuel-price", "source": "feed",
    }  # fmt: skip


def test_an_event_carries_what_a_message_needs(session):
    open_channel(session)
    result = crisis(session)
    body = next(event.body for event in result.events if event.fingerprint == FUEL_ALERT)
    assert body["observation"]["grade"] == "B2"
    assert body["observation"]["citation"]["title"] == "Brief"
    assert body["summary"].startswith("Assimi Goïta: Cold, critical.")
    assert (body["told"], body["asOf"], body["archive"]) == (["Hook"], None, False)
    assert alerts.events(session, alerts.get(session, FUEL_ALERT).episode_id)[0].body == body


def test_a_level_event_says_what_moved_it(session):
    early = NOW - 20 * DAY
    calm(session, now=early)
    result = crisis(session)
    body = next(event.body for event in result.events if event.fingerprint == LEVEL_ALERT)
    assert {term["name"] for term in body["why"]} == {"fuel-price, Bamako", "conflict-deaths, Mali"}


def test_an_archive_says_as_of_when(session):
    subjects.set_clock(session, "goita", standing(NOW - HOUR))
    learn(session, a_reading(500.0, ends=NOW - DAY), a_reading(500.0, ends=NOW - DAY, series=DEATHS))
    body = run(session).events[0].body
    assert (body["archive"], body["asOf"]) == (True, "2025-11-30T11:00:00Z")


def test_an_exercise_tells_only_channels_that_take_exercises(session):
    copy = "goita@exercise-1"
    save(
        session, a_subject(copy), a_placement(f"{FUEL}@exercise-1", subject=copy),
        a_rule("fuel-high@exercise-1", subject=copy, series=f"{FUEL}@exercise-1"),
    )  # fmt: skip
    subjects.set_clock(
        session, copy, Clock(mode=ClockMode.RUNNING, runs_from=NOW - DAY, started_at=NOW, speed=60.0)
    )
    open_channel(session, "real")
    open_channel(session, "drill", takes_exercises=True)
    learn(session, a_reading(500.0, ends=NOW - 2 * DAY, series=f"{FUEL}@exercise-1"))
    assess(session, copy, slot=epoch(NOW - DAY), now=NOW, claimed_at=NOW)
    result = raise_alerts(session, copy, slot=epoch(NOW - DAY), now=NOW)
    assert {channel for channel, _, _ in waiting(session)} == {"drill"}
    assert all(event.body["exercise"] and event.at == NOW - DAY for event in result.events)
    assert result.next_at is None


def test_changes_of_data_health_are_kept_and_told_to_nobody(session):
    open_channel(session)
    crisis(session)
    count = len(waiting(session))
    result = run(session, now=NOW + 61 * DAY)
    assert set(types(result)) == {"data_health.changed"}
    assert len(waiting(session)) == count
    alert = alerts.get(session, FUEL_ALERT)
    assert (alert.state, alert.data_health) == (AlertState.FIRING, DataHealth.STALE)
    assert EventType.DATA_HEALTH in {
        event.type for event in alerts.recent_events(session, fingerprint=FUEL_ALERT)
    }


def test_flapping_is_told_once_to_those_who_were_told_of_the_episode(session):
    open_channel(session)
    for day in range(5):
        crisis(session, now=NOW + 2 * day * DAY, fuel=350.0, deaths=100.0)
        if day < 4:
            calm(session, now=NOW + (2 * day + 1) * DAY)
    kinds = [event.type.value for event in alerts.recent_events(session, fingerprint=FUEL_ALERT)]
    assert kinds.count("alert.flapping_started") == 1
    alert = alerts.get(session, FUEL_ALERT)
    told = [row.event_seq for row in notifications.of_episode(session, alert.episode_id)]
    assert (sorted(told), alert.is_flapping) == ([1, 2], True)
    calm(session, now=NOW + 9 * DAY)
    assert alerts.get(session, FUEL_ALERT).state is AlertState.FIRING
