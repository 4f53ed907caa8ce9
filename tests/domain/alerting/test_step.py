"""The transitions of an alert, in both directions and on the exact edges (alerting.md 1.2)."""

import pytest

from monitor.domain.alerting.alert import AlertState, DataHealth, EventType, Resolution
from monitor.domain.alerting.rule import RuleKind
from monitor.domain.scale import Concern
from tests.domain.watch import DAY, HIGHER_WORSE, LOWER_WORSE, Watch, a_snapshot, on_edge, types

BOTH = pytest.mark.parametrize("thresholds", [HIGHER_WORSE, LOWER_WORSE], ids=["higher", "lower"])


def expected(before, after):
    if before == after:
        return []
    if not before:
        return ["firing"]
    if not after:
        return ["resolved"]
    return ["concern_raised"] if after > before else ["concern_lowered"]


@BOTH
@pytest.mark.parametrize("after", range(5))
@pytest.mark.parametrize("before", range(5))
def test_every_jump_of_concern_with_timers_at_zero(thresholds, before, after):
    watch = Watch(thresholds=thresholds)
    assert types(watch.sees(on_edge(thresholds, before))) == expected(0, before)
    assert types(watch.sees(on_edge(thresholds, after), at=DAY)) == expected(before, after)
    assert watch.alert.concern == after
    assert watch.alert.is_open is (after > 0)


@BOTH
@pytest.mark.parametrize("concern", range(1, 5))
def test_the_edge_itself_enters(thresholds, concern):
    watch = Watch(thresholds=thresholds)
    watch.sees(on_edge(thresholds, concern))
    assert watch.alert.concern == concern


@BOTH
@pytest.mark.parametrize("concern", range(1, 5))
def test_a_hair_short_of_the_edge_does_not(thresholds, concern):
    watch, sign = Watch(thresholds=thresholds), 1 if thresholds.is_higher_worse else -1
    watch.sees(on_edge(thresholds, concern) - sign * 1e-9)
    assert watch.alert.concern == concern - 1


@BOTH
@pytest.mark.parametrize("concern", range(1, 5))
def test_the_exit_itself_holds_and_a_hair_past_it_leaves(thresholds, concern):
    watch, sign = Watch(thresholds=thresholds), 1 if thresholds.is_higher_worse else -1
    watch.sees(on_edge(thresholds, concern))
    leaves = watch.alert and a_snapshot(0.0, watch.rule, thresholds=thresholds).edges.by_concern[concern].exit
    assert watch.sees(leaves, at=DAY) == []
    watch.sees(leaves - sign * 1e-9, at=2 * DAY)
    assert watch.alert.concern < concern


def test_a_new_alert_that_sees_calm_stays_inactive():
    watch = Watch()
    assert watch.sees(100.0) == []
    assert watch.alert.state is AlertState.INACTIVE


def test_a_firing_alert_says_since_when_and_from_what():
    watch = Watch()
    (event,) = watch.sees(500.0)
    assert (event.concern, event.event_seq, event.reason) == (Concern.CRITICAL, 1, "crossed_up")
    assert event.body["startsAt"] == "2025-11-01T00:00:00Z"
    assert event.body["previousConcern"] == 0


def test_the_peak_outlives_a_lowered_concern():
    watch = Watch()
    watch.sees(500.0)
    (lowered,) = watch.sees(350.0, at=DAY)
    assert (lowered.concern, lowered.body["previousConcern"], lowered.body["peakConcern"]) == (3, 4, 4)


def test_a_raise_below_the_peak_keeps_the_peak():
    watch = Watch()
    for day, value in enumerate((500.0, 250.0, 350.0)):
        watch.sees(value, at=day * DAY)
    assert watch.events[-1].body["peakConcern"] == 4


def test_a_resolved_event_names_the_concern_it_came_from():
    watch = Watch()
    watch.sees(500.0)
    (event,) = watch.sees(100.0, at=DAY)
    assert event.concern is Concern.NORMAL
    assert event.body["previousConcern"] == 4
    assert event.body["resolution"] == Resolution.RECOVERED
    assert event.body["endsAt"] == "2025-11-02T00:00:00Z"


def test_concerns_below_the_lowest_never_fire():
    watch = Watch(lowest_concern=Concern.HIGH)
    assert watch.sees(349.0) == []
    assert types(watch.sees(350.0, at=DAY)) == ["firing"]


def test_a_breach_without_its_periods_waits_and_falls_back_unheard():
    watch = Watch(for_count=2)
    watch.sees(350.0)
    assert watch.alert.state is AlertState.PENDING
    assert watch.sees(100.0, at=DAY) == []
    assert watch.alert.state is AlertState.INACTIVE


def test_recovering_returns_to_the_same_episode_without_a_word():
    watch = Watch(keep_firing_seconds=2.0 * DAY)
    watch.sees(350.0)
    episode = watch.alert.episode_id
    watch.sees(100.0, at=DAY)
    assert watch.alert.state is AlertState.RECOVERING
    assert watch.sees(360.0, at=2 * DAY) == []
    assert (watch.alert.state, watch.alert.episode_id) == (AlertState.FIRING, episode)
    assert watch.alert.calm_seconds == 0


def test_a_new_episode_has_another_id_and_counts_from_one():
    watch = Watch()
    watch.sees(350.0)
    watch.sees(100.0, at=DAY)
    (again,) = watch.sees(350.0, at=2 * DAY)
    assert again.event_seq == 1
    assert again.episode_id != watch.events[0].episode_id


def test_two_episodes_at_one_moment_of_a_clock_that_stands_have_two_ids():
    watch = Watch()
    for value in (350.0, 100.0, 350.0, 100.0, 350.0):
        watch.sees(value)
    assert len({event.episode_id for event in watch.events}) == 3


def test_an_episode_after_the_clock_was_set_back_has_an_id_of_its_own():
    watch = Watch()
    for second, value in ((0, 350.0), (60, 100.0), (120, 350.0), (180, 100.0), (0, 350.0)):
        watch.sees(value, at=second)
    firings = [event.episode_id for event in watch.events if event.type is EventType.FIRING]
    assert len(set(firings)) == len(firings) == 3


def test_a_heat_level_rule_follows_the_published_level():
    watch = Watch(kind=RuleKind.HEAT_LEVEL, series="", lowest_concern=Concern.HIGH, keep_firing_seconds=None)
    seen = [types(watch.sees_level(concern, at=day * DAY)) for day, concern in enumerate((2, 3, 4, 3, 2))]
    assert seen == [[], ["firing"], ["concern_raised"], ["concern_lowered"], ["resolved"]]


def test_a_heat_level_rule_is_stale_while_the_level_is_unknown():
    watch = Watch(kind=RuleKind.HEAT_LEVEL, series="", keep_firing_seconds=None)
    watch.sees_level(4)
    assert types(watch.sees_level(None, at=DAY)) == ["data_health.changed"]
    assert watch.alert.state is AlertState.FIRING
    assert watch.alert.data_health is DataHealth.STALE


def test_a_revision_that_lifts_a_level_is_no_retraction():
    watch = Watch(kind=RuleKind.HEAT_LEVEL, series="", keep_firing_seconds=None)
    watch.sees_level(4)
    watch.seq -= 1
    (event,) = watch.sees_level(0, at=DAY)
    assert event.body["resolution"] == Resolution.RECOVERED


def test_a_concern_the_rule_no_longer_knows_is_lowered():
    watch = Watch(enter={Concern.HIGH: 350.0, Concern.CRITICAL: 500.0})
    watch.sees(500.0)
    watch.edit(enter={Concern.HIGH: 350.0})
    assert types(watch.sees(500.0, at=DAY, is_new=False)) == ["concern_lowered"]


def test_a_worse_edge_not_yet_stood_for_holds_the_present_concern():
    watch = Watch(enter={Concern.HIGH: 350.0})
    watch.sees(600.0)
    watch.edit(enter={Concern.CRITICAL: 500.0}, for_seconds=3.0 * DAY)
    assert watch.sees(600.0, at=DAY, is_new=False) == []
    assert (watch.alert.state, watch.alert.concern) == (AlertState.FIRING, Concern.HIGH)
