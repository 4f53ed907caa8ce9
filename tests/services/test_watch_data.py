"""Data-quality alerts: a series gone blind, a source that fails, and what is frozen behind them."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import AlertState
from monitor.domain.alerting.data_quality import SERIES_BLIND, SOURCE_FAILING
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.clock import Clock, ClockMode, epoch
from monitor.domain.placement import Placement
from monitor.domain.scale import Concern
from monitor.services.acknowledge import acknowledge
from monitor.services.assess import assess
from monitor.services.mark_fed import mark_fed
from monitor.services.overview.alert_page import alert_page
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import (
    alerts,
    channels,
    definitions,
    notifications,
    observations,
    series,
    sources,
    subjects,
)
from monitor.storage.engine import open_database
from tests.factories import (
    DEATHS,
    FUEL,
    NOW,
    a_channel,
    a_level_rule,
    a_placement,
    a_reading,
    a_rule,
    a_subject,
    install_desk,
    standing,
)

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
STALE = NOW + 61 * DAY
FUEL_BLIND, FEED_FAILS = fingerprint(SERIES_BLIND, FUEL), fingerprint(SOURCE_FAILING, "feed")


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, rules=(a_rule(labels={"team": "sahel"}, keep_firing_seconds=0.0),))
        yield session
    database.dispose()


def learn(session, fuel=500.0, deaths=100.0, *, now=NOW, **values):
    found = [a_reading(fuel, ends=now, **values), a_reading(deaths, ends=now, series=DEATHS)]
    observations.add(session, found, source="feed", author="", note="", now=now)


def look(session, *, now, subject="goita"):
    assess(session, subject, slot=epoch(now), now=now, claimed_at=now)
    return raise_alerts(session, subject, slot=epoch(now), now=now)


def go_blind(session, *, now=STALE, fuel=500.0):
    """See the values, lose them, and wait until the blindness has stood its minute."""
    learn(session, fuel)
    look(session, now=NOW)
    look(session, now=now)
    return look(session, now=now + MINUTE)


def fail_source(session, *, at, failures=3, ok_at=NOW):
    sources.finish(session, "feed", now=ok_at, due_at=None, failures=0)
    sources.finish(session, "feed", now=at, due_at=None, failures=failures)


def add_subject(session, slug):
    values = [a_subject(slug), a_placement(subject=slug)]
    definitions.save_all(session, values, author="amina", reason="test", effective_at=NOW, now=NOW)
    subjects.ensure(session, [slug])


def told(result):
    return sorted((event.type.removeprefix("alert."), event.fingerprint) for event in result.events)


def of(result, name):
    return next(event for event in result.events if event.fingerprint == name)


def test_a_series_whose_value_expired_opens_one_alert_after_a_minute(session):
    learn(session)
    look(session, now=NOW)
    look(session, now=STALE)
    assert alerts.get(session, FUEL_BLIND).state is AlertState.PENDING
    result = look(session, now=STALE + MINUTE)
    assert ("firing", FUEL_BLIND) in told(result)
    assert look(session, now=STALE + HOUR).events == ()


def test_a_blind_series_wakes_its_subject_when_its_minute_is_up(session):
    learn(session)
    look(session, now=NOW)
    assert look(session, now=STALE).next_at == STALE + MINUTE


def test_it_carries_the_labels_of_what_it_hides(session):
    go_blind(session)
    labels = alerts.recent_episodes(session, fingerprint=FUEL_BLIND)[0].labels
    assert labels == {
        "alertname": "SeriesBlind", "kind": "data_quality", "team": "sahel", "subject": "goita",
        "series": FUEL, "indicator": "fuel-price", "source": "feed",
    }  # fmt: skip


@pytest.mark.parametrize("fuel, concern", [(500.0, Concern.CRITICAL), (100.0, Concern.WATCH)])
def test_its_concern_is_that_of_the_worst_alert_frozen_behind_it(session, fuel, concern):
    result = go_blind(session, fuel=fuel)
    assert of(result, FUEL_BLIND).concern is concern


def test_an_unknown_level_that_fires_is_frozen_behind_every_series_of_its_subject(session):
    rules = [a_level_rule()]
    definitions.save_all(session, rules, author="amina", reason="test", effective_at=NOW, now=NOW)
    learn(session, deaths=500.0)
    look(session, now=NOW)
    look(session, now=STALE)
    result = look(session, now=STALE + MINUTE)
    assert of(result, fingerprint(SERIES_BLIND, DEATHS)).concern is Concern.CRITICAL


def test_the_alert_behind_it_still_fires(session):
    go_blind(session)
    assert alerts.get(session, fingerprint("fuel-high", FUEL)).state is AlertState.FIRING


def test_its_page_says_since_when_it_is_blind(session):
    go_blind(session)
    name = fingerprint("fuel-high", FUEL)
    assert alert_page(session, name, now=STALE + HOUR).blind_since == STALE
    learn(session, now=STALE + DAY)
    look(session, now=STALE + DAY)
    assert alert_page(session, name, now=STALE + DAY).blind_since is None
    look(session, now=STALE + 70 * DAY)
    assert alert_page(session, name, now=STALE + 70 * DAY).blind_since == STALE + 70 * DAY


def test_what_it_tells_is_the_last_value_and_what_stands_still(session):
    body = of(go_blind(session), FUEL_BLIND).body
    assert body["dataQuality"]["sentence"].startswith("the last value is 500, of a period that ended 30 Nov")
    assert body["dataQuality"]["sentence"].endswith("1 open alert stands still")
    assert body["summary"].startswith("fuel-price, Bamako (Assimi Goïta): blind, critical.")
    assert body["observation"] is None


def test_it_ends_as_soon_as_a_value_comes_again(session):
    go_blind(session)
    later = STALE + DAY
    learn(session, now=later)
    ended = of(look(session, now=later), FUEL_BLIND)
    assert ended.body["resolution"] == "recovered"
    assert ended.body["dataQuality"]["sentence"] == "values come again"


def test_a_value_never_observed_is_no_blindness(session):
    look(session, now=STALE)
    look(session, now=STALE + MINUTE)
    assert alerts.find(session, FUEL_BLIND) is None


def test_a_withdrawn_value_is(session):
    learn(session)
    look(session, now=NOW)
    gone = [a_reading(None, source_revision=1)]
    observations.add(session, gone, source="feed", author="", note="", now=NOW + HOUR)
    look(session, now=NOW + HOUR)
    result = look(session, now=NOW + HOUR + MINUTE)
    assert "withdrawn" in of(result, FUEL_BLIND).body["dataQuality"]["sentence"]


def test_healthy_data_leave_no_row(session):
    learn(session)
    look(session, now=NOW)
    assert alerts.find(session, FUEL_BLIND) is None
    assert alerts.find(session, FEED_FAILS) is None


def test_an_archive_is_not_watched(session):
    subjects.set_clock(session, "goita", standing(STALE))
    learn(session)
    look(session, now=STALE)
    assert alerts.find(session, FUEL_BLIND) is None


def test_a_clock_that_is_made_to_stand_ends_it_with_the_reason(session):
    go_blind(session)
    subjects.set_clock(session, "goita", standing(STALE + HOUR))
    ended = of(look(session, now=STALE + HOUR), FUEL_BLIND)
    assert (ended.body["resolution"], ended.body["detail"]) == ("disabled", "the subject's clock stands")


def test_an_ended_series_is_blind_no_longer(session):
    go_blind(session)
    series.end(session, FUEL, at=STALE)
    assert of(look(session, now=STALE + HOUR), FUEL_BLIND).body["resolution"] == "disabled"


def test_a_series_no_longer_placed_ends_it(session):
    go_blind(session)
    definitions.archive(session, Placement, f"goita/supply/{FUEL}", author="amina", reason="done", now=STALE)
    assert of(look(session, now=STALE + HOUR), FUEL_BLIND).body["resolution"] == "deleted"


def test_a_source_that_keeps_failing_opens_its_own_alert_first(session):
    learn(session)
    look(session, now=NOW)
    fail_source(session, at=NOW + 3 * HOUR)
    result = look(session, now=NOW + 3 * HOUR)
    event = of(result, FEED_FAILS)
    assert (event.concern, event.body["dataQuality"]["source"]) == (Concern.CRITICAL, "feed")
    assert event.body["summary"].startswith("Source Feed: failing, critical. No good answer for 3 h")
    assert alerts.get(session, FUEL_BLIND).state is AlertState.PENDING


def test_both_alerts_carry_the_source_that_inhibition_compares(session):
    learn(session)
    look(session, now=NOW)
    fail_source(session, at=NOW + 3 * HOUR)
    look(session, now=NOW + 3 * HOUR)
    look(session, now=NOW + 3 * HOUR + MINUTE)
    found = {each.rule: each.labels for each in alerts.recent_episodes(session)}
    for name in (SERIES_BLIND, SOURCE_FAILING):
        assert (found[name]["source"], found[name]["kind"]) == ("feed", "data_quality")


def test_a_source_that_answers_again_ends_its_alert(session):
    learn(session)
    look(session, now=NOW)
    fail_source(session, at=NOW + 3 * HOUR)
    look(session, now=NOW + 3 * HOUR)
    sources.finish(session, "feed", now=NOW + 4 * HOUR, due_at=None, failures=0)
    assert of(look(session, now=NOW + 4 * HOUR), FEED_FAILS).body["resolution"] == "recovered"


def test_a_source_that_failed_twice_is_no_failure_yet(session):
    learn(session)
    look(session, now=NOW)
    fail_source(session, at=NOW + 3 * HOUR, failures=2)
    look(session, now=NOW + 3 * HOUR)
    assert alerts.find(session, FEED_FAILS) is None


def test_a_failing_source_without_values_alarms_at_watch(session):
    fail_source(session, at=NOW + 3 * HOUR)
    assert of(look(session, now=NOW + 3 * HOUR), FEED_FAILS).concern is Concern.WATCH


def test_one_subject_keeps_the_alert_of_what_feeds_two(session):
    add_subject(session, "aa")
    go_blind(session)
    look(session, now=STALE, subject="aa")
    look(session, now=STALE + MINUTE, subject="aa")
    assert alerts.get(session, FUEL_BLIND).subject == "aa"
    assert alerts.get(session, FUEL_BLIND).concern is Concern.CRITICAL
    assert len(alerts.recent_episodes(session, fingerprint=FUEL_BLIND)) == 1


def test_an_alert_moves_to_the_subject_that_keeps_it_now(session):
    go_blind(session)
    fail_source(session, at=STALE + HOUR)
    look(session, now=STALE + HOUR)
    add_subject(session, "aa")
    assert look(session, now=STALE + 2 * HOUR).events == ()
    look(session, now=STALE + 2 * HOUR, subject="aa")
    assert {alerts.get(session, name).subject for name in (FUEL_BLIND, FEED_FAILS)} == {"aa"}


def test_an_ack_repeats_what_it_is_about(session):
    go_blind(session)
    acknowledge(session, FUEL_BLIND, by="amina", note="calling", until=None, now=STALE + HOUR)
    episode = alerts.recent_episodes(session, fingerprint=FUEL_BLIND)[0]
    body = alerts.events(session, episode.id)[-1].body
    assert body["dataQuality"]["dataHealth"] == "stale"
    assert body["labels"] == episode.labels


def test_it_is_told_like_any_other(session):
    channels.add(session, a_channel(lowest_concern=Concern.WATCH), box=None, now=NOW)
    event = of(go_blind(session), FUEL_BLIND)
    assert [row.channel for row in notifications.of_episode(session, event.episode_id)] == ["hook"]


def test_an_exercise_that_is_cut_off_goes_blind_at_its_next_moment(session):
    subjects.set_clock(
        session, "goita", Clock(mode=ClockMode.RUNNING, runs_from=NOW, started_at=NOW, speed=60.0)
    )
    learn(session)
    look(session, now=NOW)
    assert ("firing", FUEL_BLIND) in told(look(session, now=STALE))


@pytest.mark.parametrize("before, after", [(2, 3), (3, 0), (7, 8)])
def test_a_run_that_changes_whether_a_source_fails_marks_what_it_feeds(session, before, after):
    mark_fed(session, "feed", before=before, after=after, now=NOW)
    assert subjects.state(session, "goita").alerts_due_at == NOW


@pytest.mark.parametrize("source, failures", [("feed", 2), ("other", 5)])
def test_a_run_that_does_not_marks_nothing(session, source, failures):
    mark_fed(session, source, before=failures - 1, after=failures, now=NOW)
    assert subjects.state(session, "goita").alerts_due_at is None
