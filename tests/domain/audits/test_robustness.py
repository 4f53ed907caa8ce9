"""The share of draws of the weights that keep the level (heat.md 5)."""

import numpy as np

from monitor.domain.audits.robustness import share_keeping_level
from tests.domain.vectors import DAY, daily, data, flat, model


def share(a_model, its_data, **given):
    return share_keeping_level(a_model, its_data, DAY, generator=np.random.default_rng(7), **given)


def test_agreeing_indicators_keep_the_level_under_any_weights():
    assert share(flat(a=1, b=1), data(a=daily(50), b=daily(50))) == 1


def test_a_heat_on_the_edge_keeps_it_half_the_time():
    twins = model({"d": {"a": 1}, "e": {"b": 1}})
    assert 0.4 < share(twins, data(a=daily(0), b=daily(80))) < 0.6


def test_the_same_seed_gives_the_same_share():
    edge = flat(a=1, b=1), data(a=daily(0), b=daily(80))
    assert share(*edge, draws=50) == share(*edge, draws=50)


def test_a_maximum_does_not_care_for_weights():
    tree = model({"d": {"a": 1, "b": 1, "method": "max"}}, method="min")
    assert share(tree, data(a=daily(10), b=daily(81))) == 1


def test_no_heat_has_no_share():
    assert share(flat(a=1), {}) is None
    assert share(flat(a=1), data(a=daily(50)), known_at=0) is None
