"""What silence may do over whole trees: age moves no heat, silence calms nothing, loss never covers more."""

import math
from dataclasses import replace

import numpy as np
import pytest

from monitor.domain.scoring.heat import change_moments
from tests.domain.trees import generator, pick, plan, seeded, value
from tests.domain.vectors import DAY, chain, columns, data, flat, indicator, row, score_days

# Chains whose result depends on readings alone; those that fade or leave a window move with time by name.
TIMELESS = [
    (),
    (("log1p", {}),),
    (("percent_change", {"window_days": 2}),),
    (("winsorise", {"low": 10, "high": 60}), ("log1p", {})),
    (("index", {"base_period": "1970-01-01"}),),
]
LAST = 12


def history(rng, *, withdrawals=True):
    """A series of up to a dozen days, with gaps, late and revised readings; sometimes never seen."""
    rows = []
    for day in range(LAST):
        if rng.random() < 0.4:
            known = day + 1 + int(rng.integers(0, 3))
            rows.append(row(day, value(rng), known=known, low=0.0, high=100.0))
            if rng.random() < 0.3:
                is_taken_back = withdrawals and rng.random() < 0.3
                rows.append(row(day, math.nan if is_taken_back else value(rng), known=known + 1))
    return columns(*sorted(rows, key=lambda each: each["known_at"]))


def desk(rng, *, settles=0.0, chains=TIMELESS, **kept):
    """A random tree whose indicators age quickly, and their histories."""
    tree = plan(rng)
    names = [placement.series[:-5] for placement in tree.placements]
    aged = tuple(
        indicator(
            name, fresh_for_days=3, expires_after_days=6, settles_after_days=settles,
            transforms=chain(*pick(rng, chains)),
        )
        for name in names
    )  # fmt: skip
    return replace(tree, indicators=aged).model, {f"{name}:mali": history(rng, **kept) for name in names}


@seeded(120)
def test_age_alone_never_moves_heat_and_only_lowers_coverage(seed):
    rng = generator(seed)
    model, its_data = desk(rng)
    scores = score_days(model, its_data, *(LAST + 4 + age for age in (0, 1, 2.5, 4, 6, 30, 3000)))
    for values in (scores.heat, scores.heat_low, scores.heat_high, scores.raw_pressure, scores.lifted_by):
        assert np.array_equal(values, np.full(len(values), values[0]), equal_nan=True)
    assert (np.diff(scores.coverage) <= 0).all()
    assert (np.diff(scores.confidence) <= 0).all()
    assert (np.diff(scores.drivers.coverage, axis=1) <= 0).all()
    assert scores.coverage[-1] == 0


@seeded(120)
def test_a_source_that_falls_silent_leaves_the_pressure_of_its_last_reading(seed):
    rng = generator(seed)
    model, its_data = desk(rng)
    cut = float(rng.integers(1, LAST + 2))
    silent = {key: rows.rows(rows.known_at <= cut * DAY) for key, rows in its_data.items()}
    then = score_days(model, silent, cut + 1)
    later = score_days(model, silent, cut + 40)
    assert np.array_equal(then.raw_pressure, later.raw_pressure, equal_nan=True)
    assert np.array_equal(then.placements.pressure, later.placements.pressure, equal_nan=True)


@seeded(120)
def test_a_placement_once_observed_stays_while_nothing_is_withdrawn(seed):
    """A change in percent may be lost with its base: one revised to 0 has none."""
    rng = generator(seed)
    model, its_data = desk(rng, chains=TIMELESS[:2], withdrawals=False)
    scores = score_days(model, its_data, *range(1, LAST + 30))
    observed = scores.placements.observed
    assert (observed[:, 1:] | ~observed[:, :-1]).all()


@seeded(120)
def test_a_provisional_fall_never_lowers_heat_before_it_settles(seed):
    """Between two moments without a reading known heat only falls where something has settled."""
    rng = generator(seed)
    model, its_data = desk(rng, settles=2.0, withdrawals=False)
    moments = change_moments(model, its_data, start=0, end=(LAST + 8) * DAY)
    scores = score_days(model, its_data, *(moments / DAY))
    pressures = scores.placements.pressure
    for place, placed in enumerate(model.placements):
        rows = its_data[placed.placement.series]
        for number in np.flatnonzero(np.diff(pressures[place]) < -1e-12):
            first, last = moments[number], moments[number + 1]
            settled = rows.period_end + 2 * DAY
            has_settled = ((settled > first) & (settled <= last)).any()
            became_known = ((rows.known_at > first) & (rows.known_at <= last)).any()
            assert has_settled or became_known


@seeded(150)
def test_removing_readings_never_raises_coverage(seed):
    rng = generator(seed)
    model, its_data = desk(rng, withdrawals=False)
    fewer = {
        key: rows.rows(rng.random(len(rows)) < pick(rng, (0.0, 0.5, 0.9))) for key, rows in its_data.items()
    }
    days = [day / 2 for day in range(2 * LAST + 20)]
    with_all, without = score_days(model, its_data, *days), score_days(model, fewer, *days)
    assert (without.coverage <= with_all.coverage).all()
    assert (without.drivers.coverage <= with_all.drivers.coverage).all()


@pytest.mark.parametrize("day", [1, 7, 400])
def test_an_expired_value_counts_as_it_did(day):
    scores = score_days(flat(a=1, b=1), data(a=columns(row(0, 90)), b=columns(row(0, 10))), day)
    assert scores.heat[0] == 50
