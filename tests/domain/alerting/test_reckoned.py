"""What a record rule compares: for how many days a value of at least a minimum was never as high."""

import numpy as np

from monitor.domain.alerting.reckoned import reckoned_at
from monitor.domain.alerting.rule import Measure
from monitor.domain.alerting.snapshot import threshold_edges
from monitor.domain.scale import Concern
from tests.domain.vectors import DAY, chain, columns, daily, indicator, row
from tests.factories import a_rule

SERIES = "a:mali"


def record(rows, *, minimum=1.0, at=None, others=None, transforms=(), **rule):
    """Return what is compared at the end of each row's period, or at these days."""
    found = a_rule(series=SERIES, measure=Measure.RECORD_HIGH, minimum=minimum, **rule)
    moments = rows.period_end if at is None else np.array(at) * DAY
    every = {SERIES: rows, **(others or {})}
    return reckoned_at(found, indicator("a", transforms=transforms), every, at=moments).tolist()


def test_a_record_counts_the_days_since_a_value_was_as_high():
    assert record(daily(5, 3, 4, 5, 6)) == [1, 1, 2, 3, 5]


def test_below_the_minimum_nothing_is_a_record():
    assert record(daily(5, 30, 4, 31), minimum=10.0) == [0, 2, 0, 4]


def test_days_beyond_the_worst_edge_do_not_count():
    assert record(daily(1, 2, 3, 4, 5), enter={Concern.HIGH: 2.0, Concern.CRITICAL: 3.0})[-1] == 3


def test_a_period_that_has_not_ended_is_no_record_yet():
    rows = columns(row(0, 5.0), row(1, 9.0, length=10, known=2))
    assert record(rows, at=[3, 11]) == [1, 11]


def test_before_the_first_value_there_is_nothing():
    assert np.isnan(record(daily(5.0), at=[0])).all()
    assert np.isnan(record(columns(), at=[5])).all()


def test_a_record_is_judged_by_what_was_known_then():
    rows = columns(row(0, 5.0), row(1, 4.0), row(0, 2.0, known=3, source_revision=1))
    assert record(rows, at=[2, 3]) == [1, 2]


def test_a_record_is_that_of_the_transformed_value():
    assert record(daily(5, 5, 1, 9), transforms=chain(("rolling_sum", {"window_days": 2}))) == [1, 2, 1, 2]


def test_by_default_a_year_is_high_and_three_are_critical():
    rule = a_rule(series=SERIES, measure=Measure.RECORD_HIGH, minimum=1.0)
    edges = threshold_edges(rule, indicator("a").normalisation).by_concern
    assert {concern: edge.enter for concern, edge in edges.items()} == {3: 366.0, 4: 1096.0}
