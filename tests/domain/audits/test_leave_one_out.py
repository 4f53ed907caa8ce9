"""Leave one out: heat, level and rank without each indicator."""

import numpy as np

from monitor.domain.audits.leave_one_out import leave_one_out, rank
from tests.domain.vectors import flat, model


def test_the_rest_is_what_is_left():
    found = leave_one_out(flat(a=1, b=1, c=2), np.array([10.0, 90.0, 50.0]))
    assert [(each.placement.rpartition("/")[2], round(each.heat, 2), each.level) for each in found] == [
        ("a:mali", 63.33, "Burning"), ("b:mali", 36.67, "Simmering"), ("c:mali", 50.0, "Heated"),
    ]  # fmt: skip


def test_on_a_standing_heat_is_turned():
    first, second = leave_one_out(model({"d": {"a": 1, "b": 1}}, scale="standing"), np.array([10.0, 90.0]))
    assert (first.pressure, first.heat, first.level) == (90, 10, "Cold")
    assert second.heat == 90


def test_leaving_out_what_was_never_seen_changes_nothing():
    first, second = leave_one_out(flat(a=1, b=1), np.array([40.0, np.nan]))
    assert (first.pressure, first.heat, first.level, first.rank(np.array([50.0]))) == (None, None, "", None)
    assert second.heat == 40


def test_the_rank_is_among_the_others():
    first, _ = leave_one_out(flat(a=1, b=1), np.array([0.0, 60.0]))
    assert first.rank(np.array([80.0, 60.0, 20.0])) == 2
    assert rank(10.0, np.array([])) == 1
    standing, _ = leave_one_out(model({"d": {"a": 1, "b": 1}}, scale="standing"), np.array([0.0, 60.0]))
    assert standing.heat == 40
    assert standing.rank(np.array([80.0, 60.0, 20.0])) == 3
