"""Grouping: what goes together, in whose order, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.grouping import (
    Candidate,
    due_groups,
    effective_key,
    intervals,
    may_go_at,
    route_named,
)

AT = datetime(2026, 11, 23, tzinfo=UTC)


def a_candidate(number, alert="a", key="r", **values):
    return Candidate(**{"id": number, "fingerprint": alert, "key": key, "is_due": True, **values})


def shown(*candidates):
    return [
        (group.key, [each.id for each in group.members], list(group.due_ids))
        for group in due_groups(candidates)
    ]


def test_all_of_a_group_goes_once_one_is_due():
    waiting = a_candidate(2, "b", is_due=False)
    assert shown(a_candidate(1), waiting) == [("r", [1, 2], [1])]
    assert shown(waiting) == []


def test_groups_and_alerts_without_one_go_by_themselves():
    found = shown(a_candidate(1), a_candidate(2, "b", "s"), a_candidate(3, "c", ""), a_candidate(4, "d", ""))
    assert found == [("r", [1], [1]), ("s", [2], [2]), ("", [3], [3]), ("", [4], [4])]


def test_an_alert_is_in_the_group_of_its_latest_with_all_it_has():
    found = shown(
        a_candidate(1, "a", "r"), a_candidate(2, "b", "s"), a_candidate(3, "b", "r"), a_candidate(4, "a", "s")
    )
    assert found == [("s", [1, 4], [1, 4]), ("r", [2, 3], [2, 3])]


def test_what_is_held_back_stays_unless_its_alert_is_due():
    held = a_candidate(1, "b", is_due=False, is_held=True)
    assert shown(held, a_candidate(2)) == [("r", [2], [2])]
    assert shown(held, a_candidate(2), a_candidate(3, "b")) == [("r", [1, 2, 3], [2, 3])]


@pytest.mark.parametrize(
    "key,is_kind_grouped,found",
    [
        ("", True, ""),
        ("r", True, "r"),
        ("r", False, ""),
        ("r{}", False, "r{}"),
        ('r{a="b"}', True, 'r{a="b"}'),
    ],
)
def test_the_route_decides_and_else_the_kind(key, is_kind_grouped, found):
    assert effective_key(key, is_kind_grouped=is_kind_grouped) == found


def test_the_next_message_waits_for_the_interval_unless_it_is_urgent():
    assert may_go_at(None, interval_seconds=60, is_urgent=False) is None
    assert may_go_at(AT, interval_seconds=60, is_urgent=False) == AT + timedelta(minutes=1)
    assert may_go_at(AT, interval_seconds=60, is_urgent=True) is None


def test_a_group_has_the_interval_of_its_route():
    keys = ["r", 'r{a="b"}', "r@exercise{}", "other"]
    assert list(intervals({"r": 5.0}, keys, standing=300.0).values()) == [5.0, 5.0, 5.0, 300.0]
    assert route_named("r@exercise") == "r"
