"""A preview of any rule on real vintages uses only what was known then, by both clocks (heat.md 8 and 9)."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.rule import Measure, NoDataPolicy
from monitor.domain.backtests.backtest import backtest
from monitor.domain.clock import epoch
from monitor.domain.scale import Concern
from monitor.domain.scoring import heat, level
from monitor.domain.series import Columns
from tests.domain.vectors import chain, indicator, model, thresholds
from tests.factories import a_level_rule, a_rule

FILE = Path(__file__).parent.parent.parent / "data" / "vintages" / "mali_vintages_2018_2021.csv"
DEATHS = "deaths:mali"
DAY = timedelta(days=1)
FIRST, LAST = (epoch(datetime(year, 1, 1, tzinfo=UTC)) for year in (2018, 2022))


def vintages():
    """Every value of every monthly release, released on the 20th; a row a value, revisions counted."""
    rows = []
    with FILE.open(newline="") as lines:
        for line in csv.DictReader(lines):
            known = datetime.fromisoformat(f"{line['vintage']}-20T00:00:00+00:00")
            end = datetime.fromisoformat(f"{line['month_end']}T00:00:00+00:00") + DAY
            rows.append(
                (epoch((end - DAY).replace(day=1)), epoch(end), epoch(known), float(line["fatalities"]))
            )
    return sorted(rows, key=lambda row: (row[2], row[0]))  # fmt: skip


ROWS = np.array(vintages())


def as_columns(rows, *, seq=None, revision=None):
    count = len(rows)
    nothing = np.full(count, np.nan)
    whole = rows[:, :3].astype(np.int64)
    return Columns(
        period_start=whole[:, 0], period_end=whole[:, 1], known_at=whole[:, 2],
        source_revision=np.zeros(count, dtype=np.int64) if revision is None else revision,
        seq=np.arange(1, count + 1) if seq is None else seq,
        value=rows[:, 3], low=nothing, high=nothing, grade=np.ones(count),
    )  # fmt: skip


COLUMNS = as_columns(ROWS)
SUBJECT = model(
    {"security": {"deaths": 1.0}},
    indicators=[
        indicator(
            "deaths", cadence_days=30, fresh_for_days=60, expires_after_days=120, settles_after_days=40,
            normalisation=thresholds(20, 60, 120, 200, 300),
            transforms=chain(("rolling_mean", {"window_days": 92})),
        )
    ],
)  # fmt: skip
RULES = st.one_of(
    st.fixed_dictionaries({
        "lowest_concern": st.sampled_from([Concern.WATCH, Concern.ELEVATED, Concern.HIGH]),
        "for_count": st.sampled_from([None, 1, 2, 3]),
        "for_seconds": st.sampled_from([0.0, 10 * 86_400.0]),
        "keep_firing_seconds": st.sampled_from([None, 0.0, 45 * 86_400.0]),
        "no_data_policy": st.sampled_from(NoDataPolicy),
        "measure": st.sampled_from([Measure.VALUE, Measure.PRESSURE]),
    }).map(lambda given: a_rule(subject="mali", series=DEATHS, **given)),
    st.fixed_dictionaries({
        "lowest_concern": st.sampled_from([Concern.WATCH, Concern.ELEVATED, Concern.HIGH]),
        "for_count": st.sampled_from([None, 2]),
        "keep_firing_seconds": st.sampled_from([None, 20 * 86_400.0]),
    }).map(lambda given: a_level_rule(subject="mali", **given)),
)  # fmt: skip
MOMENTS = st.integers(FIRST + 30 * 86_400, LAST)


def run(columns, rule, *, until):
    return backtest(SUBJECT, {DEATHS: columns}, [(rule, 1)], until=until)


def told_until(found, second):
    return [event for event in found.courses[0].events if epoch(event.at) <= second]


WHOLE = {}


def whole(rule):
    """The events of a rule over all of the history, run once a rule."""
    return WHOLE.setdefault(repr(rule), run(COLUMNS, rule, until=LAST))


@settings(max_examples=25)
@given(RULES, MOMENTS)
def test_what_came_later_changes_nothing_before_it(rule, second):
    cut = run(COLUMNS.rows(COLUMNS.known_at <= second), rule, until=second)
    assert told_until(whole(rule), second) == list(cut.courses[0].events)


@settings(max_examples=12)
@given(RULES, st.integers(40, len(ROWS)))
def test_what_was_stored_later_changes_nothing_before_it(rule, seq):
    """By the other clock: rows up to a number are those known up to a moment, where both came in order."""
    before = COLUMNS.rows(COLUMNS.seq <= seq)
    next_known = COLUMNS.known_at[seq] if seq < len(ROWS) else LAST
    until = int(max(before.known_at.max(), next_known - 1))
    cut = run(before, rule, until=until)
    if next_known > before.known_at.max():
        assert told_until(whole(rule), until) == list(cut.courses[0].events)
    else:
        assert told_until(whole(rule), until - 86_400) == told_until(cut, until - 86_400)


@settings(max_examples=12)
@given(RULES, st.integers(0, 10**6))
def test_the_order_in_which_a_history_was_loaded_later_does_not_matter(rule, seed):
    revision = np.searchsorted(np.unique(COLUMNS.known_at), COLUMNS.known_at)
    rows = np.random.default_rng(seed).permutation(len(ROWS))
    shuffled = as_columns(ROWS[rows], revision=revision[rows])
    assert (
        run(shuffled, rule, until=LAST).courses[0].events
        == run(as_columns(ROWS, revision=revision), rule, until=LAST).courses[0].events
    )


@settings(max_examples=12)
@given(MOMENTS)
def test_the_heat_and_level_of_a_moment_are_those_of_what_was_known_then(second):
    found = run(COLUMNS, a_level_rule(subject="mali"), until=LAST)
    place = int(np.searchsorted(found.scores.at, second, side="right")) - 1
    at = found.scores.at[place : place + 1]
    known = COLUMNS.rows(COLUMNS.known_at <= at[0])
    alone = heat.score(SUBJECT, {DEATHS: known}, at=at)
    assert alone.heat[0] == found.scores.heat[place]


def test_the_real_history_has_something_to_tell():
    rule = a_rule(subject="mali", series=DEATHS, lowest_concern=Concern.ELEVATED, for_count=1)
    found = run(COLUMNS, rule, until=LAST)
    kinds = [event.type for event in found.courses[0].events]
    assert kinds.count(EventType.FIRING) >= 2
    assert len(found.levels.changes) > 3
    assert found.levels == level.levels(SUBJECT.scale, SUBJECT.subject.min_coverage, found.scores)


def test_a_preview_that_knew_later_values_would_have_told_otherwise():
    """The test above can fail: with all values known at once the alerts are others."""
    rule = a_rule(subject="mali", series=DEATHS, lowest_concern=Concern.ELEVATED, for_count=1)
    last = np.unique(ROWS[:, 0])
    newest = np.array([ROWS[ROWS[:, 0] == start][-1] for start in last])
    newest[:, 2] = newest[:, 1]
    seer = run(as_columns(newest[np.argsort(newest[:, 2])]), rule, until=LAST)
    assert [event.at for event in seer.courses[0].events] != [
        event.at for event in whole(rule).courses[0].events
    ]


@pytest.mark.parametrize("policy", NoDataPolicy)
def test_a_history_without_a_value_tells_that_there_is_none_and_fires_only_where_asked_to(policy):
    rule = a_rule(subject="mali", series=DEATHS, no_data_policy=policy)
    found = backtest(SUBJECT, {}, [(rule, 1)], until=LAST)
    told = {event.type for event in found.courses[0].events} - {EventType.DATA_HEALTH}
    assert told == ({EventType.FIRING} if policy is NoDataPolicy.ALERT else set())


@settings(max_examples=12)
@given(RULES, RULES)
def test_what_equals_the_other_side_is_taken_over_and_nothing_else(rule, other):
    other = replace(other, slug="other")
    old = backtest(SUBJECT, {DEATHS: COLUMNS}, [(rule, 1)], until=LAST)
    edited = replace(SUBJECT, scale=replace(SUBJECT.scale, margin=9.0))
    for changed in (SUBJECT, edited):
        rules = [(rule, 1), (other, 1)]
        alone = backtest(changed, {DEATHS: COLUMNS}, rules, until=LAST)
        beside = backtest(changed, {DEATHS: COLUMNS}, rules, until=LAST, like=old)
        assert [each.events for each in beside.courses] == [each.events for each in alone.courses]
        assert beside.levels == alone.levels
