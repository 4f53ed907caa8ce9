"""The invariants of an alert through lives of data, edits, people, outages, restarts (alerting.md 4.2)."""

import copy
from datetime import timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monitor.domain.alerting.alert import Ack, AlertState, DataHealth, EventType
from monitor.domain.alerting.handling import acknowledged, closed
from monitor.domain.alerting.rule import NoDataPolicy
from monitor.domain.alerting.snapshot import BLIND
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from tests.domain.watch import HIGHER_WORSE, START, Watch, a_snapshot, told

HOUR = 3600
OTHER = Thresholds(calm=50, watch=160, elevated=200, high=330, critical=420)
VALUES = st.sampled_from([90.0, 146.0, 150.0, 245.0, 250.0, 343.0, 350.0, 490.0, 500.0, 700.0])
HOURS = st.integers(0, 30)
TURNED_UP = {EventType.FIRING, EventType.CONCERN_RAISED}


class Life(RuleBasedStateMachine):
    """One alert through all that can happen to it; every timer that is due is heard first, as by a worker."""

    @initialize(
        for_seconds=st.sampled_from([0.0, 5.0 * HOUR]),
        for_count=st.sampled_from([None, 1, 2]),
        keep_firing_seconds=st.sampled_from([0.0, 3.0 * HOUR]),
        lockout_seconds=st.sampled_from([None, 40.0 * HOUR]),
        no_data_policy=st.sampled_from(NoDataPolicy),
        cadence=st.sampled_from([1, 24]),
    )
    def begin(self, cadence, **given):
        self.watch = Watch(**given)
        self.cadence = cadence * HOUR
        self.second, self.value, self.health = 0, 90.0, DataHealth.OK
        self.lost = 0

    @rule(value=VALUES, hours=HOURS)
    def observe(self, value, hours):
        self.pass_time(hours)
        self.value, self.health = value, DataHealth.OK
        self.look(is_new=True)

    @rule(value=VALUES)
    def revise(self, value):
        self.value, self.health = value, DataHealth.OK
        self.watch.seq += 1
        self.look()

    @rule(health=st.sampled_from(sorted(BLIND)), hours=HOURS)
    def go_blind(self, health, hours):
        self.pass_time(hours)
        self.health = health
        self.look()

    @rule(value=VALUES)
    def backfill(self, value):
        before = self.watch.alert
        assert self.watch.sees(value, at=self.second, is_new=False, is_backfill=True) == []
        assert self.watch.alert is before

    @rule(hours=HOURS)
    def wait(self, hours):
        self.pass_time(hours)
        self.look()

    @rule(hours=st.integers(1, 30))
    def be_down(self, hours):
        """No worker looks, and what is pending for longer than an hour then needs a new value."""
        self.second += hours * HOUR
        self.lost = hours * HOUR
        self.look()

    @rule(hours=st.integers(1, 30))
    def leap_back(self, hours):
        """The clock is set back, perhaps to the very second at which an earlier episode began."""
        self.second = max(0, self.second - hours * HOUR)
        self.look()

    @rule()
    def edit_thresholds(self):
        self.watch.edit(thresholds=HIGHER_WORSE if self.watch.thresholds is OTHER else OTHER)
        self.look()

    @rule(lowest=st.sampled_from([Concern.WATCH, Concern.HIGH]), seconds=st.sampled_from([0.0, 9.0 * HOUR]))
    def edit_rule(self, lowest, seconds):
        self.watch.edit(lowest_concern=lowest, for_seconds=seconds)
        self.look()

    @rule()
    def disable_and_enable(self):
        self.watch.edit(is_enabled=False)
        self.look()
        assert self.watch.alert.state is AlertState.INACTIVE
        self.watch.edit(is_enabled=True)

    @precondition(lambda self: self.watch.alert.is_open)
    @rule(hours=st.integers(1, 12))
    def acknowledge(self, hours):
        until = self.at(self.second + hours * HOUR)
        ack = Ack(by="amina", at=self.at(self.second), concern=self.watch.alert.concern, until=until)
        self.watch.alert, event = acknowledged(self.watch.alert, ack, slot=self.at(self.second))
        self.watch.events.append(event)

    @precondition(lambda self: self.watch.alert.is_open)
    @rule()
    def close(self):
        slot = self.at(self.second)
        self.watch.alert, event = closed(self.watch.alert, by="amina", note="known", slot=slot)
        self.watch.events.append(event)

    @rule()
    def restart(self):
        self.watch.alert = copy.deepcopy(self.watch.alert)

    @rule()
    def look_twice(self):
        self.look()
        before, count = self.watch.alert, len(self.watch.events)
        self.look()
        assert self.watch.alert is before
        assert len(self.watch.events) == count

    def at(self, second):
        return START + timedelta(seconds=second)

    def pass_time(self, hours):
        """Hear every timer that runs out on the way."""
        until = self.second + hours * HOUR
        while (due := self.next_due()) is not None and due < self.at(until):
            self.second = max(self.second, int((due - START).total_seconds()))
            self.look()
            assert self.next_due() != due
        self.second = until

    def next_due(self):
        alert = self.watch.alert
        times = [alert.due_at, alert.ack.until if alert.ack else None]
        return min((time for time in times if time is not None), default=None)

    def look(self, *, is_new=False):
        before = self.watch.alert
        lost, self.lost = self.lost, 0
        happened = self.watch.sees(
            self.value, at=self.second, is_new=is_new, health=self.health, lost=lost,
            cadence_seconds=self.cadence,
        )  # fmt: skip
        self.check_crossings(before, happened)
        self.check_timers(before, happened)

    def check_crossings(self, before, happened):
        """A concern moves only where the value crosses an edge of the rule in force, or data are missing."""
        edges = a_snapshot(self.value, self.watch.rule, thresholds=self.watch.thresholds).edges
        is_blind, policy = self.health in BLIND, self.watch.rule.no_data_policy
        for event in told(happened):
            if is_blind and event.type in TURNED_UP:
                assert policy is NoDataPolicy.ALERT
            elif event.type in TURNED_UP:
                assert event.concern in edges.entered(self.value)
            elif event.type is EventType.CONCERN_LOWERED and not is_blind:
                assert event.body["previousConcern"] not in edges.entered(self.value)
            elif event.type is EventType.RESOLVED and is_blind and self.watch.rule.is_enabled:
                assert policy is NoDataPolicy.OK
            elif event.type is EventType.RESOLVED and self.watch.rule.is_enabled:
                assert not edges.held(self.value) & edges.entered(self.value)

    def check_timers(self, before, happened):
        """While an alert only goes on, no timer runs backward."""
        after = self.watch.alert
        if happened or after.state is not before.state or after.held_concern is not before.held_concern:
            return
        if after.state is AlertState.RECOVERING:
            assert after.calm_seconds >= before.calm_seconds
        for concern in before.pending.keys() & after.pending.keys():
            assert after.pending[concern].seconds >= before.pending[concern].seconds

    @invariant()
    def episodes_open_once_and_end_once_without_a_gap(self):
        by_episode = {}
        for event in told(self.watch.events):
            by_episode.setdefault(event.episode_id, []).append(event)
        still_open = 0
        for events in by_episode.values():
            kinds = [event.type for event in events]
            assert kinds.count(EventType.FIRING) == 1
            assert kinds[0] is EventType.FIRING
            assert [event.event_seq for event in events] == list(range(1, len(events) + 1))
            assert EventType.RESOLVED not in kinds[:-1]
            still_open += kinds[-1] is not EventType.RESOLVED
        assert still_open == self.watch.alert.is_open

    @invariant()
    def state_concern_and_ack_agree(self):
        alert = self.watch.alert
        assert alert.is_open is (alert.concern > 0)
        assert alert.ack is None or (alert.is_open and alert.ack.concern >= alert.concern)
        assert not alert.is_flapping or alert.state is AlertState.FIRING
        assert alert.due_at is None or alert.due_at > alert.evaluated_at

    @invariant()
    def flapping_begins_and_ends_in_turn(self):
        flaps = [
            event.type
            for event in self.watch.events
            if event.type in {EventType.FLAPPING_STARTED, EventType.FLAPPING_ENDED, EventType.FIRING}
        ]
        for first, second in pairwise(flaps):
            assert (first, second) != (EventType.FLAPPING_STARTED, EventType.FLAPPING_STARTED)
            assert second is not EventType.FLAPPING_ENDED or first is EventType.FLAPPING_STARTED


# 100 lives, and 2,000 in `make properties`: as many as the profile says.
Life.TestCase.settings = settings(stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
