"""Every form of normalisation, drawn at random: within 0 to 100, monotone, no jump, bands that hold."""

import numpy as np
from hypothesis import assume

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.fit import fit
from monitor.domain.normalisations.normalise import curve_of, normalise
from monitor.domain.normalisations.peers import fit_to_peers
from monitor.domain.normalisations.relative import PEERS_ONLY, Against, RelativeNormalisation, Ties, Yardstick
from monitor.domain.normalisations.treatment import Then, Treatment
from monitor.domain.subject import Side
from tests.domain.trees import generator, pick, seeded
from tests.domain.vectors import (
    DAY,
    columns,
    curve,
    daily,
    goalposts,
    indicator,
    row,
    steps,
    target_band,
    thresholds,
)

SPAN = 1000.0
FORMS = (
    "thresholds",
    "goalposts",
    "log goalposts",
    "curve",
    "target band",
    "steps",
    "own history",
    "peers",
)
JUMPS = ("steps",)
PEERS = tuple(f"u{number}" for number in range(12))


def rising(rng, count, *, low=-SPAN, high=SPAN):
    """Distinct values in rising order, at times close together."""
    found = rng.uniform(low, high, count)
    if rng.random() < 0.3:
        found[1:] = found[0] + np.cumsum(rng.uniform(0.01, 1, count - 1))
    found = np.unique(found.round(3))
    assume(len(found) == count)
    return found.tolist()


def draw(rng, form):
    """One normalisation of a form, and whether a higher value is worse (None: it has two sides)."""
    if form in {"thresholds", "goalposts"}:
        values = rising(rng, 5 if form == "thresholds" else 2)[:: pick(rng, (1, -1))]
        return (thresholds if form == "thresholds" else goalposts)(*values), values[0] < values[-1]
    if form == "log goalposts":
        low, high = rising(rng, 2, low=0.01)[:: pick(rng, (1, -1))]
        assume(min(low, high) > 0)
        return goalposts(low, high, is_log=True), low < high
    if form == "curve":
        is_up = rng.random() < 0.5
        pressures = np.sort(rng.choice(np.arange(0, 101, 10), 5))[:: 1 if is_up else -1].tolist()
        assume(pressures[0] != pressures[-1])
        return curve(*zip(rising(rng, 5), map(float, pressures), strict=True)), is_up
    if form == "target band":
        a, b, c, d = rising(rng, 4)
        return target_band(a, b, pick(rng, (b, c)), d), None
    if form == "steps":
        return steps(*((edge, float(rng.integers(0, 101))) for edge in rising(rng, 4))), None
    return relative(rng, form), None if form == "peers" else True


OWN_HISTORY_NEEDS = {Yardstick.DISTANCE_TO_REFERENCE: {"reference_period": "1970-01-01"}}
PEERS_NEED = {
    Yardstick.DISTANCE_TO_REFERENCE: {"reference_unit": "u0"},
    Yardstick.DISTANCE_TO_TARGET: {"target": SPAN},
    Yardstick.SCALED: {"posts": (1.0, SPAN)},
}


def relative(rng, form):
    """A yardstick fitted to random values, of its own past or of a dozen peers."""
    values = rng.uniform(1, SPAN, len(PEERS)).round(2)
    if rng.random() < 0.5:
        values[:2] = [5 * SPAN, 9 * SPAN]
    then = pick(rng, (Then.NOTHING, Then.LOG_CT, Then.LOG_GII))
    treat = Treatment(winsorise=3, then=then) if rng.random() < 0.5 else None
    if form == "own history":
        by = pick(rng, [each for each in Yardstick if each not in PEERS_ONLY])
        made = RelativeNormalisation(by=by, window_days=100, treat=treat, **OWN_HISTORY_NEEDS.get(by, {}))
        return _fitted(lambda: fit(made, daily(*values), indicator=indicator(), at=len(values) * DAY))
    by = pick(rng, list(Yardstick))
    made = RelativeNormalisation(
        by=by, against=Against.PEERS, peers=PEERS, ties=pick(rng, list(Ties)), of=pick(rng, list(Side)),
        treat=treat, **PEERS_NEED.get(by, {}),
    )  # fmt: skip
    seen = {f"a:{unit}": columns(row(0, value)) for unit, value in zip(PEERS, values, strict=True)}
    return _fitted(lambda: fit_to_peers(made, seen, indicator=indicator(), at=DAY))


def _fitted(make):
    """What is made, but for the few cases in which the reference is the worst of all and none can be."""
    try:
        return make()
    except InvalidInput:
        return assume(condition=False)


def pressure(normalisation, values, low=None, high=None):
    column = np.array(values, dtype=float)
    ends = (column if end is None else np.array(end, dtype=float) for end in (low, high))
    low, high = ends
    return normalise(normalisation, value=column, low=low, high=high)


def candidates(rng, normalisation):
    """Values anywhere, among them the normalisation's own knots and their neighbours."""
    own = list(curve_of(normalisation).turns)
    own += [each for each in curve_of(normalisation).ends if np.isfinite(each)]
    own += [value for value, _ in getattr(normalisation, "knots", getattr(normalisation, "points", ()))]
    near = [each + hair for each in own for hair in (-1e-9, 0.0, 1e-9)]
    return np.sort(np.array([*near, *rng.uniform(-2 * SPAN, 2 * SPAN, 40)]))


@seeded(800)
def test_pressure_lies_from_0_to_100(seed):
    rng = generator(seed)
    normalisation, _ = draw(rng, pick(rng, FORMS))
    found = pressure(normalisation, candidates(rng, normalisation)).value
    assert ((found >= 0) & (found <= 100)).all()


@seeded(800)
def test_a_worse_value_never_has_less_pressure(seed):
    rng = generator(seed)
    normalisation, is_higher_worse = draw(rng, pick(rng, FORMS[:4] + FORMS[6:7]))
    found = pressure(normalisation, candidates(rng, normalisation)).value
    assert (np.diff(found) * (1 if is_higher_worse else -1) >= -1e-9).all()


@seeded(800)
def test_the_true_value_anywhere_in_its_bounds_keeps_pressure_within_its_band(seed):
    rng = generator(seed)
    normalisation, _ = draw(rng, pick(rng, FORMS))
    values = candidates(rng, normalisation)
    ends = np.sort(rng.choice(values, (2, 30)), axis=0)
    low, high = ends
    middle, truth = (low + rng.uniform(0, 1, 30) * (high - low) for _ in range(2))
    band = pressure(normalisation, np.clip(middle, low, high), low, high)
    exact = pressure(normalisation, np.clip(truth, low, high)).value
    assert (band.low <= exact + 1e-9).all()
    assert (exact <= band.high + 1e-9).all()
    assert (band.low <= band.value).all()
    assert (band.value <= band.high).all()


@seeded(800)
def test_a_small_step_of_the_value_never_makes_pressure_jump(seed):
    """But for steps and for ranks of the own past, where the jump is the meaning."""
    rng = generator(seed)
    normalisation, _ = draw(rng, pick(rng, [form for form in FORMS if form not in JUMPS]))
    assume(getattr(normalisation, "by", None) is not Yardstick.RANK)
    values = candidates(rng, normalisation)
    here, there = pressure(normalisation, values).value, pressure(normalisation, values + 1e-9).value
    assert np.abs(there - here).max() <= 1e-4


@seeded(400)
def test_one_value_alone_has_the_same_bits_as_in_a_column(seed):
    rng = generator(seed)
    normalisation, _ = draw(rng, pick(rng, FORMS))
    values = rng.permutation(candidates(rng, normalisation))
    together = pressure(normalisation, values).value.tolist()
    assert together == [pressure(normalisation, [value]).value[0] for value in values]
