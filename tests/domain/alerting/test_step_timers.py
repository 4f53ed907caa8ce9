"""The timers of an alert count duty time and periods, whatever the evaluations (alerting.md 1.3)."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import AlertState, DataHealth
from monitor.domain.alerting.rule import Measure, RuleKind
from monitor.domain.alerting.timers import duty, keep_firing_seconds, needed_periods
from monitor.domain.scale import Concern
from tests.domain.watch import DAY, START, Watch, types
from tests.factories import a_level_rule, a_rule

HOUR = 3600


def after(hours):
    return START + timedelta(hours=hours)


def test_a_breach_fires_when_it_has_stood_for_its_time():
    watch = Watch(for_seconds=2.0 * HOUR)
    assert watch.sees(500.0) == []
    assert watch.alert.due_at == after(2)
    assert watch.sees(500.0, at=HOUR, is_new=False) == []
    (fired,) = watch.sees(500.0, at=2 * HOUR, is_new=False)
    assert (types([fired]), fired.reason) == (["firing"], "crossed_up")


def test_a_breach_is_timed_for_each_concern():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(350.0)
    watch.sees(500.0, at=HOUR)
    (fired,) = watch.sees(500.0, at=2 * HOUR, is_new=False)
    assert fired.concern is Concern.HIGH
    assert watch.alert.due_at == after(3)
    assert types(watch.sees(500.0, at=3 * HOUR, is_new=False)) == ["concern_raised"]


def test_for_count_counts_periods_not_evaluations():
    watch = Watch(for_count=2)
    watch.sees(350.0)
    assert watch.sees(350.0, at=HOUR, is_new=False) == []
    assert types(watch.sees(350.0, at=2 * HOUR)) == ["firing"]


def test_an_interrupted_breach_counts_from_the_start():
    watch = Watch(for_count=2)
    for hour, value in enumerate((350.0, 100.0, 350.0)):
        assert watch.sees(value, at=hour * HOUR) == []
    assert types(watch.sees(350.0, at=3 * HOUR)) == ["firing"]


def test_calm_resolves_when_it_has_lasted():
    watch = Watch(keep_firing_seconds=2.0 * HOUR)
    watch.sees(350.0)
    watch.sees(100.0, at=HOUR)
    assert watch.alert.due_at == after(3)
    assert watch.sees(100.0, at=2 * HOUR, is_new=False) == []
    assert types(watch.sees(100.0, at=3 * HOUR, is_new=False)) == ["resolved"]


def test_between_exit_and_enter_the_timer_of_calm_pauses():
    watch = Watch(keep_firing_seconds=2.0 * HOUR, lowest_concern=Concern.HIGH)
    watch.sees(350.0)
    watch.sees(100.0, at=HOUR)
    watch.sees(345.0, at=2 * HOUR)
    assert (watch.alert.state, watch.alert.due_at) == (AlertState.RECOVERING, None)
    watch.sees(100.0, at=9 * HOUR)
    assert watch.alert.due_at == after(10)


def test_a_late_look_between_exit_and_enter_does_not_resolve():
    watch = Watch(keep_firing_seconds=2.0 * HOUR, lowest_concern=Concern.HIGH)
    watch.sees(350.0)
    watch.sees(100.0, at=HOUR)
    assert watch.sees(345.0, at=9 * HOUR) == []
    assert watch.alert.state is AlertState.RECOVERING


def test_a_milder_concern_is_told_when_it_has_lasted():
    watch = Watch(keep_firing_seconds=2.0 * HOUR)
    watch.sees(500.0)
    assert watch.sees(350.0, at=HOUR) == []
    assert watch.alert.due_at == after(3)
    assert watch.sees(250.0, at=2 * HOUR) == []
    (lowered,) = watch.sees(250.0, at=3 * HOUR, is_new=False)
    assert lowered.concern is Concern.ELEVATED


def test_a_return_to_the_concern_forgets_the_milder_time():
    watch = Watch(keep_firing_seconds=2.0 * HOUR)
    for hour, value in enumerate((500.0, 350.0, 500.0, 350.0)):
        watch.sees(value, at=hour * HOUR)
    assert watch.alert.due_at == after(5)


@pytest.mark.parametrize("health", [DataHealth.STALE, DataHealth.NO_DATA, DataHealth.ERROR])
def test_no_timer_runs_while_blind(health):
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    watch.sees(500.0, at=HOUR, is_new=False, health=health)
    assert watch.alert.due_at is None
    assert types(watch.sees(500.0, at=9 * HOUR, is_new=False)) == ["data_health.changed"]
    assert watch.alert.due_at == after(10)


def test_an_outage_is_no_duty_time():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    assert watch.sees(500.0, at=2 * HOUR, is_new=False, lost=HOUR / 2) == []
    assert watch.alert.due_at == after(2.5)


def test_after_a_long_outage_a_pending_breach_waits_for_fresh_data():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    assert watch.sees(500.0, at=5 * HOUR, is_new=False, lost=2 * HOUR) == []
    assert watch.alert.state is AlertState.PENDING
    assert watch.sees(500.0, at=6 * HOUR, is_new=False) == []
    assert types(watch.sees(500.0, at=7 * HOUR)) == ["firing"]


def test_a_breach_that_passed_awaits_nothing():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    watch.sees(500.0, at=5 * HOUR, is_new=False, lost=2 * HOUR)
    watch.sees(100.0, at=6 * HOUR)
    assert (watch.alert.state, watch.alert.awaits_seq) == (AlertState.INACTIVE, 0)


def test_a_rule_disabled_and_enabled_awaits_nothing():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    watch.sees(500.0, at=5 * HOUR, is_new=False, lost=2 * HOUR)
    watch.edit(is_enabled=False)
    watch.sees(500.0, at=6 * HOUR, is_new=False)
    assert watch.alert.awaits_seq == 0


def test_time_is_counted_once_a_slot():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    assert watch.sees(500.0, is_new=False, duty_seconds=9.0 * HOUR) == []


def test_periods_past_those_needed_are_not_kept():
    watch = Watch(for_count=2)
    for day in range(5):
        watch.sees(500.0, at=day * DAY)
    assert watch.alert.pending[Concern.CRITICAL].periods == (1, 2)


def test_fresh_data_right_after_the_outage_is_enough():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    assert types(watch.sees(500.0, at=5 * HOUR, lost=2 * HOUR)) == ["firing"]


def test_a_clock_set_back_never_runs_a_timer_backward():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0, at=HOUR)
    watch.sees(500.0, at=2 * HOUR)
    seconds = watch.alert.pending[Concern.CRITICAL].seconds
    watch.sees(500.0, at=0)
    assert watch.alert.pending[Concern.CRITICAL].seconds == seconds


def test_an_evaluation_that_sees_nothing_new_leaves_the_same_alert():
    watch = Watch(for_seconds=2.0 * HOUR)
    watch.sees(500.0)
    before = watch.alert
    watch.sees(500.0, at=HOUR, is_new=False)
    assert watch.alert is before


def test_duty_leaves_out_what_overlaps_an_outage():
    lost = [(after(-1), after(1)), (after(3), after(4)), (after(9), after(12)), (after(20), after(21))]
    assert duty(after(0), after(10), lost) == (7 * HOUR, 3 * HOUR)


@pytest.mark.parametrize("since", [None, after(1), after(2)])
def test_there_is_no_duty_before_the_first_evaluation_nor_backward(since):
    assert duty(since, after(1), []) == (0, 0)


@pytest.mark.parametrize(
    "cadence, seconds",
    [(60, 15 * 60), (HOUR, 2 * HOUR), (DAY, 48 * HOUR), (30 * DAY, 48 * HOUR)],
)
def test_the_default_of_keep_firing_is_twice_the_cadence_within_bounds(cadence, seconds):
    assert keep_firing_seconds(a_rule(), cadence) == seconds


def test_a_level_keeps_firing_no_longer_than_it_lasts():
    assert keep_firing_seconds(a_level_rule(), 0.0) == 0
    assert keep_firing_seconds(a_level_rule(keep_firing_seconds=60.0), 0.0) == 60


def test_momentum_and_waves_have_defaults_of_their_own():
    momentum = a_level_rule(kind=RuleKind.MOMENTUM, days=7)
    assert keep_firing_seconds(momentum, 0.0) == 2 * DAY
    assert keep_firing_seconds(a_rule(measure=Measure.SURGE, minimum=1.0), DAY) == 90 * DAY


@pytest.mark.parametrize(
    "cadence, concern, periods",
    [
        (DAY, Concern.HIGH, 2),
        (DAY, Concern.CRITICAL, 1),
        (DAY + 1, Concern.HIGH, 1),
        (HOUR, Concern.WATCH, 2),
    ],
)
def test_the_default_of_periods_is_two_below_critical_for_daily_series(cadence, concern, periods):
    assert needed_periods(a_rule(), concern, cadence) == periods


def test_a_rule_may_say_how_many_periods():
    assert needed_periods(a_rule(for_count=3), Concern.CRITICAL, DAY) == 3
    assert needed_periods(a_level_rule(kind=RuleKind.HEAT_LEVEL), Concern.HIGH, 0.0) == 1
