"""The settled past: what had settled, as it was known then, in the indicator's own unit."""

import numpy as np
import pytest

from monitor.domain.suggestions.settled_past import settled_past, settling_moments, was_never_revised
from tests.domain.months import month, month_start, months
from tests.domain.vectors import DAY, chain, columns, indicator

SLOW = indicator(settles_after_days=20)


def test_a_month_counts_once_it_has_settled():
    rows = months(5, 6, 7)
    end = month_start(3)
    assert settled_past(SLOW, rows, at=end + 19 * DAY).value.tolist() == [5, 6]
    assert settled_past(SLOW, rows, at=end + 20 * DAY).value.tolist() == [5, 6, 7]


def test_a_later_revision_is_not_known_yet():
    rows = columns(month(0, 5), month(0, 50, known=4))
    assert settled_past(SLOW, rows, at=month_start(3)).value.tolist() == [5]
    assert settled_past(SLOW, rows, at=month_start(6)).value.tolist() == [50]
    assert settled_past(SLOW, rows, at=month_start(6), known_at=month_start(3)).value.tolist() == [5]


def test_values_are_those_after_the_transforms():
    growth = indicator(transforms=chain(("percent_change", {"window_days": 31})))
    past = settled_past(growth, months(100, 110, 121), at=month_start(5))
    assert np.allclose(past.value, [10, 10])
    assert len(past.since(month_start(2))) == 1


def test_a_series_per_head_needs_its_denominator():
    per_head = indicator(transforms=chain(("per_capita", {"series": "people:mali"})))
    past = settled_past(per_head, months(10, 20), at=month_start(5), others={"people:mali": months(2, 2)})
    assert past.value.tolist() == [5, 10]
    assert not len(settled_past(per_head, months(10, 20), at=month_start(5)))


def test_moments_of_settling_wait_for_both_clocks_and_never_run_backwards():
    rows = columns(month(0, 5, lag=0), month(1, np.nan, lag=0), month(1, 6, known=5), month(2, 7, lag=0))
    starts, moments = settling_moments(SLOW, rows, until=month_start(12))
    assert starts.tolist() == [month_start(0), month_start(1), month_start(2)]
    late = month_start(6) + 10 * DAY
    assert moments.tolist() == [month_start(1) + 20 * DAY, late, late]
    assert len(settling_moments(SLOW, rows, until=month_start(3))[0]) == 1


@pytest.mark.parametrize(
    "rows,expected",
    [
        (months(1, 2, 3), True),
        (columns(), True),
        (columns(month(0, 1), month(0, 2, known=3), month(1, 3)), False),
        (columns(month(0, 1), month(1, np.nan)), False),
        (columns(month(0, 1, known=5), month(1, 3)), False),
    ],
    ids=["grew", "empty", "revised", "withdrawn", "came late"],
)
def test_a_series_that_only_grew_is_told_from_one_that_was_rewritten(rows, expected):
    assert was_never_revised(rows) is expected
