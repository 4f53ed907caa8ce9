"""What is seen at a moment: in one sorting of all rows, and never more of them than are looked at."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.scoring import heat
from monitor.domain.scoring.view import NEVER_ENDS, Part, effective, observed, parts, period_ranks, visible
from monitor.domain.transforms.transform import TRANSFORMS, reach_seconds
from tests.domain.scoring.test_stacked import everything
from tests.domain.vectors import DAY, chain, columns, daily, data, flat, indicator, model, row

CHAINS = (
    (),
    chain(("rolling_sum", {"window_days": 4})),
    chain(("rolling_mean", {"window_days": 3, "lag_days": 0})),
    chain(("percent_change", {"window_days": 4}), ("winsorise", {"low": -50, "high": 500})),
    chain(("rolling_mean", {"window_days": 2}), ("percent_change", {"window_days": 3})),
    chain(("record_high", {"days": 30})),
    chain(("weeks_above_baseline", {"window_weeks": 2})),
    chain(("surge", {"minimum": 20, "baseline_days": 20})),
    chain(("decay", {"half_life_days": 3}), ("log1p", {})),
    chain(("index", {"base_period": "1970-01"})),
    chain(("per_capita", {"series": "heads"})),
)


def plainly(columns, *, at, known_at, others=(), margin=None):
    """The same parts, each found by sorting all rows known by then: slow and easy to believe."""
    del margin
    order = np.lexsort((columns.seq, columns.period_end, columns.period_start, columns.known_at))
    rank = period_ranks(columns)[order]
    rewrites = [columns.known_at[place] for number, place in enumerate(order)
                if number and rank[number] <= rank[:number].max()]  # fmt: skip
    breaks = np.unique(np.concatenate([np.array(rewrites, dtype=np.int64), *(o.known_at for o in others)]))
    piece = np.searchsorted(breaks, known_at, side="right")
    for number in np.unique(piece):
        moments = np.flatnonzero(piece == number)
        until = NEVER_ENDS if number == len(breaks) else int(breaks[number])
        rows = observed(effective(columns.rows(columns.known_at < until)))
        since = breaks[number - 1] if number else np.iinfo(np.int64).min
        known = np.searchsorted(np.maximum(rows.known_at, since), known_at[moments], side="right")
        begun = np.searchsorted(rows.period_start, at[moments], side="right")
        yield Part(moments=moments, rows=rows, latest=np.minimum(known, begun) - 1, until=until)


@st.composite
def histories(draw):
    """Rows in any order of knowing: revised, revised back, withdrawn, late, overlapping, with gaps."""
    length = draw(st.sampled_from([1, 2, 7]))
    rows = []
    for place in range(draw(st.integers(1, 14))):
        if draw(st.integers(0, 9)):
            late = draw(st.sampled_from([0, 0, 0, 1, 9]))
            rows.append(row(place * length, draw(st.integers(0, 99)), length=length,
                            known=(place + 1) * length + late))  # fmt: skip
    for _ in range(draw(st.integers(0, 4))):
        which = draw(st.integers(0, 13))
        value = draw(st.sampled_from([np.nan, 5.0, 50.0, 95.0]))
        long = draw(st.sampled_from([length, length, length, 3 * length]))
        rows.append(row(which * length, value, length=long, known=draw(st.integers(1, 60)),
                        source_revision=draw(st.integers(0, 2))))  # fmt: skip
    return columns(*(rows or [row(0, 1.0)]))


@st.composite
def cases(draw):
    made = indicator(
        "a",
        transforms=draw(st.sampled_from(CHAINS)),
        settles_after_days=draw(st.sampled_from([0.0, 0.0, 5.0])),
        cadence_days=draw(st.sampled_from([1, 7])),
    )
    its_data = data(a=draw(histories()), heads=daily(2, 3, 4, first=2))
    return model({"d": {"a": 1}}, indicators=[made]), its_data


def assert_as_plainly(a_model, its_data, at, known):
    found = everything(heat.score(a_model, its_data, at=at, known_at=known))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heat, "parts", plainly)
        patch.setattr(heat, "stack", lambda *_args, **_given: ())
        expected = everything(heat.score(a_model, its_data, at=at, known_at=known))
    for name, array in expected.items():
        assert np.array_equal(found[name], array, equal_nan=array.dtype.kind == "f"), name


@settings(max_examples=400, deadline=None)
@given(cases(), st.lists(st.integers(0, 110), min_size=1, max_size=25), st.integers(0, 110))
def test_scores_are_those_of_sorting_everything_anew(case, days, known):
    at = np.array(days) * DAY
    assert_as_plainly(*case, at, None)
    assert_as_plainly(*case, at, np.full(len(at), known * DAY))
    assert_as_plainly(*case, at[:1], None)
    assert_as_plainly(*case, at, at[::-1].copy())


@given(histories(), st.integers(0, 110), st.integers(0, 110))
def test_one_moment_sees_the_rows_in_force(rows, day, known):
    at, known_at = np.array([day * DAY]), np.array([known * DAY])
    (part,) = parts(rows, at=at, known_at=known_at)
    expected = observed(visible(rows, at=day * DAY, known_at=known * DAY))
    assert part.rows.seq[: part.latest[0] + 1].tolist() == expected.seq.tolist()


def test_one_moment_of_a_long_series_reads_its_end():
    (part,) = parts(daily(*range(400)), at=np.array([400 * DAY]), known_at=np.array([400 * DAY]),
                    margin=10.0 * DAY)  # fmt: skip
    assert len(part.rows) == 10
    assert len(part.whole().rows) == 400


def test_a_revised_series_gives_each_part_its_own_stretch():
    revised = columns(*(row(day, float(day)) for day in range(300)), row(100, 1.0, known=200))
    at = np.arange(190, 211) * DAY
    found = list(parts(revised, at=at, known_at=at, margin=5.0 * DAY))
    assert [len(part.rows) for part in found] == [14, 16]
    assert [part.until for part in found] == [200 * DAY, NEVER_ENDS]


def test_overlapping_periods_are_read_whole():
    yearly = columns(row(0, 5.0, length=365), *(row(day, 1.0) for day in range(20)))
    (part,) = parts(yearly, at=np.array([400 * DAY]), known_at=np.array([400 * DAY]), margin=1.0 * DAY)
    assert part.whole is None


def test_no_moments_have_no_parts_to_read():
    nothing = np.array([], dtype=np.int64)
    assert list(parts(daily(1), at=nothing, known_at=nothing)) == []
    assert heat.score(flat(a=1), data(a=daily(1, low=0)), at=nothing).heat.tolist() == []


def test_a_gap_longer_than_the_guess_is_stepped_over():
    quiet = columns(row(0, 70.0, low=60.0), row(1, 80.0))
    found = heat.score(flat(a=1), data(a=quiet), at=np.array([500 * DAY]))
    assert found.pressure.tolist() == [80]


@pytest.mark.parametrize(
    "steps,days",
    [
        ((), 0),
        ((("rolling_sum", {"window_days": 30}), ("log1p", {})), 30),
        ((("rolling_mean", {"window_days": 30}), ("percent_change", {"window_days": 100})), 180),
        ((("weeks_above_baseline", {}),), 364),
        ((("surge", {"minimum": 1, "baseline_days": 300}),), 361),
        ((("index", {"base_period": "2020"}), ("log1p", {})), None),
    ],
)
def test_a_chain_looks_back_as_far_as_its_steps_together(steps, days):
    found = reach_seconds(indicator("a", transforms=chain(*steps)))
    assert found == (None if days is None else days * DAY)


def test_what_looks_at_everything_is_known():
    assert {name for name, kind in TRANSFORMS.items() if kind.reach is None} == {
        "index", "per_capita", "record_high",
    }  # fmt: skip
