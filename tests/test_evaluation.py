"""The default rule beside others' policies, on real months as they were known then (python -m evaluation)."""

import numpy as np
import pytest

from evaluation.__main__ import DEATHS, VINTAGES, judged
from evaluation.history import read_histories
from evaluation.judgement import escalations, judge, onsets


@pytest.fixture(scope="module")
def histories():
    return read_histories(DEATHS, VINTAGES)


def test_the_surge_rule_is_right_more_often_at_fewer_alerts_than_either_policy(histories):
    ours, *others = judged(histories)
    assert {each.policy for each in others} == {"HDX Signals, record high", "z above 1"}
    for other in others:
        assert ours.f1 > other.f1
        assert ours.alerts_a_year <= other.alerts_a_year
    assert (round(ours.precision, 2), round(ours.recall, 2), ours.caught) == (0.90, 0.68, 17)


def test_a_month_is_seen_as_its_own_release_had_it(histories):
    mali = next(each for each in histories if each.country == "Mali")
    place = mali.months.index("2020-12")
    assert mali.known(place)[-1] != mali.values[place]
    assert mali.known(place)[:12].tolist() == mali.values[:12].tolist()


def test_an_escalation_is_twice_the_year_and_fifty_deaths():
    months = np.array([20.0] * 12 + [50.0] * 3 + [0.0] * 3)
    assert np.flatnonzero(escalations(months)).tolist() == [11]
    assert not escalations(months - 0.1).any()
    assert onsets(escalations(months)).tolist() == [11]


def test_an_alert_two_months_away_is_right_and_three_is_not():
    values = np.zeros(60)
    values[46:49] = 100.0
    assert np.flatnonzero(escalations(values)).tolist() == [44, 45, 46]
    flags = np.zeros(60, dtype=bool)
    flags[[42, 49]] = True
    found = judge("own", [(values, flags)])
    assert (found.alerts, found.right, found.warned, found.escalating, found.caught) == (2, 1, 1, 3, 1)
    assert found.lead == 2.0


def test_a_table_that_skips_a_month_is_refused(tmp_path):
    table = tmp_path / "deaths.csv"
    table.write_text("month_end,Mali\n2020-01-31,1\n2020-03-31,2\n")
    with pytest.raises(SystemExit, match="2020-03 stands after 2020-01, expected 2020-02"):
        read_histories(table)
