"""An alert on a channel that does not answer while something critical waits for it."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import AlertState, EventType
from monitor.domain.alerting.breaker import Breaker
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.scale import Concern
from monitor.services.acknowledge import close
from monitor.services.assess import assess
from monitor.services.overview.open_alerts import detail, title
from monitor.services.raise_alerts import raise_alerts
from monitor.services.watch_channels import is_watch_due, watch_channels
from monitor.storage import alerts, channel_states, channels, notifications, observations
from monitor.storage.channel_states import ChannelState
from monitor.storage.engine import open_database
from monitor.storage.snapshot import current
from tests.factories import NOW, a_channel, a_reading, a_rule, install_desk

QUARTER, MINUTE = timedelta(minutes=15), timedelta(minutes=1)
ALERT = fingerprint("ChannelFailing", "mail")


@pytest.fixture
def session(database_url):
    """Something critical waits for a channel; another one is there."""
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, rules=(a_rule(),))
        for slug, name in (("duty", "Duty phone"), ("mail", "Desk mail")):
            channels.add(session, a_channel(slug, name=name), box=None, now=NOW)
        learn(session, 500.0, now=NOW)
        yield session
    database.dispose()


def learn(session, value, *, now):
    reading = a_reading(value, ends=now)
    observations.add(session, [reading], source="feed", author="", note="", now=now)
    assess(session, "goita", slot=None, now=now, claimed_at=now)
    raise_alerts(session, "goita", slot=None, now=now)


def fail(session, *, is_open=True):
    breaker = Breaker(failures=5, opens=1, opened_at=NOW, open_until=NOW + MINUTE) if is_open else Breaker()
    channel_states.save(session, "mail", ChannelState(breaker=breaker))


def watch(session, *, now=NOW + QUARTER):
    is_due = is_watch_due(session, now=now)
    changed = watch_channels(session, now=now)
    assert is_due is bool(changed)
    return changed


def test_it_opens_once_something_critical_has_waited_a_quarter_of_an_hour(session):
    assert watch(session) == 0
    fail(session)
    assert watch(session, now=NOW + QUARTER - MINUTE) == 0
    assert watch(session) == 1
    assert watch(session, now=NOW + 2 * QUARTER) == 0
    alert = alerts.get(session, ALERT)
    assert (alert.state, alert.concern, alert.subject) == (AlertState.FIRING, Concern.CRITICAL, "goita")
    episode = alerts.episode(session, alert.episode_id)
    assert (episode.labels["kind"], episode.labels["channel"]) == ("delivery", "mail")
    [event] = alerts.events(session, alert.episode_id)
    assert event.body["summary"] == (
        "Channel Desk mail: failing, critical. No answer for 15 min; 1 critical alert waits for it."
    )
    told = notifications.of_episode(session, alert.episode_id)
    assert [each.channel for each in told] == ["duty"]
    assert title(current(session), alert) == "Failing channel"
    assert detail(current(session), alert) == "it does not take what is critical"


def test_it_ends_when_the_channel_works_again_and_an_evaluation_of_its_subject_leaves_it_alone(session):
    fail(session)
    watch(session)
    learn(session, 510.0, now=NOW + QUARTER + MINUTE)
    assert alerts.get(session, ALERT).is_open
    fail(session, is_open=False)
    assert watch(session, now=NOW + 2 * QUARTER) == 1
    alert = alerts.get(session, ALERT)
    kinds = [each.type for each in alerts.events(session, alert.episode_id)]
    assert kinds == [EventType.FIRING, EventType.RESOLVED]
    assert watch(session, now=NOW + 3 * QUARTER) == 0


def test_one_that_a_person_closed_opens_again_only_after_the_channel_worked(session):
    fail(session)
    watch(session)
    close(session, ALERT, by="ana", note="the server is moved", now=NOW + QUARTER)
    assert watch(session, now=NOW + 2 * QUARTER) == 0
    fail(session, is_open=False)
    assert watch(session, now=NOW + 3 * QUARTER) == 1
    fail(session)
    assert watch(session, now=NOW + 4 * QUARTER) == 1
    assert alerts.get(session, ALERT).is_open


def test_a_channel_that_is_switched_off_or_for_which_nothing_critical_waits_raises_none(session):
    fail(session)
    channels.disable(session, "mail")
    assert watch(session) == 0
    learn(session, 100.0, now=NOW + MINUTE)
    assert watch(session) == 0
