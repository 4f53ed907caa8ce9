"""The newest value of a series at a moment, after its transforms, as known then."""

from dataclasses import replace

import numpy as np

from monitor.domain.scoring.newest import Newest, newest_value
from tests.domain.vectors import DAY, chain, columns, indicator, row

KNOWN = {"a:X": columns(row(0, 10), row(1, 30), row(2, 90, known=9)), "people:X": columns(row(0, 5))}


def newest(day, *, known=None, watched=None):
    known = day if known is None else known
    return newest_value(watched or indicator(), KNOWN, "a:X", at=day * DAY, known_at=known * DAY)


def test_it_is_the_last_value_known_then():
    assert newest(2) == Newest(value=30, period_end=2 * DAY, is_imputed=False)
    assert newest(9).value == 90
    assert newest(9, known=1).value == 10
    assert newest(0) is None


def test_it_is_taken_after_the_transforms_and_says_whether_it_was_filled_in():
    per_head = indicator(transforms=chain(("per_capita", {"series": "people"})))
    assert newest(2, watched=per_head).value == 6
    filled = {"a:X": replace(KNOWN["a:X"], imputed=np.array([False, True, True]))}
    assert newest_value(indicator(), filled, "a:X", at=2 * DAY, known_at=2 * DAY).is_imputed
