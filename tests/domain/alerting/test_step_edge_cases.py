"""The edge cases of alerting.md 1.7 that the step decides, and what missing data may and may not do."""

import math
from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import Ack, AlertState, DataHealth, Resolution
from monitor.domain.alerting.handling import acknowledged, closed
from monitor.domain.alerting.rule import NoDataPolicy
from monitor.domain.alerting.step import step
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from tests.domain.watch import DAY, START, Watch, a_snapshot, types

RAISED = Thresholds(calm=100, watch=600, elevated=700, high=800, critical=900)
LOWERED = Thresholds(calm=10, watch=20, elevated=30, high=40, critical=50)
HOUR = 3600


def acked(watch, *, concern=None, hours=8):
    until = START + timedelta(hours=hours)
    ack = Ack(by="amina", at=START, concern=concern or watch.alert.concern, until=until)
    watch.alert, event = acknowledged(watch.alert, ack, slot=START)
    return event


def test_case_1_a_threshold_raised_while_firing_resolves_as_rule_changed_at_once():
    watch = Watch(keep_firing_seconds=2.0 * DAY)
    watch.sees(500.0)
    watch.edit(thresholds=RAISED)
    (event,) = watch.sees(500.0, at=DAY, is_new=False)
    assert event.body["resolution"] == Resolution.RULE_CHANGED
    assert (event.reason, watch.alert.rule_version) == ("rule_changed", 2)


def test_case_2_a_threshold_lowered_keeps_the_episode_and_tells_only_a_raise():
    watch = Watch()
    watch.sees(350.0)
    episode = watch.alert.episode_id
    watch.edit(thresholds=LOWERED)
    (event,) = watch.sees(350.0, at=DAY, is_new=False)
    assert (types([event]), event.reason) == (["concern_raised"], "rule_changed")
    assert event.episode_id == episode


def test_case_2_a_threshold_lowered_under_a_calm_value_opens_by_the_rule():
    watch = Watch()
    watch.sees(120.0)
    watch.edit(thresholds=LOWERED)
    (event,) = watch.sees(120.0, at=DAY, is_new=False)
    assert (types([event]), event.reason) == (["firing"], "rule_changed")


def test_case_3_a_longer_for_leaves_a_firing_alert_firing():
    watch = Watch()
    watch.sees(350.0)
    watch.edit(for_seconds=9.0 * DAY, for_count=5)
    assert watch.sees(350.0, at=DAY, is_new=False) == []
    assert watch.alert.state is AlertState.FIRING


@pytest.mark.parametrize("value", [350.0, 100.0], ids=["firing", "recovering"])
def test_case_5_a_disabled_rule_resolves_once_with_the_reason(value):
    watch = Watch(keep_firing_seconds=2.0 * DAY)
    watch.sees(350.0)
    watch.sees(value, at=HOUR)
    watch.edit(is_enabled=False)
    (event,) = watch.sees(value, at=DAY, is_new=False)
    assert event.body["resolution"] == Resolution.DISABLED
    assert watch.sees(value, at=2 * DAY, is_new=False) == []


def test_case_5_a_deleted_rule_resolves_once_with_the_reason():
    watch = Watch()
    watch.sees(350.0)
    watch.rule = None
    (event,) = watch.evaluate(a_snapshot(None), START)
    assert event.body["resolution"] == Resolution.DELETED
    assert watch.evaluate(a_snapshot(None), START) == []


def test_case_5_an_ended_series_resolves_and_says_so():
    watch = Watch()
    watch.sees(350.0)
    (event,) = watch.sees(350.0, at=DAY, is_ended=True)
    assert (event.body["resolution"], event.body["detail"]) == ("disabled", "the series was ended")


def test_case_5_a_rule_enabled_again_starts_inactive():
    watch = Watch(for_count=2)
    watch.sees(350.0)
    watch.edit(is_enabled=False)
    assert watch.sees(350.0, at=DAY) == []
    watch.edit(is_enabled=True)
    assert watch.sees(350.0, at=2 * DAY) == []
    assert watch.alert.state is AlertState.PENDING


def test_case_7_a_clock_that_jumps_six_hours_ahead_fires_no_sooner():
    watch = Watch(for_seconds=4.0 * HOUR)
    watch.sees(350.0)
    assert watch.sees(350.0, at=7 * HOUR, is_new=False, lost=6 * HOUR) == []
    assert watch.alert.due_at == START + timedelta(hours=10)
    assert watch.sees(350.0, at=10 * HOUR, is_new=False) == []
    assert types(watch.sees(350.0, at=11 * HOUR)) == ["firing"]


def test_case_7_a_clock_that_jumps_six_hours_back_counts_nothing_twice():
    watch = Watch(keep_firing_seconds=4.0 * HOUR)
    watch.sees(350.0, at=8 * HOUR)
    watch.sees(100.0, at=9 * HOUR)
    assert watch.sees(100.0, at=3 * HOUR, is_new=False) == []
    assert (watch.alert.state, watch.alert.calm_seconds) == (AlertState.RECOVERING, 0.0)
    assert watch.sees(100.0, at=6 * HOUR, is_new=False) == []
    assert types(watch.sees(100.0, at=7 * HOUR, is_new=False)) == ["resolved"]


def test_case_19_fire_resolve_fire_are_two_episodes_with_two_names_each_counted_from_one():
    watch = Watch()
    for minute, value in enumerate((350.0, 100.0, 350.0)):
        watch.sees(value, at=60 * minute)
    first, ended, second = watch.events
    assert first.episode_id == ended.episode_id != second.episode_id
    assert [event.event_seq for event in watch.events] == [1, 2, 1]


def test_case_24_one_look_after_three_days_says_what_is_so_now_and_nothing_of_between():
    watch = Watch()
    watch.sees(100.0)
    watch.seq += 70
    assert types(watch.sees(500.0, at=3 * DAY)) == ["firing"]
    assert watch.events[-1].concern is Concern.CRITICAL


def test_case_10_a_backfill_tells_nobody_and_changes_nothing():
    watch = Watch()
    watch.sees(100.0)
    before = watch.alert
    assert watch.sees(500.0, at=DAY, is_backfill=True) == []
    assert watch.alert is before


def test_case_11_the_same_content_again_is_no_event():
    watch = Watch()
    watch.sees(350.0)
    before = watch.alert
    assert watch.sees(350.0, at=0, is_new=False) == []
    assert watch.alert is before


def test_case_12_a_revision_below_exit_is_retracted_with_both_values():
    watch = Watch(keep_firing_seconds=DAY)
    watch.sees(420.0)
    watch.seq += 1
    assert watch.sees(41.0, at=HOUR, is_new=False) == []
    assert (watch.alert.state, watch.alert.recovering_reason) == (AlertState.RECOVERING, "data_revised")
    (event,) = watch.sees(41.0, at=HOUR + DAY, is_new=False)
    assert event.body["resolution"] == Resolution.RETRACTED
    assert event.body["detail"] == "source revised 420 -> 41"


def test_case_12_a_withdrawn_value_is_retracted_too():
    watch = Watch()
    watch.sees(100.0)
    watch.sees(420.0, at=DAY)
    (event,) = watch.sees(100.0, at=2 * DAY, is_new=False, period=1, seq=1)
    assert event.body["resolution"] == Resolution.RETRACTED
    assert event.body["detail"] == "source withdrew 420"
    assert watch.alert.evaluated_seq == 2


def test_a_value_that_time_alone_moved_is_not_retracted():
    watch = Watch()
    watch.sees(420.0)
    (event,) = watch.sees(100.0, at=DAY, is_new=False)
    assert event.body["resolution"] == Resolution.RECOVERED


def test_a_value_without_a_period_cannot_be_retracted():
    watch = Watch()
    watch.sees(420.0, period=None)
    (event,) = watch.sees(41.0, at=DAY, period=None)
    assert event.body["resolution"] == Resolution.RECOVERED


def test_a_return_forgets_that_data_were_revised():
    watch = Watch(keep_firing_seconds=DAY)
    watch.sees(420.0)
    watch.seq += 1
    watch.sees(41.0, at=HOUR, is_new=False)
    watch.sees(420.0, at=2 * HOUR)
    watch.sees(41.0, at=3 * HOUR)
    (event,) = watch.sees(41.0, at=3 * HOUR + DAY, is_new=False)
    assert event.body["resolution"] == Resolution.RECOVERED


def test_case_22_a_raise_breaks_an_ack_given_at_a_lower_concern():
    watch = Watch()
    watch.sees(350.0)
    acked(watch)
    (event,) = watch.sees(500.0, at=HOUR)
    assert watch.alert.ack is None
    assert event.body["by"] == "amina"


def test_a_raise_within_the_acked_concern_keeps_the_ack():
    watch = Watch()
    watch.sees(500.0)
    acked(watch)
    watch.sees(350.0, at=HOUR)
    (event,) = watch.sees(500.0, at=2 * HOUR)
    assert types([event]) == ["concern_raised"]
    assert watch.alert.ack.by == "amina"


@pytest.mark.parametrize("health", [DataHealth.OK, DataHealth.STALE])
def test_an_ack_runs_out_even_while_blind(health):
    watch = Watch()
    watch.sees(350.0)
    acked(watch)
    seen = watch.sees(350.0, at=8 * HOUR, is_new=False, health=health)
    assert "unacknowledged" in types(seen)
    assert watch.alert.ack is None


def test_acks_are_numbered_within_the_episode():
    watch = Watch()
    watch.sees(350.0)
    assert acked(watch).event_seq == 2


def test_a_resolve_takes_the_ack_with_it():
    watch = Watch()
    watch.sees(350.0)
    acked(watch)
    watch.sees(100.0, at=HOUR)
    assert watch.alert.ack is None


def test_what_a_person_closed_must_be_crossed_afresh():
    watch = Watch()
    watch.sees(350.0)
    watch.alert, event = closed(watch.alert, by="amina", note="a typing error", slot=START)
    assert (event.body["resolution"], event.body["detail"]) == ("manual", "a typing error")
    assert watch.sees(360.0, at=HOUR) == []
    assert watch.sees(250.0, at=2 * HOUR) == []
    assert types(watch.sees(350.0, at=3 * HOUR)) == ["firing"]


def test_a_worse_crossing_than_the_closed_one_opens():
    watch = Watch()
    watch.sees(350.0)
    watch.alert, _ = closed(watch.alert, by="amina", note="known", slot=START)
    (event,) = watch.sees(500.0, at=HOUR)
    assert event.concern is Concern.CRITICAL


def test_a_rule_disabled_and_enabled_forgets_what_was_closed():
    watch = Watch()
    watch.sees(350.0)
    watch.alert, _ = closed(watch.alert, by="amina", note="known", slot=START)
    watch.edit(is_enabled=False)
    watch.sees(350.0, at=HOUR, is_new=False)
    watch.edit(is_enabled=True)
    assert types(watch.sees(350.0, at=2 * HOUR, is_new=False)) == ["firing"]


def test_a_closed_breach_has_no_timer():
    watch = Watch()
    watch.sees(350.0)
    watch.alert, _ = closed(watch.alert, by="amina", note="known", slot=START)
    watch.edit(for_seconds=9.0 * HOUR)
    watch.sees(360.0, at=HOUR)
    assert (watch.alert.state, watch.alert.due_at) == (AlertState.INACTIVE, None)


def test_what_opens_above_a_closed_breach_is_at_rest_when_looked_at_again():
    watch = Watch()
    watch.sees(250.0)
    watch.alert, _ = closed(watch.alert, by="amina", note="known", slot=START)
    watch.sees(350.0, at=HOUR)
    before = watch.alert
    watch.sees(350.0, at=HOUR, is_new=False)
    assert watch.alert is before


@pytest.mark.parametrize("health", [DataHealth.STALE, DataHealth.NO_DATA, DataHealth.ERROR])
def test_missing_data_neither_opens_nor_resolves(health):
    firing, calm = Watch(), Watch()
    firing.sees(350.0)
    calm.sees(100.0)
    assert types(firing.sees(100.0, at=DAY, health=health)) == ["data_health.changed"]
    assert types(calm.sees(350.0, at=DAY, health=health)) == ["data_health.changed"]
    assert (firing.alert.state, calm.alert.state) == (AlertState.FIRING, AlertState.INACTIVE)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_cannot_be_compared_is_an_error(value):
    watch = Watch()
    watch.sees(350.0)
    watch.sees(value, at=DAY)
    assert (watch.alert.data_health, watch.alert.state) == (DataHealth.ERROR, AlertState.FIRING)


def test_no_value_at_all_is_no_data():
    watch = Watch()
    watch.sees(None)
    assert watch.alert.data_health is DataHealth.NO_DATA


def test_a_series_never_observed_fires_where_the_rule_asks_for_it():
    watch = Watch(no_data_policy=NoDataPolicy.ALERT)
    happened = watch.sees(None, is_new=False)
    assert types(happened) == ["data_health.changed", "firing"]


def test_ageing_data_are_judged_as_they_are():
    watch = Watch()
    assert types(watch.sees(350.0, health=DataHealth.AGEING)) == ["data_health.changed", "firing"]


def test_changes_of_health_have_numbers_of_their_own():
    watch = Watch()
    watch.sees(350.0)
    watch.sees(350.0, at=DAY, health=DataHealth.STALE)
    watch.sees(350.0, at=2 * DAY)
    health = [event for event in watch.events if event.episode_id == watch.alert.fingerprint]
    assert [event.event_seq for event in health] == [1, 2]
    assert watch.alert.event_seq == 1


def test_the_policy_alert_takes_missing_data_for_the_mildest_breach():
    watch = Watch(no_data_policy=NoDataPolicy.ALERT, for_count=2)
    watch.sees(100.0)
    seen = watch.sees(None, at=DAY)
    assert (types(seen)[-1], seen[-1].concern, seen[-1].reason) == ("firing", Concern.WATCH, "no_data")


def test_the_policy_alert_holds_what_fires_already():
    watch = Watch(no_data_policy=NoDataPolicy.ALERT)
    watch.sees(500.0)
    watch.sees(None, at=DAY)
    assert watch.alert.concern is Concern.CRITICAL


def test_only_the_policy_ok_lets_missing_data_resolve():
    watch = Watch(no_data_policy=NoDataPolicy.OK)
    watch.sees(500.0)
    seen = watch.sees(None, at=DAY)
    assert (types(seen)[-1], seen[-1].reason) == ("resolved", "no_data")


def test_a_step_needs_nothing_but_its_arguments():
    watch = Watch()
    snapshot = a_snapshot(350.0, watch.rule)
    assert step(watch.alert, watch.rule, 1, snapshot, START) == step(
        watch.alert, watch.rule, 1, snapshot, START
    )
