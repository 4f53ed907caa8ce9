"""How a value in quarantine is drawn: what was before it, and the narrowest of what is allowed."""

from datetime import timedelta

import pytest

from monitor.domain.gates import Limits
from monitor.domain.held_picture import MOST_VALUES, HeldPicture, held_picture
from monitor.domain.past import NO_PAST
from tests.domain.test_gates import weeks
from tests.factories import NOW, a_reading


@pytest.mark.parametrize(
    "limits,low,high",
    [
        (Limits(), None, None),
        (Limits(low=0, high=500), 0, 500),
        (Limits(step=30), 70, 130),
        (Limits(step_percent=10, high=105), 90, 105),
        (Limits(step=30, step_percent=10, low=95), 95, 110),
    ],
)
def test_the_narrowest_edges_count(limits, low, high):
    found = held_picture(a_reading(900.0), weeks(90, 100), limits)
    assert found == HeldPicture(recent=(90, 100), value=900, low=low, high=high)


def test_only_what_came_before_is_recent_and_not_too_much_of_it():
    past = weeks(*range(40), ends=NOW)
    found = held_picture(a_reading(1.0, ends=NOW - timedelta(days=7)), past, Limits())
    assert found.recent == tuple(range(39 - MOST_VALUES, 39))


def test_there_is_no_percentage_of_zero_and_no_step_from_nothing():
    assert held_picture(a_reading(1.0), weeks(0), Limits(step_percent=10)).high is None
    assert held_picture(a_reading(1.0), NO_PAST, Limits(step=10)).high is None


@pytest.mark.parametrize("value", [None, float("inf")])
def test_what_is_no_number_has_no_place(value):
    assert held_picture(a_reading(value), NO_PAST, Limits()).value is None
