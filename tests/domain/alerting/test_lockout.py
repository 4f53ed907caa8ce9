"""Lockout: for so long after it told a concern, a rule fires for none but a worse one."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import Ack, AlertState
from monitor.domain.alerting.handling import acknowledged, closed
from monitor.domain.alerting.rule import Measure
from monitor.domain.alerting.timers import lockout_seconds
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from tests.domain.watch import DAY, START, Watch, types
from tests.factories import a_rule

WEEK = 7 * DAY
RAISED = Thresholds(calm=100, watch=600, elevated=700, high=800, critical=900)


def locked():
    """Return a watch that fired at high on day 0 and resolved on day 1, locked for a week."""
    watch = Watch(lockout_seconds=float(WEEK))
    assert types(watch.sees(350.0)) == ["firing"]
    assert types(watch.sees(100.0, at=DAY)) == ["resolved"]
    return watch


def test_a_record_high_is_locked_for_180_days_and_other_rules_are_not():
    assert lockout_seconds(a_rule(measure=Measure.RECORD_HIGH, minimum=1.0)) == 180 * DAY
    assert lockout_seconds(a_rule()) == 0
    assert lockout_seconds(a_rule(lockout_seconds=60.0)) == 60


def test_the_same_concern_waits_until_the_lock_is_over():
    watch = locked()
    assert watch.sees(350.0, at=2 * DAY) == []
    assert (watch.alert.state, watch.alert.due_at) == (AlertState.PENDING, START + timedelta(days=7))
    assert types(watch.sees(350.0, at=WEEK, is_new=False)) == ["firing"]


def test_a_worse_concern_does_not_wait():
    watch = locked()
    (event,) = watch.sees(500.0, at=2 * DAY)
    assert event.concern is Concern.CRITICAL
    assert watch.alert.locked_until == START + timedelta(days=9)


def test_a_raise_locks_anew():
    watch = Watch(lockout_seconds=float(WEEK))
    watch.sees(350.0)
    watch.sees(500.0, at=DAY)
    assert (watch.alert.locked_until, watch.alert.locked_concern) == (START + timedelta(days=8), 4)


def test_a_concern_told_before_is_not_raised_again_while_locked():
    watch = Watch(lockout_seconds=float(WEEK))
    seen = [types(watch.sees(value, at=day * DAY)) for day, value in enumerate((500.0, 350.0, 500.0))]
    assert seen == [["firing"], ["concern_lowered"], []]
    assert types(watch.sees(500.0, at=WEEK, is_new=False)) == ["concern_raised"]


def test_what_falls_back_while_locked_was_never_told():
    watch = locked()
    watch.sees(350.0, at=2 * DAY)
    assert watch.sees(100.0, at=3 * DAY) == []
    assert watch.alert.state is AlertState.INACTIVE


@pytest.mark.parametrize("how", ["retracted", "rule_changed", "disabled", "closed"])
def test_what_did_not_recover_by_itself_locks_nothing(how):
    watch = Watch(lockout_seconds=float(WEEK))
    watch.sees(350.0)
    if how == "retracted":
        watch.seq += 1
        watch.sees(100.0, at=DAY, is_new=False)
    elif how == "rule_changed":
        watch.edit(thresholds=RAISED)
        watch.sees(350.0, at=DAY, is_new=False)
    elif how == "disabled":
        watch.edit(is_enabled=False)
        watch.sees(350.0, at=DAY, is_new=False)
    else:
        watch.alert, _ = closed(watch.alert, by="amina", note="known", slot=START)
    assert (watch.alert.state, watch.alert.locked_until) == (AlertState.INACTIVE, None)


def test_an_ack_changes_no_lock():
    watch = Watch(lockout_seconds=float(WEEK))
    watch.sees(350.0)
    ack = Ack(by="amina", at=START, concern=Concern.HIGH, until=START + timedelta(hours=8))
    watch.alert, _ = acknowledged(watch.alert, ack, slot=START)
    assert watch.alert.locked_until == START + timedelta(days=7)


def test_a_record_of_a_year_then_one_of_three_each_locks_its_own_and_milder_ones():
    watch = Watch(lockout_seconds=180.0 * DAY)
    told = {
        day: types(watch.sees(value, at=day * DAY))
        for day, value in ((0, 350.0), (1, 100.0), (90, 350.0), (100, 500.0), (101, 100.0), (200, 350.0),
                           (201, 100.0), (281, 350.0))
    }  # fmt: skip
    assert {day: kinds for day, kinds in told.items() if kinds} == {
        0: ["firing"], 1: ["resolved"], 100: ["firing"], 101: ["resolved"], 281: ["firing"],
    }  # fmt: skip
