"""Flapping: an alert that comes back too often tells it once, stays firing, and tells when it has settled."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import AlertState, Resolution
from monitor.domain.alerting.flapping import window
from monitor.domain.alerting.handling import closed
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from tests.domain.watch import DAY, START, Watch, types

HOUR = 3600
HIGHER = Thresholds(calm=100, watch=600, elevated=700, high=800, critical=900)


def seen(watch, *values, start=0, step=HOUR, **more):
    """Show values an hour apart; return the kinds of all events."""
    return [
        kind
        for place, value in enumerate(values)
        for kind in types(watch.sees(value, at=start + place * step, **more))
    ]


def flapping(**rule):
    """Return a watch that has come back four times: at 2, 4, 6 and 8 hours, of a hourly series."""
    watch = Watch(**rule)
    told = seen(watch, *[350.0, 100.0] * 4, 350.0, cadence_seconds=HOUR)
    return watch, told


def look(watch, value, *, at, **more):
    return types(watch.sees(value, at=at, cadence_seconds=HOUR, **more))


def test_the_window_is_a_day_or_twenty_observations_whichever_is_longer():
    assert window(HOUR) == timedelta(days=1)
    assert window(7 * DAY) == timedelta(days=140)


def test_the_fourth_return_starts_it_once():
    watch, told = flapping()
    assert told == ["firing", "resolved"] * 4 + ["firing", "flapping_started"]
    assert watch.alert.is_flapping
    assert watch.events[-1].body["detail"] == "it came back 4 times within 24 h"


def test_returns_from_recovering_count_the_same():
    watch, told = flapping(keep_firing_seconds=5.0 * HOUR)
    assert told == ["firing", "flapping_started"]
    assert watch.alert.state is AlertState.FIRING


def test_a_rule_may_want_every_return_told():
    watch, told = flapping(absorbs_flapping=False)
    assert told == ["firing", "resolved"] * 4 + ["firing"]
    assert (watch.alert.is_flapping, watch.alert.returns) == (False, ())


def test_three_returns_are_not_enough():
    watch = Watch()
    assert "flapping_started" not in seen(watch, *[350.0, 100.0] * 3, 350.0, cadence_seconds=HOUR)


def test_returns_that_lie_further_apart_than_the_window_do_not_count():
    watch = Watch()
    told = seen(watch, *[350.0, 100.0] * 6, 350.0, step=6 * HOUR, cadence_seconds=HOUR)
    assert "flapping_started" not in told


def test_a_return_long_after_the_alert_rested_is_none():
    watch = Watch()
    seen(watch, 350.0, 100.0, cadence_seconds=HOUR)
    look(watch, 350.0, at=3 * DAY)
    assert watch.alert.returns == ()


def test_of_a_monthly_series_twenty_months_count():
    watch = Watch()
    told = seen(watch, *[350.0, 100.0] * 4, 350.0, step=30 * DAY)
    assert told[-1] == "flapping_started"


def test_while_it_flaps_pairs_are_absorbed_and_it_stays_firing():
    watch, _ = flapping()
    told = seen(watch, *[100.0, 350.0] * 3, start=9 * HOUR, cadence_seconds=HOUR)
    assert (told, watch.alert.state, watch.alert.concern) == ([], AlertState.FIRING, Concern.HIGH)


def test_a_lowered_concern_is_not_told_while_it_flaps():
    watch, _ = flapping()
    assert seen(watch, 150.0, 350.0, start=9 * HOUR, cadence_seconds=HOUR) == []


def test_a_raised_concern_is():
    watch, _ = flapping()
    assert look(watch, 500.0, at=9 * HOUR) == ["concern_raised"]
    assert watch.alert.concern is Concern.CRITICAL


def test_every_return_to_critical_is():
    watch, _ = flapping()
    told = seen(watch, 500.0, 100.0, 500.0, 350.0, 500.0, 500.0, start=9 * HOUR, cadence_seconds=HOUR)
    assert told == ["concern_raised"] * 3
    assert [event.body["previousConcern"] for event in watch.events[-3:]] == [3, 0, 3]


def test_a_return_that_does_not_enter_critical_again_is_not_told_as_critical():
    watch, _ = flapping()
    told = seen(watch, 500.0, 100.0, 490.0, 500.0, start=9 * HOUR, cadence_seconds=HOUR)
    assert told == ["concern_raised"] * 2
    assert [event.body["previousConcern"] for event in watch.events[-2:]] == [3, 3]


def test_it_starts_at_the_concern_it_comes_back_with():
    watch = Watch(keep_firing_seconds=5.0 * HOUR)
    told = seen(watch, *[350.0, 100.0] * 4, 500.0, cadence_seconds=HOUR)
    assert told == ["firing", "flapping_started", "concern_raised"]


def test_it_ends_once_a_whole_window_held_but_one_return():
    watch, _ = flapping()
    assert watch.alert.flapping_until == watch.alert.due_at == START + timedelta(hours=6 + 24)
    assert look(watch, 350.0, at=29 * HOUR) == []
    assert look(watch, 350.0, at=30 * HOUR, is_new=False) == ["flapping_ended"]
    assert (watch.alert.state, watch.alert.is_flapping) == (AlertState.FIRING, False)


def test_another_return_puts_the_end_off():
    watch, _ = flapping()
    seen(watch, 100.0, 350.0, start=9 * HOUR, cadence_seconds=HOUR)
    assert watch.alert.flapping_until == START + timedelta(hours=8 + 24)


def test_a_calm_value_resolves_when_it_has_settled():
    watch, _ = flapping(keep_firing_seconds=2.0 * HOUR)
    assert look(watch, 100.0, at=9 * HOUR) == []
    assert look(watch, 100.0, at=30 * HOUR, is_new=False) == ["flapping_ended"]
    assert watch.alert.state is AlertState.RECOVERING
    assert look(watch, 100.0, at=32 * HOUR, is_new=False) == ["resolved"]


def test_without_keep_firing_it_ends_and_resolves_at_once():
    watch, _ = flapping()
    look(watch, 100.0, at=9 * HOUR)
    assert look(watch, 100.0, at=30 * HOUR, is_new=False) == ["flapping_ended", "resolved"]


def test_missing_data_does_not_settle_it():
    watch, _ = flapping()
    assert look(watch, None, at=31 * HOUR, is_new=False) == ["data_health.changed"]
    assert watch.alert.is_flapping
    assert look(watch, 350.0, at=32 * HOUR) == ["data_health.changed", "flapping_ended"]


def test_an_edit_that_leaves_it_calm_resolves_it_even_while_it_flaps():
    watch, _ = flapping()
    watch.edit(thresholds=HIGHER)
    assert look(watch, 350.0, at=9 * HOUR, is_new=False) == ["resolved"]
    assert watch.events[-1].body["resolution"] == Resolution.RULE_CHANGED
    assert not watch.alert.is_flapping


def test_an_edit_while_the_value_is_calm_changes_nothing():
    watch, _ = flapping()
    look(watch, 100.0, at=9 * HOUR)
    watch.edit(thresholds=HIGHER)
    assert look(watch, 100.0, at=10 * HOUR, is_new=False) == []


@pytest.mark.parametrize("act", ["close", "disable"])
def test_what_a_person_ends_forgets_its_returns(act):
    watch, _ = flapping()
    if act == "close":
        watch.alert, _ = closed(watch.alert, by="amina", note="a loose plug", slot=START)
    else:
        watch.edit(is_enabled=False)
        look(watch, 350.0, at=9 * HOUR, is_new=False)
    alert = watch.alert
    assert (alert.returns, alert.rested_at, alert.flapping_until) == ((), None, None)


def test_a_cadence_made_shorter_settles_it_by_the_new_window():
    watch = Watch()
    seen(watch, *[350.0, 100.0] * 4, 350.0, step=30 * DAY)
    look(watch, 100.0, at=250 * DAY)
    look(watch, 350.0, at=251 * DAY)
    assert watch.alert.flapping_until == START + timedelta(days=252)
