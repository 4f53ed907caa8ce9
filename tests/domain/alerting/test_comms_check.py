"""Comms checks: how one stands, and when the next is due."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.comms_check import CheckState, CommsCheck, CommsPlan, next_check
from monitor.domain.errors import InvalidInput
from tests.factories import NOW

DAY = timedelta(days=1)


def a_check(**values):
    return CommsCheck(**{
        "id": "msg_1", "channel": "duty", "recipient": "a@x", "sent_at": NOW, "answer_by": NOW + DAY,
        **values,
    })  # fmt: skip


@pytest.mark.parametrize(
    "values,later,state",
    [
        ({}, timedelta(hours=23), CheckState.WAITING),
        ({}, DAY, CheckState.OVERDUE),
        ({"error": "no"}, timedelta(0), CheckState.FAILED),
        ({"confirmed_at": NOW + 2 * DAY}, 3 * DAY, CheckState.CONFIRMED),
    ],
)
def test_what_nobody_answers_in_time_is_overdue(values, later, state):
    assert a_check(**values).state(NOW + later) is state


def test_what_was_not_taken_is_tried_again_soon():
    plan = CommsPlan(channel="duty", every_days=7, due_at=NOW)
    assert next_check(plan, now=NOW, has_failed=False) == NOW + 7 * DAY
    assert next_check(plan, now=NOW, has_failed=True) == NOW + timedelta(hours=1)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_what_is_no_rhythm_is_refused(days):
    with pytest.raises(InvalidInput):
        CommsPlan(channel="duty", every_days=days, due_at=NOW)
