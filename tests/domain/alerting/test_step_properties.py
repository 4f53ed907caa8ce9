"""What holds for every history an alert can have (alerting.md 4.2, test 12)."""

from datetime import timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.alert import Ack, AlertState, DataHealth, EventType
from monitor.domain.alerting.handling import acknowledged, closed
from monitor.domain.alerting.snapshot import BLIND
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from tests.domain.watch import HIGHER_WORSE, START, Watch, told

HOUR = 3600
OTHER = Thresholds(calm=50, watch=160, elevated=200, high=330, critical=420)
VALUES = st.sampled_from([90.0, 146.0, 150.0, 245.0, 250.0, 343.0, 350.0, 490.0, 500.0, 700.0])
HEALTHS = st.sampled_from([DataHealth.OK] * 6 + [DataHealth.AGEING, DataHealth.STALE, DataHealth.ERROR])
ACTS = st.sampled_from(
    ["value"] * 8 + ["revision"] * 2 + ["same", "edit", "disable", "enable", "ack", "close"]
)
RULES = st.fixed_dictionaries({
    "for_seconds": st.sampled_from([0.0, 2.0 * HOUR, 5.0 * HOUR]),
    "for_count": st.sampled_from([None, 1, 2]),
    "keep_firing_seconds": st.sampled_from([0.0, 3.0 * HOUR]),
    "lockout_seconds": st.sampled_from([None, None, 40.0 * HOUR]),
    "lowest_concern": st.sampled_from([Concern.WATCH, Concern.HIGH]),
})  # fmt: skip
CAUSES = st.lists(st.tuples(st.integers(0, 8), ACTS, VALUES, HEALTHS), max_size=25)


class History:
    """A watch that lives through causes: at each, its timers that are due first, then the cause."""

    def __init__(self, rule):
        self.watch = Watch(**rule)
        self.now, self.value, self.health = 0, 90.0, DataHealth.OK
        self.blind_events = []

    def live(self, hours, act, value, health):
        self.wake_until(self.now + hours * HOUR)
        self.now += hours * HOUR
        getattr(self, f"_{act}")(value, health)

    @property
    def next_wake(self):
        """When the next timer runs out, of the alert or of its ack."""
        alert = self.watch.alert
        times = [alert.due_at, alert.ack.until if alert.ack else None]
        return min((time for time in times if time is not None), default=None)

    def wake_until(self, second):
        """Evaluate at every due timer up to a second, as a worker would."""
        while (due := self.next_wake) is not None and due < START + timedelta(seconds=second):
            self.look(at=int((due - START).total_seconds()))
            assert self.next_wake != due, "a timer that ran out is still due"

    def look(self, *, at=None, is_new=False):
        at = self.now if at is None else at
        seen = self.watch.sees(self.value, at=at, is_new=is_new, health=self.health)
        if self.health in BLIND:
            self.blind_events += told(seen)

    def _value(self, value, health):
        self.value, self.health = value, health
        self.look(is_new=True)

    def _revision(self, value, health):
        self.value, self.health = value, health
        self.watch.seq += 1
        self.look()

    def _same(self, *_):
        self.look()

    def _edit(self, *_):
        other = HIGHER_WORSE if self.watch.thresholds is OTHER else OTHER
        self.watch.edit(thresholds=other)
        self.look()

    def _disable(self, *_):
        self.watch.edit(is_enabled=False)
        self.watch.sees(self.value, at=self.now, is_new=False, health=DataHealth.OK)
        assert self.watch.alert.state is AlertState.INACTIVE

    def _enable(self, *_):
        self.watch.edit(is_enabled=True)
        self.look()

    def _ack(self, *_):
        if self.watch.alert.is_open:
            alert, slot = self.watch.alert, START + timedelta(seconds=self.now)
            ack = Ack(by="amina", at=slot, concern=alert.concern, until=slot + timedelta(hours=8))
            self.watch.alert, event = acknowledged(alert, ack, slot=slot)
            self.watch.events.append(event)

    def _close(self, *_):
        if self.watch.alert.is_open:
            slot = START + timedelta(seconds=self.now)
            self.watch.alert, event = closed(self.watch.alert, by="amina", note="known", slot=slot)
            self.watch.events.append(event)


def lived(rule, causes):
    history = History(rule)
    for cause in causes:
        history.live(*cause)
        yield history


@given(RULES, CAUSES)
def test_an_episode_opens_once_and_ends_at_most_once_and_episodes_never_overlap(rule, causes):
    *_, history = [None, *lived(rule, causes)]
    events = told(history.watch.events) if history else []
    episodes = [list(group) for _, group in groupby(events, key=lambda event: event.episode_id)]
    assert len({events[0].episode_id for events in episodes}) == len(episodes)
    for place, episode in enumerate(episodes):
        kinds = [event.type for event in episode]
        assert kinds[0] is EventType.FIRING
        assert kinds.count(EventType.FIRING) == 1
        is_last = place == len(episodes) - 1
        is_over = EventType.RESOLVED in kinds
        assert is_over or (is_last and history.watch.alert.is_open)
        assert EventType.RESOLVED not in kinds[:-1]


@given(RULES, CAUSES)
def test_numbers_have_no_gap(rule, causes):
    *_, history = [None, *lived(rule, causes)]
    by_episode = {}
    for event in history.watch.events if history else ():
        by_episode.setdefault(event.episode_id, []).append(event.event_seq)
    for numbers in by_episode.values():
        assert numbers == list(range(1, len(numbers) + 1))


@given(RULES, CAUSES)
def test_missing_data_neither_opens_nor_raises_nor_resolves(rule, causes):
    *_, history = [None, *lived(rule, causes)]
    kinds = {event.type for event in history.blind_events if event.reason != "disabled"} if history else set()
    assert kinds <= {EventType.UNACKNOWLEDGED}


@given(RULES, CAUSES)
def test_the_same_cause_twice_changes_nothing(rule, causes):
    for history in lived(rule, causes):
        if not history.watch.rule.is_enabled:
            continue
        history.look()
        before, count = history.watch.alert, len(history.watch.events)
        history.look()
        assert history.watch.alert is before
        assert len(history.watch.events) == count


@given(RULES, CAUSES)
def test_an_ack_never_outlives_its_concern_nor_its_episode(rule, causes):
    for history in lived(rule, causes):
        alert = history.watch.alert
        assert alert.ack is None or (alert.is_open and alert.ack.concern >= alert.concern)


@given(RULES, CAUSES)
def test_concern_and_state_agree(rule, causes):
    for history in lived(rule, causes):
        alert = history.watch.alert
        assert alert.is_open is (alert.concern > 0)
        assert alert.concern <= alert.peak_concern
        assert (alert.due_at is None) or alert.due_at > alert.evaluated_at


@given(RULES, CAUSES, st.lists(st.integers(0, 200 * HOUR), max_size=20))
def test_evaluations_at_which_nothing_changed_can_be_dropped(rule, causes, idle):
    """Idle looks between the causes neither add an event nor move one by a second."""
    few, many = History(rule), History(rule)
    for cause in causes:
        few.live(*cause)
        until = many.now + cause[0] * HOUR
        for second in sorted(second for second in idle if many.now < second < until):
            many.wake_until(second)
            many.look(at=second)
        many.live(*cause)
    assert many.watch.events == few.watch.events
    assert told(many.watch.events) == told(few.watch.events)
