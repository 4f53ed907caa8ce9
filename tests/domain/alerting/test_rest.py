"""What is told to stay at rest is what a step gives back as it is (alerting.md 1.1, 1.3)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.alert import Ack, AlertState, DataHealth
from monitor.domain.alerting.rest import Rest, stays_at_rest
from monitor.domain.alerting.seen import SeriesSeen, When, series_snapshot
from monitor.domain.alerting.snapshot import data_health, threshold_edges
from monitor.domain.alerting.step import step
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.scale import Concern
from tests.domain.watch import HIGHER_WORSE, START, Watch

NORMALISATION = ThresholdNormalisation(thresholds=HIGHER_WORSE)
VALUES = st.sampled_from([90.0, 146.0, 150.0, 245.0, 250.0, 343.0, 350.0, 500.0])
LATER = START + timedelta(days=3)


def rest_of(alert):
    """Return what is stored of an alert at rest, as the database tells it; None of any other."""
    is_at_rest = (
        alert.state is AlertState.INACTIVE and alert.held_concern == 0 and alert.closed_concern == 0
        and alert.awaits_seq == 0 and alert.due_at is None and alert.ack is None
    )  # fmt: skip
    if not is_at_rest:
        return None
    return Rest(
        rule_version=alert.rule_version, data_health=alert.data_health, value=alert.value,
        period=alert.period, evaluated_seq=alert.evaluated_seq,
    )  # fmt: skip


def looks(alert, rule, seen, *, version=1):
    """Return whether it is told to stay at rest, and whether a step gives it back with nothing to tell."""
    edges = threshold_edges(rule, NORMALISATION)
    health = data_health(freshness=seen.freshness, is_observed=seen.is_observed, is_failing=False)
    rest = rest_of(alert)
    stays = rest is not None and stays_at_rest(
        rest, rule_version=version, edges=edges, seen=seen, health=health
    )
    snapshot = series_snapshot(edges, seen, when=When(wall=LATER, duty_seconds=3600.0), cadence_days=1.0)
    after, events = step(alert, rule, version, snapshot, LATER)
    return stays, after is alert and not events


@given(
    before=st.lists(VALUES, max_size=4), value=VALUES, seq=st.integers(0, 6), period=st.integers(0, 6),
    freshness=st.sampled_from([0.0, 0.5, 1.0]), version=st.sampled_from([1, 1, 1, 2]),
    for_count=st.sampled_from([1, 2]),
)  # fmt: skip
def test_what_stays_at_rest_would_come_back_as_it_is(
    before, value, seq, period, freshness, version, for_count
):
    watch = Watch(for_count=for_count)
    for place, each in enumerate(before):
        watch.sees(each, at=place * 3600)
    seen = SeriesSeen(
        value=value, pressure=50.0, freshness=freshness, is_observed=True, period_end=period, seq=seq
    )
    stays, is_same = looks(watch.alert, watch.rule, seen, version=version)
    assert is_same or not stays


@pytest.fixture
def calm():
    watch = Watch()
    watch.sees(90.0, at=0)
    return watch


def as_seen(alert):
    return SeriesSeen(
        value=alert.value, pressure=10.0, freshness=1.0, is_observed=True, period_end=alert.period,
        seq=alert.evaluated_seq,
    )  # fmt: skip


def test_a_calm_value_seen_again_needs_no_step(calm):
    assert looks(calm.alert, calm.rule, as_seen(calm.alert), version=calm.alert.rule_version) == (True, True)


@pytest.mark.parametrize(
    "news", [{"value": 91.0}, {"period_end": 99}, {"seq": 10_000}, {"freshness": 0.0}, {"is_observed": False}]
)
def test_news_of_any_kind_is_evaluated(calm, news):
    seen = replace(as_seen(calm.alert), **news)
    assert not looks(calm.alert, calm.rule, seen, version=calm.alert.rule_version)[0]


def test_another_version_of_the_rule_is_evaluated(calm):
    assert not looks(calm.alert, calm.rule, as_seen(calm.alert), version=calm.alert.rule_version + 1)[0]


def test_what_is_acknowledged_is_not_at_rest(calm):
    ack = Ack(by="awa", at=START, concern=Concern.HIGH, until=LATER)
    assert rest_of(replace(calm.alert, ack=ack)) is None
    assert rest_of(calm.alert).data_health is DataHealth.OK
