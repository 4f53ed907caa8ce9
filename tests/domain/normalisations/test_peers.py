"""A fit to peers gives COINr's scores, knows no more than its moment, and stays where it is (heat.md 3)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import InvalidInput
from monitor.domain.normalisations.normalise import normalise
from monitor.domain.normalisations.peers import fit_to_peers, peer_series
from monitor.domain.normalisations.relative import Against, RelativeNormalisation, Ties, Yardstick
from monitor.domain.normalisations.treatment import Then, Treatment
from monitor.domain.subject import Side
from tests.domain.vectors import DAY, chain, columns, indicator, row

UNITS = ("A", "B", "C", "D", "E", "F")
# The table every score below is reckoned on by hand; C is missing, A and D are level.
TABLE = {"A": 2.0, "B": 10.0, "C": None, "D": 2.0, "E": 4.0, "F": 8.0}


def series(table, slug="a", **given):
    """One value a unit for the first day, known when it ends."""
    return {
        f"{slug}:{unit}": columns() if value is None else columns(row(0, value, **given))
        for unit, value in table.items()
    }


def yardstick(by, **given):
    needs = {
        Yardstick.DISTANCE_TO_REFERENCE: {"reference_unit": "F"},
        Yardstick.DISTANCE_TO_TARGET: {"target": 6.0},
        Yardstick.SCALED: {"posts": (0.0, 20.0)},
    }.get(by, {})
    return RelativeNormalisation(**{"by": by, "against": Against.PEERS, "peers": UNITS} | needs | given)


def fitted(by, table=TABLE, **given):
    return fit_to_peers(yardstick(by, **given), series(table), indicator=indicator(), at=DAY)


def pressures(found, *values):
    value = np.array(values, dtype=float)
    return normalise(found, value=value, low=value, high=value).value.tolist()


def scores(by, **given):
    """COINr's scores of A, B, D, E and F where more is better: strengths."""
    found = fitted(by, of=Side.STRENGTH, is_higher_worse=False, **given)
    return [100 - pressure for pressure in pressures(found, 2, 10, 2, 4, 8)]


MEAN, SD = 5.2, np.sqrt(((2 - 5.2) ** 2 * 2 + (10 - 5.2) ** 2 + (4 - 5.2) ** 2 + (8 - 5.2) ** 2) / 4)


@pytest.mark.parametrize(
    "by,given,expected",
    [
        # n_minmax(x): (x - 2) / 8 * 100, and with l_u = c(1, 100) that times 0.99 plus 1.
        (Yardstick.MINMAX, {}, [0, 100, 0, 25, 75]),
        (Yardstick.MINMAX, {"range": (1.0, 100.0)}, [1, 100, 1, 25.75, 75.25]),
        # n_zscore(x, m_sd = c(50, 10)).
        (
            Yardstick.ZSCORE,
            {"calm_sd": -5.0, "critical_sd": 5.0},
            [50 + 10 * (x - MEAN) / SD for x in (2, 10, 2, 4, 8)],
        ),
        # n_prank(x): ranks 1, 5, 1, 3, 4 of five; (rank - 1) / 4.
        (Yardstick.PERCENTILE, {}, [0, 100, 0, 50, 75]),
        (Yardstick.PERCENTILE, {"ties": Ties.AVERAGE}, [12.5, 100, 12.5, 50, 75]),
        (Yardstick.PERCENTILE, {"ties": Ties.MAX}, [25, 100, 25, 50, 75]),
        # n_rank(x) and n_borda(x), as shares of six peers.
        (Yardstick.RANK, {}, [100 / 6, 500 / 6, 100 / 6, 50, 400 / 6]),
        (Yardstick.RANK, {"ties": Ties.AVERAGE}, [25, 500 / 6, 25, 50, 400 / 6]),
        (Yardstick.BORDA, {}, [0, 80, 0, 40, 60]),
        # COINr's n_dist2max as a share of 100.
        (Yardstick.DISTANCE_TO_MAX, {}, [0, 100, 0, 25, 75]),
        # n_dist2ref(x, F), capped, and going on beyond: (x - 2) / 6 times 100 and times 50.
        (Yardstick.DISTANCE_TO_REFERENCE, {}, [0, 100, 0, 100 / 3, 100]),
        (
            Yardstick.DISTANCE_TO_REFERENCE,
            {"range": (0.0, 50.0), "cap": False},
            [0, 400 / 6, 0, 100 / 6, 50],
        ),
        # n_dist2targ(x, 6): (x - 2) / 4.
        (Yardstick.DISTANCE_TO_TARGET, {}, [0, 100, 0, 50, 100]),
        (Yardstick.DISTANCE_TO_TARGET, {"range": (0.0, 40.0), "cap": False}, [0, 80, 0, 20, 60]),
        # n_fracmax(x): x / 10.
        (Yardstick.FRACTION_OF_MAX, {}, [20, 100, 20, 40, 80]),
        # n_scaled(x, c(0, 20)): x / 20.
        (Yardstick.SCALED, {}, [10, 50, 10, 20, 40]),
    ],
)
def test_the_scores_are_coinrs(by, given, expected):
    assert scores(by, **given) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "by,given,expected",
    [
        (Yardstick.MINMAX, {}, [100, 0, 100, 75, 25]),
        (Yardstick.PERCENTILE, {}, [75, 0, 75, 50, 25]),
        (Yardstick.BORDA, {}, [60, 0, 60, 40, 20]),
        # n_dist2targ(x, 6, direction = -1): (10 - x) / (10 - 6).
        (Yardstick.DISTANCE_TO_TARGET, {"range": (0.0, 50.0), "cap": False}, [100, 0, 100, 75, 25]),
        (Yardstick.SCALED, {}, [90, 50, 90, 80, 60]),
        # n_fracmax(x) reversed: 1 - x / 10, over 0 to 100 and over 1 to 100; the highest has the lower end.
        (Yardstick.FRACTION_OF_MAX, {}, [80, 0, 80, 60, 20]),
        (Yardstick.FRACTION_OF_MAX, {"range": (1.0, 100.0)}, [80.2, 1, 80.2, 60.4, 20.8]),
    ],
)
def test_where_less_is_better_values_are_turned_first(by, given, expected):
    """COINr's direction -1."""
    found = fitted(by, of=Side.STRENGTH, is_higher_worse=True, **given)
    assert [100 - pressure for pressure in pressures(found, 2, 10, 2, 4, 8)] == pytest.approx(expected)


def test_the_score_may_be_pressure_itself():
    assert pressures(fitted(Yardstick.MINMAX, range=(1.0, 100.0)), 2, 10) == [1, 100]
    assert pressures(fitted(Yardstick.PERCENTILE), 2, 10, 4) == [0, 100, 50]
    turned = fitted(Yardstick.PERCENTILE, is_higher_worse=False)
    assert pressures(turned, 2, 10, 4) == [75, 0, 50]
    assert pressures(fitted(Yardstick.FRACTION_OF_MAX, is_higher_worse=False), 4) == [60]
    ranged = fitted(Yardstick.FRACTION_OF_MAX, is_higher_worse=False, range=(10.0, 60.0))
    assert pressures(ranged, 10, 4, 0) == [10, 40, 60]


@given(
    by=st.sampled_from([each for each in Yardstick if each is not Yardstick.ZSCORE]),
    side=st.sampled_from(Side),
    is_higher_worse=st.booleans(),
    ends=st.tuples(st.integers(0, 99), st.integers(1, 100)).filter(lambda ends: ends[0] < ends[1]),
    others=st.lists(st.integers(0, 500), min_size=2, max_size=2),
)
def test_the_scores_of_the_fitted_peers_lie_within_the_range(by, side, is_higher_worse, ends, others):
    """Whichever way the value counts, and of whichever side the range is; it fills no more than that."""
    # The reference lies within, and the target and posts within the ends.
    table = dict(zip("ABCDF", [-1.0, *map(float, others), 501.0, 6.0], strict=True))
    turned = is_higher_worse is not (side is Side.PRESSURE)
    found = fitted(
        by, table, range=(float(ends[0]), float(ends[1])), of=side, is_higher_worse=is_higher_worse
    )
    of_pressure = np.array(pressures(found, *table.values()))
    scored = of_pressure if side is Side.PRESSURE else 100 - of_pressure
    assert scored.min() >= ends[0] - 1e-9
    assert scored.max() <= ends[1] + 1e-9
    if by is not Yardstick.RANK and by is not Yardstick.BORDA:
        assert scored[3] == pytest.approx(ends[0] if turned else ends[1])


def test_a_fit_says_what_it_was_made_from():
    found = fitted(Yardstick.MINMAX).fit
    assert found.count == 5
    assert found.parameters == {"min": 2, "max": 10}
    assert fitted(Yardstick.ZSCORE).fit.parameters == pytest.approx({"mean": MEAN, "sd": SD})
    reference = fitted(Yardstick.DISTANCE_TO_REFERENCE, is_higher_worse=False).fit.parameters
    assert reference == {"least": 10, "reference": 8}


def test_treatment_comes_before_the_score_and_is_kept_with_the_fit():
    table = {unit: float(value) for unit, value in zip("ABCDEFGHIJK", [*range(1, 11), 100], strict=True)}
    stick = yardstick(Yardstick.MINMAX, peers=tuple(table), treat=Treatment())
    found = fit_to_peers(stick, series(table), indicator=indicator(), at=DAY)
    assert pressures(found, 1, 5.5, 10, 100) == [0, 50, 100, 100]
    assert (found.fit.treated.points, found.fit.treated.units) == (1, ("K",))
    logged = replace(stick, treat=Treatment(winsorise=0, then=Then.LOG_CT))
    found = fit_to_peers(logged, series(table), indicator=indicator(), at=DAY)
    curve = [np.log(x - 1 + 0.99) for x in (1, 10, 100)]
    assert pressures(found, 10)[0] == pytest.approx((curve[1] - curve[0]) / (curve[2] - curve[0]) * 100)


def test_a_treated_value_beyond_the_ends_is_saturated_and_a_winsorised_one_is_not():
    table = dict(zip("ABCDEFGHIJK", [*range(1, 11), 100], strict=True))
    stick = yardstick(Yardstick.MINMAX, peers=tuple(table), treat=Treatment())
    found = fit_to_peers(stick, series(table), indicator=indicator(), at=DAY)
    value = np.array([0.0, 100.0])
    assert normalise(found, value=value, low=value, high=value).saturated.tolist() == [True, False]


def test_values_are_compared_after_the_transforms():
    per_head = indicator(transforms=chain(("per_capita", {"series": "people"})))
    known = series({"A": 10.0, "B": 90.0}) | series({"A": 10.0, "B": 10.0}, slug="people")
    stick = yardstick(Yardstick.MINMAX, peers=("A", "B"))
    assert peer_series(stick, per_head) == ["a:A", "a:B", "people:A", "people:B"]
    assert fit_to_peers(stick, known, indicator=per_head, at=DAY).fit.knots == ((1, 0), (9, 100))


def test_a_fit_knows_nothing_later_than_its_moment():
    early = series(TABLE)
    later = {
        key: columns(row(0, 999, known=5), row(3, -5)) if not len(each) else columns(
            row(0, float(each.value[0])), row(0, float(each.value[0]) * 9, known=4), row(2, 1e6)
        )
        for key, each in early.items()
    }  # fmt: skip
    stick = yardstick(Yardstick.MINMAX)
    assert fit_to_peers(stick, later, indicator=indicator(), at=DAY) == fitted(Yardstick.MINMAX)
    revised = fit_to_peers(stick, later, indicator=indicator(), at=DAY, known_at=4 * DAY)
    assert revised.fit.parameters == {"min": 18, "max": 90}


def test_each_peers_newest_value_counts_unless_a_period_or_all_are_asked_for():
    known = {"a:A": columns(row(0, 1), row(1, 2)), "a:B": columns(row(0, 5)), "a:C": columns(row(1, 9))}

    def ends(**given):
        stick = yardstick(Yardstick.MINMAX, peers=("A", "B", "C"), **given)
        return fit_to_peers(stick, known, indicator=indicator(), at=2 * DAY).fit

    assert ends().parameters == {"min": 2, "max": 9}
    assert ends(window_days=1).parameters == {"min": 2, "max": 9}
    assert ends(window_days=1).count == 2
    assert ends(period="1970-01-01").parameters == {"min": 1, "max": 5}
    assert (ends(is_pooled=True).parameters, ends(is_pooled=True).count) == ({"min": 1, "max": 9}, 4)


def test_a_rank_among_pooled_values_is_one_of_them_all():
    known = {"a:A": columns(row(0, 1), row(1, 2)), "a:B": columns(row(0, 5), row(1, 9))}
    stick = yardstick(Yardstick.RANK, peers=("A", "B"), is_pooled=True)
    found = fit_to_peers(stick, known, indicator=indicator(), at=2 * DAY)
    assert pressures(found, 1, 2, 5, 9) == [25, 50, 75, 100]


def test_imputed_values_count_only_where_asked():
    known = series({"A": 1.0, "B": 3.0}) | {
        "a:C": replace(columns(row(0, 9)), imputed=np.array([True]))
    }  # fmt: skip
    stick = yardstick(Yardstick.MINMAX, peers=("A", "B", "C"))
    assert fit_to_peers(stick, known, indicator=indicator(), at=DAY).fit.parameters["max"] == 3
    asked = replace(stick, counts_imputed=True)
    assert fit_to_peers(asked, known, indicator=indicator(), at=DAY).fit.parameters["max"] == 9


@pytest.mark.parametrize(
    "by,table,message",
    [
        (
            Yardstick.MINMAX,
            {"A": 1.0},
            r"a: 1 of 6 peers .* a fit needs 2 \(expected more values, or a longer",
        ),
        (Yardstick.MINMAX, {"A": 1.0, "B": 1.0}, "a: no value differs from 1"),
        (Yardstick.ZSCORE, {"A": 0.1, "B": 0.1}, r"a: no value differs from 0\.1"),
        (Yardstick.BORDA, {"A": 1.0, "B": 1.0}, "a: no value differs from 1"),
        (Yardstick.FRACTION_OF_MAX, {"A": -1.0, "B": 0.0}, "the highest value is 0"),
        (
            Yardstick.DISTANCE_TO_REFERENCE,
            {"A": 1.0, "B": 2.0},
            r"F has no value of a .* \(expected one of A, B\)",
        ),
        (
            Yardstick.DISTANCE_TO_REFERENCE,
            {"A": 7.0, "F": 6.0},
            "F, whose value .* is 6, does",
        ),
        (
            Yardstick.DISTANCE_TO_TARGET,
            {"A": 7.0, "B": 8.0},
            "target 6 does not lie above 7, the",
        ),
    ],
)
def test_what_cannot_be_fitted_says_why(by, table, message):
    with pytest.raises(InvalidInput, match=message):
        fitted(by, table)


def test_a_period_without_values_is_named():
    with pytest.raises(InvalidInput, match=r"peers have a value of period 1999, .* or another period\)"):
        fitted(Yardstick.MINMAX, period="1999")


def test_a_target_is_said_to_lie_on_the_wrong_side_of_the_values_where_less_is_better():
    with pytest.raises(InvalidInput, match="target 12 does not lie below 10, the value that scores least"):
        fitted(Yardstick.DISTANCE_TO_TARGET, target=12.0, is_higher_worse=False)


@pytest.mark.parametrize(
    "given,message",
    [
        ({"range": (50.0, 10.0)}, r"range \[50, 10\] must rise"),
        ({"range": (0.0, 101.0)}, "must rise and lie within 0 and 100"),
        ({"by": Yardstick.ZSCORE, "range": (1.0, 100.0)}, "zscore has no range"),
        ({"reference_period": "2019"}, "peers have a reference_unit"),
        ({"reference_unit": "F"}, "reference_unit goes with distance_to_reference"),
        ({"target": 5.0}, "target goes with distance_to_target"),
        ({"posts": (1.0, 2.0)}, "posts goes with scaled"),
        ({"by": Yardstick.SCALED, "posts": (2.0, 2.0)}, "posts must rise"),
        ({"by": Yardstick.DISTANCE_TO_REFERENCE, "reference_unit": "Z"}, "Z is not among the peers"),
        ({"window_days": -1.0}, "window_days must not be below 0"),
        ({"period": "soon"}, "a base period is written"),
    ],
)
def test_what_contradicts_itself_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        yardstick(**{"by": Yardstick.MINMAX} | given)


@pytest.mark.parametrize(
    "given",
    [{"peers": UNITS}, {"period": "2019"}, {"is_pooled": True}, {"reference_unit": "F"}],
)
def test_keys_of_peers_do_not_go_with_the_own_history(given):
    with pytest.raises(ValueError, match='goes with against = "peers"'):
        RelativeNormalisation(by=Yardstick.MINMAX, window_days=10, **given)


def test_yardsticks_and_sides_of_peers_do_not_go_with_the_own_history():
    with pytest.raises(ValueError, match="borda compares with peers"):
        RelativeNormalisation(by=Yardstick.BORDA, window_days=10)
    with pytest.raises(ValueError, match="range and of go with"):
        RelativeNormalisation(by=Yardstick.MINMAX, window_days=10, of=Side.STRENGTH)


@given(
    st.lists(st.integers(-30, 30), min_size=6, max_size=6).filter(lambda values: len(set(values)) > 1),
    st.sampled_from([each for each in Yardstick if each is not Yardstick.FRACTION_OF_MAX]),
    st.booleans(),
    st.sampled_from(list(Side)),
    st.sampled_from(list(Ties)),
    st.booleans(),
)
def test_pressure_is_monotone_within_0_and_100_and_turning_the_side_keeps_the_order(
    values, by, is_higher_worse, side, ties, is_treated
):
    target = -40.0 if is_higher_worse is (side is Side.STRENGTH) else 40.0
    given = {Yardstick.DISTANCE_TO_TARGET: {"target": target}, Yardstick.SCALED: {"posts": (-50.0, 50.0)}}
    treat = Treatment() if is_treated else None
    table = dict(zip(UNITS, map(float, values), strict=True))
    try:
        found = fitted(
            by, table, **given.get(by, {}), is_higher_worse=is_higher_worse, of=side, ties=ties, treat=treat
        )
    except InvalidInput:
        # The reference is the least of all, or all are level once one is winsorised.
        assert is_treated or by is Yardstick.DISTANCE_TO_REFERENCE
        return
    line = np.array(pressures(found, *range(-40, 41)))
    assert np.all((line >= 0) & (line <= 100))
    assert np.all(np.diff(line) * (1 if is_higher_worse else -1) >= 0)
