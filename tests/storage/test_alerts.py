"""An alert is written by compare-and-set; its episodes and events tell what happened."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import (
    Ack,
    Alert,
    AlertEvent,
    AlertState,
    DataHealth,
    EventType,
    Pending,
    Resolution,
)
from monitor.domain.errors import Conflict, NotFound
from monitor.domain.scale import Concern
from monitor.storage import alerts
from monitor.storage.alerts import Episode
from tests.storage.values import NOW

HOUR = timedelta(hours=1)
QUIET = Alert(fingerprint="f1", rule="fuel", subject="goita")
FIRING = Alert(
    fingerprint="f2",
    rule="heat",
    subject="goita",
    series="fuel-price:mali",
    state=AlertState.FIRING,
    concern=Concern.HIGH,
    peak_concern=Concern.CRITICAL,
    data_health=DataHealth.AGEING,
    pending={Concern.CRITICAL: Pending(seconds=3.5, periods=(1, 2))},
    calm_seconds=1.5,
    episode_id="e1",
    event_seq=3,
    started_at=NOW,
    evaluated_at=NOW + HOUR,
    evaluated_seq=12,
    due_at=NOW + 2 * HOUR,
    ack=Ack(by="ada", at=NOW, concern=Concern.HIGH, until=NOW + HOUR, note="mine"),
)
EPISODE = Episode(
    id="e1",
    fingerprint="f2",
    rule="heat",
    subject="goita",
    started_at=NOW,
    peak_concern=Concern.HIGH,
    labels={"team": "sahel"},
)


def event(number=1, kind=EventType.FIRING, episode_id="e1", fingerprint="f2"):
    return AlertEvent(
        fingerprint=fingerprint,
        episode_id=episode_id,
        event_seq=number,
        type=kind,
        at=NOW,
        concern=Concern.HIGH,
        reason="crossed up",
        body={"value": 5.0, "words": ["a"]},
    )


def test_an_alert_comes_back_whole_and_one_version_on(session):
    saved = alerts.save(session, FIRING)
    assert saved == replace(FIRING, version=1)
    assert alerts.get(session, "f2") == saved
    acked = alerts.save(session, replace(saved, ack=None, state=AlertState.RECOVERING))
    assert (acked.version, alerts.get(session, "f2")) == (2, acked)


def test_an_alert_nobody_evaluated_is_not_there(session):
    assert alerts.find(session, "f1") is None
    with pytest.raises(NotFound):
        alerts.get(session, "f1")


@pytest.mark.parametrize("seen", [0, 1])
def test_who_comes_second_is_refused(session, seen):
    first = alerts.save(session, QUIET)
    alerts.save(session, first)
    with pytest.raises(Conflict, match="changed meanwhile"):
        alerts.save(session, replace(QUIET, version=seen, concern=Concern.WATCH))
    assert alerts.get(session, "f1").concern is Concern.NORMAL


def test_of_two_writers_at_once_one_is_refused(database):
    with database.write() as session:
        seen = alerts.save(session, QUIET)
    refused = []

    def work():
        try:
            with database.write() as session:
                alerts.save(session, seen)
        except Conflict:
            refused.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3


def test_what_is_open_comes_worst_first(session):
    alerts.save(session, QUIET)
    alerts.save(session, FIRING)
    worse = replace(FIRING, fingerprint="f3", subject="sadio", concern=Concern.CRITICAL)
    alerts.save(session, replace(worse, state=AlertState.RECOVERING))
    assert [alert.fingerprint for alert in alerts.find_open(session)] == ["f3", "f2"]
    assert [alert.fingerprint for alert in alerts.find_open(session, ["goita"])] == ["f2"]
    assert list(alerts.of_subject(session, "goita")) == ["f1", "f2"]


def test_events_come_in_their_order(session):
    resolved = event(2, EventType.RESOLVED)
    alerts.save(session, FIRING)
    alerts.add_events(session, [event()], now=NOW)
    alerts.add_events(session, [resolved], now=NOW + HOUR)
    health = event(1, EventType.DATA_HEALTH, episode_id="f1", fingerprint="f1")
    alerts.add_events(session, [health], now=NOW - HOUR)
    assert alerts.events(session, "e1") == [event(), resolved]
    assert alerts.recent_events(session) == [resolved, event(), health]
    assert alerts.recent_events(session, subject="goita", limit=1) == [resolved]
    assert alerts.recent_events(session, fingerprint="f1") == [health]


def test_an_episode_keeps_its_worst_concern_and_ends_once(session):
    alerts.open_episode(session, EPISODE)
    assert alerts.episode(session, "e1") == EPISODE
    alerts.raise_peak(session, "e1", Concern.CRITICAL)
    alerts.raise_peak(session, "e1", Concern.WATCH)
    alerts.end_episode(session, "e1", at=NOW + HOUR, resolution=Resolution.RECOVERED)
    alerts.end_episode(session, "e1", at=NOW + 2 * HOUR, resolution=Resolution.MANUAL)
    ended = replace(
        EPISODE, peak_concern=Concern.CRITICAL, ended_at=NOW + HOUR, resolution=Resolution.RECOVERED
    )
    assert alerts.episode(session, "e1") == ended
    assert alerts.episodes(session, ["e1", "e9"]) == {"e1": ended}


def test_an_unknown_episode_is_not_found(session):
    with pytest.raises(NotFound):
        alerts.episode(session, "e9")


def test_the_last_episodes_come_newest_first(session):
    later = replace(EPISODE, id="e2", started_at=NOW + HOUR)
    other = replace(EPISODE, id="e3", subject="sadio", fingerprint="f3")
    for episode in (EPISODE, later, other):
        alerts.open_episode(session, episode)
    assert [found.id for found in alerts.recent_episodes(session)] == ["e2", "e1", "e3"]
    assert [found.id for found in alerts.recent_episodes(session, subject="goita")] == ["e2", "e1"]
    assert [found.id for found in alerts.recent_episodes(session, fingerprint="f3")] == ["e3"]
