"""Raise alerts: from an assessed subject to alert rows, events and notifications, in one transaction."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from monitor.domain.alerting.alert import AlertState, DataHealth
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.rule import Rule
from monitor.domain.errors import Conflict, NotFound
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from monitor.services.assess import assess
from monitor.services.raise_alerts import raise_alerts, raise_next
from monitor.storage import (
    alerts,
    definitions,
    outages,
    sources,
    subjects,
)
from tests.factories import (
    DEATHS,
    NOW,
    a_level_rule,
    a_placement,
    a_reading,
    a_rule,
    a_subject,
    an_indicator,
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


def test_nothing_due_is_nothing_to_do(session):
    assert raise_next(session, now=NOW) is None


def test_a_breach_and_a_level_open_one_episode_each(session):
    result = crisis(session)
    assert (result.evaluated, types(result)) == (2, ["firing", "firing"])
    opened = {episode.rule: episode for episode in alerts.recent_episodes(session, subject="goita")}
    assert opened["fuel-high"].started_at == NOW
    assert opened["fuel-high"].labels["alertname"] == "fuel-high"
    assert alerts.get(session, LEVEL_ALERT).state is AlertState.FIRING


def test_the_same_cause_twice_changes_nothing(session):
    crisis(session)
    before = alerts.of_subject(session, "goita")
    result = run(session)
    assert (result.changed, result.events) == (0, ())
    assert alerts.of_subject(session, "goita") == before


def test_case_1_a_raised_threshold_resolves_and_names_who_changed_what(session):
    crisis(session, deaths=100.0)
    above = Thresholds(calm=100, watch=600, elevated=700, high=800, critical=900)
    save(session, an_indicator(normalisation=ThresholdNormalisation(thresholds=above)), reason="new baseline")
    result = run(session, now=NOW + HOUR)
    body = next(event.body for event in result.events if event.fingerprint == FUEL_ALERT)
    assert (body["resolution"], body["changedBy"], body["changeReason"]) == (
        "rule_changed",
        "amina",
        "new baseline",
    )


def test_case_5_an_archived_rule_resolves_as_deleted(session):
    crisis(session)
    definitions.archive(session, Rule, "fuel-high", author="amina", reason="done", now=NOW)
    result = run(session, now=NOW + HOUR)
    assert [event.body["resolution"] for event in result.events] == ["deleted"]
    assert run(session, now=NOW + 2 * HOUR).changed == 0


def test_a_rule_that_watches_another_series_leaves_its_old_alert_as_rule_changed(session):
    crisis(session)
    save(session, a_rule(**FAST, series=DEATHS))
    result = run(session, now=NOW + HOUR)
    old = next(event for event in result.events if event.fingerprint == FUEL_ALERT)
    assert old.body["resolution"] == "rule_changed"
    assert alerts.get(session, fingerprint("fuel-high", DEATHS)).state is AlertState.FIRING


def test_a_rule_that_moves_to_another_subject_takes_its_episode_along(session):
    crisis(session)
    episode = alerts.get(session, FUEL_ALERT).episode_id
    save(session, a_subject("mali"), a_placement(subject="mali"), a_rule(**FAST, subject="mali"))
    subjects.ensure(session, ["mali"])
    assert run(session, now=NOW + HOUR).events == ()
    assess(session, "mali", slot=None, now=NOW + HOUR, claimed_at=NOW)
    assert raise_alerts(session, "mali", slot=None, now=NOW + HOUR).events == ()
    alert = alerts.get(session, FUEL_ALERT)
    assert (alert.subject, alert.episode_id, alert.state) == ("mali", episode, AlertState.FIRING)


def test_case_10_a_backfill_of_old_periods_pages_nobody(session):
    open_channel(session)
    calm(session, now=NOW)
    old = [a_reading(500.0, ends=NOW - day * 7 * DAY, known_at=NOW) for day in range(2, 9)]
    learn(session, *old, now=NOW + HOUR)
    assert run(session, now=NOW + HOUR).events == ()
    assert waiting(session) == []


def test_case_11_an_older_revision_arriving_late_changes_nothing(session):
    learn(session, a_reading(500.0, source_revision=2), a_reading(100.0, series=DEATHS))
    run(session)
    learn(session, a_reading(100.0, source_revision=1), now=NOW + HOUR)
    assert run(session, now=NOW + HOUR).events == ()
    assert alerts.get(session, FUEL_ALERT).concern is Concern.CRITICAL


def test_case_12_a_revision_of_the_present_value_is_retracted_with_both_values(session):
    crisis(session, deaths=100.0)
    learn(session, a_reading(41.0, source_revision=1), now=NOW + HOUR)
    result = run(session, now=NOW + HOUR)
    body = next(event.body for event in result.events if event.fingerprint == FUEL_ALERT)
    assert (body["resolution"], body["detail"]) == ("retracted", "source revised 500 -> 41")


def test_case_12_a_withdrawal_is_retracted(session):
    learn(session, a_reading(100.0, ends=NOW - 7 * DAY))
    crisis(session, deaths=100.0)
    learn(session, a_reading(None, source_revision=1), now=NOW + HOUR)
    result = run(session, now=NOW + HOUR)
    body = next(event.body for event in result.events if event.fingerprint == FUEL_ALERT)
    assert (body["resolution"], body["detail"]) == ("retracted", "source withdrew 500")


def test_case_16_a_second_worker_with_an_old_row_writes_nothing(session):
    crisis(session)
    stale = replace(alerts.get(session, FUEL_ALERT), version=1, concern=Concern.WATCH)
    save(session, a_rule(**FAST, is_enabled=False))
    run(session, now=NOW + HOUR)
    with pytest.raises(Conflict, match="changed meanwhile"):
        alerts.save(session, stale)
    assert alerts.get(session, FUEL_ALERT).state is AlertState.INACTIVE


def test_case_16_a_conflict_puts_the_subject_off_and_keeps_no_half(session, monkeypatch):
    open_channel(session)

    def refuse(_session, changed):
        raise Conflict(f"alert {changed[0].fingerprint} was changed meanwhile")

    monkeypatch.setattr("monitor.services.write_alerts.alerts.save_all", refuse)
    result = crisis(session)
    assert "changed meanwhile" in result.problem
    assert waiting(session) == []
    monkeypatch.undo()
    assert raise_next(session, now=NOW) is None
    assert types(raise_next(session, now=NOW + timedelta(minutes=1))) == ["firing", "firing"]


def test_case_24_a_backlog_of_three_days_is_one_evaluation_and_one_message_a_rule(session):
    open_channel(session)
    for hour in range(72):
        now = NOW + hour * HOUR
        learn(session, a_reading((400.0, 90.0, 500.0)[hour % 3], ends=now, days=1), now=now)
    late = NOW + 72 * HOUR
    result = run(session, now=late)
    assert [event.type.value for event in result.events if event.fingerprint == FUEL_ALERT] == [
        "alert.firing"
    ]
    assert raise_next(session, now=late) is None
    assert len({channel for channel, _, _ in waiting(session)}) == 1


def test_a_pending_breach_wakes_the_subject_when_its_time_is_up(session):
    save(session, a_rule(**FAST, for_seconds=7200.0))
    result = crisis(session, deaths=100.0)
    assert result.next_at == NOW + 2 * HOUR
    assert raise_next(session, now=NOW + HOUR) is None
    assert types(raise_next(session, now=NOW + 2 * HOUR)) == ["firing"]


def test_an_outage_is_no_duty_time(session):
    save(session, a_rule(**FAST, for_seconds=7200.0))
    crisis(session, deaths=100.0)
    outages.add(session, started_at=NOW + HOUR, ended_at=NOW + 1.5 * HOUR)
    result = raise_next(session, now=NOW + 2 * HOUR)
    assert (result.events, result.next_at) == ((), NOW + 2.5 * HOUR)


def test_an_archive_has_no_timers(session):
    subjects.set_clock(session, "goita", standing(NOW))
    save(session, a_rule(**FAST, for_seconds=7200.0))
    assert crisis(session, deaths=100.0).next_at is None


def test_a_source_that_keeps_failing_is_an_error(session):
    crisis(session)
    later = NOW + 3 * HOUR
    sources.finish(session, "feed", now=NOW, due_at=None, failures=0)
    sources.finish(session, "feed", now=later, due_at=None, failures=3)
    run(session, now=later)
    assert alerts.get(session, FUEL_ALERT).data_health is DataHealth.ERROR


def test_a_value_by_hand_speaks_though_the_source_fails(session):
    later = NOW + 3 * HOUR
    sources.finish(session, "feed", now=later, due_at=None, failures=3)
    learn(session, a_reading(500.0, ends=later), now=later)
    run(session, now=later)
    alert = alerts.get(session, FUEL_ALERT)
    assert (alert.data_health, alert.state) == (DataHealth.OK, AlertState.FIRING)


def test_a_series_the_subject_has_not_placed_has_no_data(session):
    save(session, a_rule("other", series="unplaced:mali"))
    crisis(session)
    assert alerts.get(session, fingerprint("other", "unplaced:mali")).data_health is DataHealth.NO_DATA


def test_a_subject_that_is_not_defined_is_not_found(session):
    subjects.ensure(session, ["nobody"])
    with pytest.raises(NotFound, match="nobody"):
        raise_alerts(session, "nobody", slot=None, now=NOW)


def test_the_number_of_queries_does_not_grow_with_the_rules(database, session):
    crisis(session, fuel=100.0, deaths=100.0)
    session.commit()

    def count(rules):
        statements = []
        with database.write() as other:
            save(other, *rules)
        with database.write() as other:
            raise_alerts(other, "goita", slot=None, now=NOW + HOUR)
        with database.write() as other:
            engine = other.get_bind()

            def note(_connection, _cursor, statement, *_rest):
                statements.append(statement)

            sqlalchemy_event.listen(engine, "before_cursor_execute", note)
            raise_alerts(other, "goita", slot=None, now=NOW + 2 * HOUR)
            sqlalchemy_event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    few = count([a_rule("one")])
    assert count([a_rule(f"rule-{number}") for number in range(20)]) == few
