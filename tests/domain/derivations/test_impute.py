"""Gaps are filled as COINr fills them, are marked, and never know more than was known (heat.md 5)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.derivations.filling import Filling, Imputation
from monitor.domain.derivations.impute import imputation_series, impute, may_have_gaps
from monitor.domain.scoring.view import observed, visible
from tests.domain.vectors import DAY, chain, columns, indicator, model, row, score_days

UNITS = ("A", "B", "C", "D")
GROUPS = {"A": "north", "B": "north", "C": "south", "D": "south"}


def filling(by, **given):
    watched = {key: given.pop(key) for key in ("transforms", "expires_after_days") if key in given}
    return indicator(imputation=Imputation(by=by, units=UNITS, groups=GROUPS, **given), **watched)


def filled(by, table, *units, at=None, known=None, **given):
    """What is filled in for some units, as (day, value), as seen at a day."""
    watched = filling(by, **given)
    known_columns = {f"a:{unit}": each for unit, each in table.items()}
    found = impute(watched, known_columns, [f"a:{unit}" for unit in units])
    at = 1000 if at is None else at
    seen = [observed(visible(each, at=at * DAY, known_at=(at if known is None else known) * DAY))
            for each in found.values()]  # fmt: skip
    return [
        [
            (int(start / DAY), value)
            for start, value, is_filled in zip(each.period_start, each.value, each.imputed, strict=True)
            if is_filled
        ]
        for each in seen
    ]


DAYS = {"A": columns(row(0, 2)), "B": columns(row(0, 8)), "C": columns(row(0, 11))}


@pytest.mark.parametrize(
    "by,expected",
    [
        # i_mean, i_median: over all; i_mean_grp, i_median_grp: over those of its group.
        (Filling.MEAN, 7),
        (Filling.MEDIAN, 8),
        (Filling.GROUP_MEAN, 11),
        (Filling.GROUP_MEDIAN, 11),
    ],
)
def test_a_gap_is_filled_from_the_peers_of_the_period(by, expected):
    assert filled(by, DAYS, "D") == [[(0, expected)]]
    assert filled(by, DAYS, "A") == [[]]


def test_a_unit_without_a_group_or_with_too_few_peers_stays_missing():
    lonely = indicator(imputation=Imputation(by=Filling.GROUP_MEAN, units=UNITS, groups={"A": "north"}))
    (found,) = impute(lonely, {"a:A": DAYS["A"]}, ["a:D"]).values()
    assert len(found) == 0
    assert filled(Filling.MEAN, DAYS, "D", least=4) == [[]]
    assert filled(Filling.MEAN, DAYS, "D", least=3) == [[(0, 7)]]


def test_what_is_filled_in_carries_the_range_it_was_taken_from_and_no_grade():
    (found,) = impute(filling(Filling.MEAN), {f"a:{u}": c for u, c in DAYS.items()}, ["a:D"]).values()
    assert (found.low.tolist(), found.high.tolist()) == ([2], [11])
    assert np.isnan(found.grade).all()
    assert found.imputed.all()


def test_the_own_value_wins_from_when_it_is_known():
    late = DAYS | {"D": columns(row(0, 100, known=5, seq=9))}
    assert filled(Filling.MEAN, late, "D", at=4) == [[(0, 7)]]
    assert filled(Filling.MEAN, late, "D", at=5) == [[]]


def test_a_filled_value_follows_what_becomes_known_and_never_looks_ahead():
    growing = {"A": columns(row(0, 2)), "B": columns(row(0, 8, known=3, seq=2), row(0, 6, known=4, seq=3,
               source_revision=1))}  # fmt: skip
    assert [filled(Filling.MEAN, growing, "D", at=1000, known=day)[0] for day in (0, 1, 2, 3, 4)] == [
        [], [(0, 2)], [(0, 2)], [(0, 5)], [(0, 4)]
    ]  # fmt: skip


def test_the_rows_known_by_a_seq_give_what_was_given_then():
    """A replay reads stored rows up to a seq and fills again: the same rows come out."""
    growing = {"a:A": columns(row(0, 2, seq=4)), "a:B": columns(row(0, 8, known=3, seq=7))}
    whole = impute(filling(Filling.MEAN), growing, ["a:D"])["a:D"]
    early = impute(filling(Filling.MEAN), {"a:A": growing["a:A"]}, ["a:D"])["a:D"]
    assert whole.seq.tolist() == [4, 7]
    assert whole.rows(whole.seq <= 4).value.tolist() == early.value.tolist() == [2]


def test_an_own_value_that_is_not_stale_stands_unless_told_otherwise():
    later = {"A": columns(row(0, 2), row(15, 4)), "B": columns(row(0, 8))}
    assert filled(Filling.MEAN, later, "B", expires_after_days=20) == [[]]
    assert filled(Filling.MEAN, later, "B", expires_after_days=12) == [[(15, 4)]]
    assert filled(Filling.MEAN, later, "B", max_age_days=0.0) == [[(15, 4)]]


def test_a_filled_value_is_withdrawn_where_an_own_one_makes_it_needless():
    later = {"A": columns(row(5, 4, known=6)), "B": columns(row(0, 8, known=9, seq=2))}
    assert filled(Filling.MEAN, later, "B", at=8) == [[(5, 4)]]
    assert filled(Filling.MEAN, later, "B", at=9) == [[]]


GAPS = {"A": columns(*(row(day, day) for day in range(8))), "B": columns(row(2, 20), row(5, 50))}


@pytest.mark.parametrize(
    "by,given,expected",
    [
        # impute_panel: the latest before it, as far back as max_time; a step function; a line (rule = 2).
        (Filling.LATEST, {}, [(3, 20), (4, 20), (6, 50), (7, 50)]),
        (Filling.LATEST, {"max_age_days": 1.0}, [(3, 20), (6, 50)]),
        (Filling.CONSTANT, {}, [(0, 20), (1, 20), (3, 20), (4, 20), (6, 50), (7, 50)]),
        (Filling.CONSTANT, {"max_age_days": 1.0}, [(1, 20), (3, 20), (6, 50)]),
        (Filling.LINEAR, {}, [(0, 20), (1, 20), (3, 30), (4, 40), (6, 50), (7, 50)]),
    ],
)
def test_a_gap_is_filled_from_the_own_past(by, given, expected):
    (found,) = filled(by, GAPS, "B", **given)
    assert [day for day, _ in found] == [day for day, _ in expected]
    assert [value for _, value in found] == pytest.approx([value for _, value in expected])
    assert filled(by, GAPS, "C") == [[]]


def test_a_line_to_a_later_value_is_drawn_once_that_is_known():
    assert filled(Filling.LINEAR, GAPS, "B", at=5) == [[(0, 20), (1, 20), (3, 20), (4, 20)]]


def test_values_are_filled_as_they_are_after_the_transforms():
    """Denominated first, imputed then, as in COINr: the mean of shares, not the share of a mean."""
    per_head = filling(Filling.MEAN, transforms=chain(("per_capita", {"series": "people"})))
    heads = {f"people:{unit}": columns(row(0, count)) for unit, count in zip("ABD", (1, 4, 50), strict=True)}
    known = {f"a:{unit}": DAYS[unit] for unit in "AB"} | heads
    assert imputation_series(per_head) == [f"{slug}:{unit}" for slug in ("a", "people") for unit in "ABCD"]
    assert impute(per_head, known, ["a:D"])["a:D"].value.tolist() == [(2 / 1 + 8 / 4) / 2]


def test_a_value_that_cannot_be_denominated_is_a_gap_until_it_can():
    """COINr imputes after it denominates: a country without a population has no value of its own."""
    per_head = filling(Filling.MEAN, transforms=chain(("per_capita", {"series": "people"})))
    known = {
        "a:A": columns(row(0, 2)), "people:A": columns(row(0, 1)), "a:B": columns(row(0, 30, seq=2)),
        "people:B": columns(row(0, 10, known=5, seq=7)),
    }  # fmt: skip
    found = impute(per_head, known, ["a:B"])["a:B"]

    def seen(day):
        rows = observed(visible(found, at=9 * DAY, known_at=day * DAY))
        return rows.value.tolist(), rows.imputed.tolist()

    assert seen(1) == ([2], [True])
    assert seen(5) == ([30], [False])


def test_a_withdrawn_value_is_a_gap():
    gone = DAYS | {"D": columns(row(0, 100), row(0, np.nan, known=3, seq=2))}
    assert filled(Filling.MEAN, gone, "D", at=2) == [[]]
    assert filled(Filling.MEAN, gone, "D", at=3) == [[(0, 7)]]


def test_an_indicator_that_does_not_ask_and_a_unit_that_is_no_peer_stay_as_they_are():
    known = {"a:A": DAYS["A"]}
    assert impute(indicator(), known, ["a:A", "a:D"])["a:A"] is DAYS["A"]
    assert imputation_series(indicator()) == []
    assert len(impute(filling(Filling.MEAN), known, ["a:Z"])["a:Z"]) == 0
    assert len(impute(filling(Filling.MEAN), {}, ["a:D"])["a:D"]) == 0
    nobody = indicator(imputation=Imputation(by=Filling.MEAN))
    assert len(impute(nobody, {}, ["a:D"])["a:D"]) == 0


@pytest.mark.parametrize(
    "given,message", [({"max_age_days": -1}, "max_age_days must not"), ({"least": 0}, "least must be 1")]
)
def test_what_makes_no_sense_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Imputation(by=Filling.MEAN, **given)


@given(
    st.lists(
        st.tuples(st.sampled_from(UNITS), st.integers(0, 3), st.integers(-9, 9), st.integers(1, 9)),
        min_size=1, max_size=12,
    ),
    st.sampled_from(list(Filling)),
)  # fmt: skip
def test_own_values_come_through_untouched_and_what_is_filled_lies_within_what_is_known(told, by):
    table = {unit: [] for unit in UNITS}
    for seq, (unit, day, value, lag) in enumerate(told, start=1):
        table[unit].append(row(day, value, known=day + lag, seq=seq))
    known = {f"a:{unit}": columns(*rows) for unit, rows in table.items()}
    found = impute(filling(by), known, list(known))
    values = [value for _, _, value, _ in told]
    for key, each in found.items():
        own = each.rows(~each.imputed)
        assert own.value.tolist() == known[key].value.tolist()
        assert np.all(np.diff(each.seq) >= 0)
        made = each.value[each.imputed & ~np.isnan(each.value)]
        assert np.all((made >= min(values)) & (made <= max(values)))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(UNITS), st.integers(0, 2), st.sampled_from([1.0, 2.0, 5.0, np.nan]),
            st.integers(1, 6), st.integers(0, 2),
        ),
        max_size=12,
    ),
    st.sampled_from(list(Filling)),
)  # fmt: skip
def test_units_taken_together_give_the_same_as_one_by_one(told, by):
    """Without transforms all units are read at once; one that changes nothing takes the other way."""
    table = {f"a:{unit}": [] for unit in UNITS}
    for seq, (unit, day, value, lag, revision) in enumerate(told, start=1):
        table[f"a:{unit}"].append(
            row(day, value, known=day + lag, seq=seq, source_revision=revision)
        )  # fmt: skip
    known = {key: columns(*rows) for key, rows in table.items()}
    one_by_one = filling(by, transforms=chain(("identity", {})))
    for key, each in impute(filling(by), known, list(known)).items():
        other = impute(one_by_one, known, [key])[key]
        for name in ("period_start", "period_end", "known_at", "source_revision", "seq", "value", "low"):
            assert np.array_equal(
                getattr(each, name), getattr(other, name), equal_nan=name in {"value", "low"}
            )


def test_a_filled_value_scores_and_counts_as_not_observed():
    """It has pressure and moves the mean; coverage, confidence and freshness take it as absent."""
    watched = indicator("a", imputation=Imputation(by=Filling.MEAN, units=("mali", "A", "B")))
    known = {"a:A": columns(row(0, 20)), "a:B": columns(row(0, 60)), "b:mali": columns(row(0, 80))}
    seen = model({"d": {"a": 1, "b": 1}}, indicators=[watched])
    scores = score_days(seen, known | impute(watched, known, ["a:mali"]), 1)
    assert scores.pressure.tolist() == [60]
    assert (scores.coverage.tolist(), scores.confidence.tolist()) == ([0.5], [0.5])
    assert (scores.imputed.tolist(), scores.carried.tolist(), scores.ungraded.tolist()) == ([0.5], [0], [0])
    placed = scores.placements
    assert (placed.imputed[:, 0].tolist(), placed.observed[:, 0].tolist()) == ([True, False], [False, True])
    assert (placed.value[0, 0], placed.freshness[0, 0], np.isnan(placed.raw[0, 0])) == (40, 0, True)
    assert (scores.heat_low[0], scores.heat_high[0]) == (50, 70)


def test_nothing_is_imputed_where_nothing_was_filled_in():
    scores = score_days(model({"d": {"a": 1}}), {"a:mali": columns(row(0, 20))}, 1)
    assert scores.imputed.tolist() == [0]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(UNITS), st.integers(0, 2), st.sampled_from([1.0, 2.0, np.nan]),
            st.integers(1, 4), st.integers(0, 1),
        ),
        max_size=10,
    ),
    st.sampled_from(list(Filling)),
)  # fmt: skip
def test_a_series_told_to_have_no_gap_has_nothing_filled_in(told, by):
    """Told from itself and from when each period was first known, without its peers."""
    table = {f"a:{unit}": [] for unit in UNITS}
    first = {}
    for seq, (unit, day, value, lag, revision) in enumerate(told, start=1):
        each = row(day, value, known=day + lag, seq=seq, source_revision=revision)
        table[f"a:{unit}"].append(each)
        span = each["period_start"], each["period_end"]
        first[span] = min(first.get(span, each["known_at"]), each["known_at"])
    known = {key: columns(*rows) for key, rows in table.items()}
    for key, each in impute(filling(by), known, list(known)).items():
        if not may_have_gaps(filling(by), known, key, first):
            assert not each.imputed.any()


def test_a_denominator_that_came_late_or_is_0_may_have_left_a_gap():
    per_head = filling(Filling.MEAN, transforms=chain(("per_capita", {"series": "people"})))
    first = {(0, DAY): DAY}

    def told(**people):
        return may_have_gaps(per_head, {"a:A": DAYS["A"]} | people, "a:A", first)

    assert not told(**{"people:A": columns(row(0, 5))})
    assert told(**{"people:A": columns(row(0, 5, known=2))})
    assert told(**{"people:A": columns(row(0, 0))})
    assert told()
    assert may_have_gaps(per_head, {}, "a:A", first)
    assert may_have_gaps(filling(Filling.MEAN, transforms=chain(("log1p", {}))), {"a:A": columns(row(0, -5))},
                         "a:A", first)  # fmt: skip
