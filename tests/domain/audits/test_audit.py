"""The audit of one subject: weights, shapes, what says the same, what cannot move, what is left without."""

import numpy as np
import pytest

from monitor.domain.audits.audit import audit, month_ends
from monitor.domain.clock import moment
from tests.domain.months import month_start, months
from tests.domain.vectors import DAY, daily, data, model, target_band, thresholds

GENERATOR = np.random.default_rng(6)
BASE = np.clip(GENERATOR.normal(50, 12, 60), 1, 99)
AT = month_start(60) + 20 * DAY


def audited(tree=None, **series):
    tree = tree or model({"one": {"a": 1, "b": 1}, "two": {"c": 3}})
    given = {"a": months(*BASE), "b": months(*(BASE * 1.01)), "c": months(*np.roll(BASE, 7))} | series
    return audit(tree, data(**given), at=AT)


def by_name(found):
    return {each.series.partition(":")[0]: each for each in found.indicators}


def test_twins_are_flagged_and_their_group_hangs_together():
    found = audited()
    assert [(pair.first, pair.second, pair.is_redundant) for pair in found.pairs] == [(0, 1, True)]
    assert found.alphas["one"] == pytest.approx(1, abs=0.01)
    assert found.alphas["two"] is None
    assert set(found.alphas) == {"", "one", "two"}
    assert found.levels[0, 1] == pytest.approx(1)
    assert found.changes.shape == (3, 3)


def test_effective_weights_stand_beside_the_stated_ones():
    found = by_name(audited())
    assert [(each.stated, each.effective) for each in found.values()] == [(1, 0.25), (1, 0.25), (3, 0.5)]
    assert all(-1 <= each.influence <= 1 for each in found.values())
    assert found["c"].driver == "two"


def test_what_never_moved_or_is_always_beyond_the_edges_is_told():
    still = by_name(audited(c=months(*[40.0] * 60), b=months(*(BASE + 200))))
    assert (still["c"].never_moved, still["c"].influence, still["c"].skewness) == (True, None, None)
    assert (still["b"].saturated, still["b"].is_saturated_now) == (1.0, True)
    assert (still["a"].never_moved, still["a"].saturated) == (False, 0)


def test_thresholds_that_were_never_reached_are_named():
    own = {
        "a": thresholds(0, 60, 100, 150, 500),
        "b": thresholds(500, 60, 20, 10, 0),
        "c": target_band(0, 40, 60, 100),
    }
    found = by_name(audited(model({"one": {"a": 1, "b": 1}, "two": {"c": 3}}, normalisations=own)))
    assert found["a"].unreached == ("elevated", "high", "critical")
    assert found["b"].unreached[-1] == "critical"
    assert found["c"].unreached == ()


def test_a_tail_is_told_as_a_spreadsheet_tells_it():
    tailed = np.r_[BASE[:59], 2000.0]
    found = by_name(audited(a=months(*tailed)))["a"]
    assert (found.count, found.is_well_shaped) == (60, False)
    assert found.skewness > 2
    assert found.kurtosis > 3.5


def test_the_draws_keep_the_level_or_not_and_are_the_same_each_time():
    first, second = audited(), audited()
    assert first.draws == second.draws
    assert first.draws.count == 1000
    assert first.draws.low <= first.heat <= first.draws.high


def test_without_each_there_is_another_heat():
    found = audited()
    assert [each.placement for each in found.without] == [each.placement for each in found.indicators]
    assert found.without[2].heat == pytest.approx((BASE[-1] + BASE[-1] * 1.01) / 2)


def test_a_subject_that_nobody_heard_of_has_no_heat_to_audit():
    found = audit(model({"d": {"a": 1}}), {}, at=AT)
    assert (found.heat, found.level, found.draws, found.pairs) == (None, "", None, ())
    assert (found.indicators[0].count, found.indicators[0].unreached, found.indicators[0].saturated) == (
        0,
        (),
        0,
    )


def test_where_lower_is_worse_correlations_are_turned():
    tree = model({"d": {"a": 1, "b": 1}}, normalisations={"b": thresholds(100, 0)})
    found = audit(tree, data(a=months(*BASE), b=months(*BASE)), at=AT)
    assert found.levels[0, 1] == pytest.approx(-1)


def test_it_looks_at_month_ends_and_at_now():
    found = month_ends(AT, 3)
    assert [moment(at).day for at in found] == [1, 1, 1, 21]
    assert month_ends(month_start(5), 2).tolist() == [month_start(4), month_start(5)]


def test_a_later_value_is_not_audited():
    found = audit(model({"d": {"a": 1}}), data(a=daily(10, 90, first=AT // DAY - 1)), at=AT)
    assert found.heat == 10
