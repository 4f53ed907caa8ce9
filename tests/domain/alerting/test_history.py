"""The last values of a series, as a chart shows them."""

import numpy as np

from monitor.domain.alerting.history import MOST_POINTS, history_of
from monitor.domain.series import Columns

DAY = 86_400


def columns(rows):
    """Rows of (day, value, revision), in commit order."""
    days, values, revisions = (np.array(part) for part in zip(*rows, strict=True)) if rows else ([], [], [])
    ends, blank = np.asarray(days, dtype=np.int64) * DAY, np.full(len(rows), np.nan)
    return Columns(
        period_start=ends - DAY, period_end=ends, known_at=ends,
        source_revision=np.asarray(revisions, dtype=np.int64), seq=np.arange(len(rows)),
        value=np.asarray(values, dtype=np.float64), low=blank, high=blank, grade=blank,
    )  # fmt: skip


def shown(rows, until=1000):
    found = history_of(columns(rows), until=until * DAY, edges={"critical": 5.0})
    return (
        None if found is None else list(zip((found.ends // DAY).tolist(), found.values.tolist(), strict=True))
    )


def test_the_values_in_force_come_oldest_first():
    assert shown([(3, 30.0, 0), (1, 10.0, 0), (2, 20.0, 0)]) == [(1, 10.0), (2, 20.0), (3, 30.0)]


def test_the_latest_revision_of_a_period_counts_and_a_late_old_one_does_not():
    rows = [(1, 10.0, 0), (2, 20.0, 2), (3, 30.0, 0), (2, 21.0, 1), (3, 31.0, 0)]
    assert shown(rows) == [(1, 10.0), (2, 20.0), (3, 31.0)]


def test_what_was_withdrawn_and_what_is_later_is_not_shown():
    rows = [(1, 10.0, 0), (2, 20.0, 0), (3, 30.0, 0), (4, 40.0, 0), (5, 50.0, 0), (2, np.nan, 1)]
    assert shown(rows, until=4) == [(1, 10.0), (3, 30.0), (4, 40.0)]


def test_too_few_make_no_chart_and_too_many_are_cut():
    assert shown([]) is None
    assert shown([(1, 1.0, 0), (2, 2.0, 0)]) is None
    many = shown([(day, float(day), 0) for day in range(1, 100)])
    assert (len(many), many[-1]) == (MOST_POINTS, (99, 99.0))
