"""The backtest: stepping only where something can change equals stepping everywhere (heat.md 9)."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.alert import Resolution
from monitor.domain.alerting.rule import Measure, NoDataPolicy
from monitor.domain.alerting.seen import When
from monitor.domain.alerting.snapshot import level_edges, threshold_edges
from monitor.domain.alerting.timers import duty
from monitor.domain.backtests.backtest import new_alert, run_rules
from monitor.domain.backtests.firing import Firing, firings
from monitor.domain.backtests.tally import tally
from monitor.domain.backtests.watched import NEVER_ENDS, Watched
from monitor.domain.clock import epoch, moment
from monitor.domain.indicator import StepNormalisation, ThresholdNormalisation
from monitor.domain.scale import Concern
from tests.domain.vectors import DAY
from tests.domain.watch import HIGHER_WORSE, LOWER_WORSE
from tests.factories import a_level_rule, a_rule

HOUR = 3600
START = 1_700_000_000
STEPS = StepNormalisation(steps=((0, 0), (1, 60), (2, 100)))
FORMS = [
    ThresholdNormalisation(thresholds=HIGHER_WORSE),
    ThresholdNormalisation(thresholds=LOWER_WORSE),
    STEPS,
]
VALUES = st.sampled_from(
    [10.0, 20.0, 21.0, 42.0, 60.0, 75.0, 90.0, 146.0, 150.0, 245.0, 250.0, 343.0, 350.0, 490.0, 500.0]
)
MOMENTS = st.lists(
    st.tuples(
        st.integers(1, 60),
        st.one_of(VALUES, VALUES, VALUES, st.sampled_from([np.nan, np.inf])),
        st.sampled_from([1.0] * 6 + [0.5, 0.0]),
        st.sampled_from([True] * 8 + [False]),
        st.sampled_from([0, 1, 1, 1, -1]),
    ),
    min_size=1,
    max_size=40,
)  # fmt: skip
RULES = st.fixed_dictionaries({
    "for_seconds": st.sampled_from([0.0, 5.0 * HOUR, 90.0 * HOUR]),
    "for_count": st.sampled_from([None, 1, 2, 3]),
    "keep_firing_seconds": st.sampled_from([None, 0.0, 3.0 * HOUR, 100.0 * HOUR]),
    "lockout_seconds": st.sampled_from([None, None, 200.0 * HOUR]),
    "lowest_concern": st.sampled_from([Concern.WATCH, Concern.HIGH]),
    "is_enabled": st.sampled_from([True] * 9 + [False]),
    "absorbs_flapping": st.booleans(),
    "no_data_policy": st.sampled_from(NoDataPolicy),
    "exit": st.sampled_from([{}, {Concern.HIGH: 350.0, Concern.WATCH: 100.0}]),
})  # fmt: skip


def seen_by(rule, history, *, form=FORMS[0], ended=None):
    """A rule on a history: hours between moments, and at each a value, freshness, a period to or fro."""
    hours, values, fresh, observed, periods = (np.array(each) for each in zip(*history, strict=True))
    at = START + np.cumsum(hours) * HOUR
    period = np.maximum(1, np.cumsum(periods) + 5) * DAY
    return at, Watched(
        rule=rule, version=1, edges=threshold_edges(rule, form), cadence_days=1.0, value=values,
        pressure=values, freshness=fresh, observed=observed, period=np.where(observed, period, -1),
        seq=np.where(observed, np.maximum(1, np.arange(len(at)) + 1 - 3 * (periods < 0)), 0),
        ended_at=NEVER_ENDS if ended is None else int(at[min(ended, len(at) - 1)]),
    )  # fmt: skip


def everywhere(watched, at, *, until):
    """Step at every moment and whenever a timer runs out."""
    alert, events = new_alert(watched.rule), []

    def look(number, second):
        nonlocal alert
        slot = moment(second)
        seconds, lost = duty(alert.evaluated_at, slot, ())
        seen = watched.snapshot(
            number, when=When(wall=slot, duty_seconds=seconds, outage_seconds=lost), at=second
        )
        alert, more = machine.step(alert, watched.rule, 1, seen, slot)
        events.extend(more)

    for number, second in enumerate([*at.tolist(), until + 1]):
        while alert.due_at is not None and epoch(alert.due_at) < second:
            due = epoch(alert.due_at)
            look(int(np.searchsorted(at, due, side="right")) - 1, due)
        if number < len(at):
            look(number, second)
    return alert, tuple(events)


def timeless(alert):
    pending = {concern: replace(stood, seconds=0.0) for concern, stood in alert.pending.items()}
    return replace(alert, pending=pending, calm_seconds=0.0, lower_seconds=0.0, evaluated_at=None)


@settings(max_examples=400)
@given(RULES, MOMENTS, st.sampled_from(FORMS), st.one_of(st.none(), st.none(), st.integers(0, 40)))
def test_stepping_where_something_can_change_equals_stepping_everywhere(rule, history, form, ended):
    at, watched = seen_by(a_rule(**rule), history, form=form, ended=ended)
    until = int(at[-1]) + 30 * HOUR
    (course,) = run_rules([watched], at, until=until)
    alert, events = everywhere(watched, at, until=until)
    assert course.events == events
    assert timeless(course.alert) == timeless(alert)


@settings(max_examples=50)
@given(st.lists(st.tuples(RULES, st.sampled_from(FORMS)), min_size=1, max_size=70), st.data())
def test_many_rules_at_once_are_each_what_they_are_alone(rules, data):
    history = data.draw(MOMENTS)
    watches = [
        seen_by(a_rule(f"rule-{n}", **rule), history, form=form) for n, (rule, form) in enumerate(rules)
    ]
    at = watches[0][0]
    together = run_rules([each for _, each in watches], at, until=int(at[-1]))
    assert together == [run_rules([each], at, until=int(at[-1]))[0] for _, each in watches]


@settings(max_examples=100)
@given(st.lists(st.sampled_from([0.0, 2.0, 3.0, 4.0, np.nan]), min_size=1, max_size=40), RULES)
def test_rules_on_levels_too(concerns, rule):
    rule = a_level_rule(**{name: rule[name] for name in ("for_seconds", "for_count", "keep_firing_seconds")})
    value, count = np.array(concerns), len(concerns)
    at = START + np.arange(count) * DAY
    watched = Watched(
        rule=rule, version=1, edges=level_edges(rule), cadence_days=0.0, value=value, pressure=value,
        freshness=np.where(np.isnan(value), 0.0, 1.0), observed=np.ones(count, dtype=bool),
        period=at, seq=np.arange(count) + 1,
    )  # fmt: skip
    (course,) = run_rules([watched], at, until=int(at[-1]) + DAY)
    assert (course.events, timeless(course.alert)) == (
        (wanted := everywhere(watched, at, until=int(at[-1]) + DAY))[1],
        timeless(wanted[0]),
    )


def test_a_firing_is_read_off_its_events():
    at, watched = seen_by(a_rule(for_count=1, keep_firing_seconds=0.0), [
        (1, 90.0, 1.0, True, 1), (1, 350.0, 1.0, True, 1), (1, 500.0, 1.0, True, 1), (1, 90.0, 1.0, True, 1),
        (1, 500.0, 1.0, True, 1),
    ])  # fmt: skip
    (course,) = run_rules([watched], at, until=int(at[-1]))
    over, still = firings("fuel-high", course.events)
    assert over == Firing(
        rule="fuel-high", began_at=moment(at[1]), ended_at=moment(at[3]), concern=Concern.HIGH,
        peak=Concern.CRITICAL, messages=3, resolution=Resolution.RECOVERED,
    )  # fmt: skip
    assert (still.began_at, still.ended_at, still.peak) == (moment(at[4]), None, Concern.CRITICAL)
    assert still.overlaps(still)
    assert not still.overlaps(over)
    assert not over.overlaps(still)


PLAIN = st.fixed_dictionaries({
    "for_count": st.sampled_from([None, 1, 2, 4]),
    "keep_firing_seconds": st.sampled_from([0.0, 0.0, 0.0, 9.0 * HOUR]),
    "lowest_concern": st.sampled_from([Concern.WATCH, Concern.HIGH]),
    "measure": st.sampled_from([Measure.VALUE, Measure.PRESSURE]),
})  # fmt: skip
DAYS = st.lists(st.tuples(VALUES, st.sampled_from([1, 1, 1, 0])), min_size=1, max_size=40)


@settings(max_examples=150)
@given(st.lists(st.tuples(PLAIN, st.sampled_from(FORMS), DAYS), min_size=1, max_size=12))
def test_a_tally_counts_what_stepping_each_rule_gives(rules):
    count = max(len(days) for _, _, days in rules)
    at = START + np.arange(count) * DAY
    watches = []
    for number, (rule, form, days) in enumerate(rules):
        padded = [*days, *[(90.0, 1)] * (count - len(days))]
        history = [(24, value, 1.0, True, step) for value, step in padded]
        watches.append(seen_by(a_rule(f"rule-{number}", **rule), history, form=form)[1])
    found = tally(watches, at, until=int(at[-1]))
    wanted = [
        [place, epoch(each.began_at), epoch(each.ended_at) if each.ended_at else NEVER_ENDS, each.peak]
        for place, course in enumerate(run_rules(watches, at, until=int(at[-1])))
        for each in firings(course.rule.slug, course.events)
    ]
    assert np.column_stack([found.rule, found.began, found.ended, found.peak]).tolist() == wanted
    assert len(found) == len(wanted)


def test_a_tally_of_nothing_is_empty():
    assert len(tally([], np.zeros(0, dtype=np.int64), until=0)) == 0


def test_a_tally_counts_the_moments_of_each_firing():
    history = [(24, value, 1.0, True, 1) for value in (90.0, 500.0, 500.0, 90.0, 500.0)]
    at, watched = seen_by(a_rule(for_count=1, keep_firing_seconds=0.0), history)
    assert tally([watched], at, until=int(at[-1])).moments(at).tolist() == [2, 1]
