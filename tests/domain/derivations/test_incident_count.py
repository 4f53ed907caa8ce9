"""Tests of counts of incidents: filters, revisions, zeros only where a source vouches for them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.clock import DAY_SECONDS as DAY
from monitor.domain.derivations.incident_count import (
    Covered,
    IncidentCount,
    IncidentLog,
    Span,
    Tally,
    UnitIs,
    count_incidents,
)
from monitor.domain.scoring.view import observed, visible

# 1 January 2024 was a Monday.
JANUARY = int(np.datetime64("2024-01-01", "D").astype(int))


def log_of(versions, covered=()):
    """Versions are (incident, known day, seq, day, values): days of 2024 from 0."""
    rows = [
        {"country": "MLI", "admin1": "Gao", "actor": "JNIM", "type": "aid", "killed": 1, "injured": 0,
         "kidnapped": 0, "withdrawn": False, "coded_country": "", "coded_admin1": "", **values,
         "incident": incident, "known_at": known, "seq": seq, "day": day}
        for incident, known, seq, day, values in versions
    ]  # fmt: skip
    words = ("country", "coded_country", "admin1", "coded_admin1", "actor", "type")
    sums = ("killed", "injured", "kidnapped")
    return IncidentLog(
        incident=np.array([row["incident"] for row in rows], dtype=np.int64),
        known_at=np.array([(JANUARY + row["known_at"]) * DAY for row in rows], dtype=np.int64),
        seq=np.array([row["seq"] for row in rows], dtype=np.int64),
        day=np.array([(JANUARY + row["day"]) * DAY for row in rows], dtype=np.int64),
        withdrawn=np.array([row["withdrawn"] for row in rows], dtype=np.bool_),
        place=np.array([row["admin1"] for row in rows], dtype=np.str_),
        covered=tuple(covered),
        **{name: np.array([row[name] for row in rows], dtype=np.str_) for name in words},
        **{name: np.array([row[name] for row in rows], dtype=np.float64) for name in sums},
    )


def counted(log, *, day=10_000, series="attacks:mali", **spec):
    found = count_incidents(IncidentCount(source="log", **spec), series, log)
    moment = (JANUARY + day) * DAY
    rows = observed(visible(found, at=moment + 10_000 * DAY, known_at=moment))
    starts = (rows.period_start // DAY - JANUARY).tolist()
    return dict(zip(starts, rows.value.tolist(), strict=True))


THREE = [
    (1, 1, 1, 0, {}),
    (2, 9, 2, 8, {"killed": 4, "type": "school"}),
    (3, 40, 3, 39, {"actor": "", "killed": 0}),
]


def test_incidents_are_counted_by_month_week_and_day():
    log = log_of(THREE)
    assert counted(log) == {0: 2.0, 31: 1.0}
    assert counted(log, period=Span.WEEK) == {0: 1.0, 7: 1.0, 35: 1.0}
    assert counted(log, period=Span.DAY) == {0: 1.0, 8: 1.0, 39: 1.0}


def test_periods_end_where_the_next_begins():
    spec = {"source": "log"}
    for period, days in ((Span.MONTH, 31), (Span.WEEK, 7), (Span.DAY, 1)):
        found = count_incidents(IncidentCount(**spec, period=period), "a:b", log_of(THREE[:1]))
        assert (found.period_end - found.period_start).tolist() == [days * DAY]


def test_people_are_added_up():
    log = log_of([*THREE, (4, 5, 4, 3, {"injured": 2, "kidnapped": 7})])
    assert counted(log, measure=Tally.FATALITIES) == {0: 6.0, 31: 0.0}
    assert counted(log, measure=Tally.INJURED) == {0: 2.0, 31: 0.0}
    assert counted(log, measure=Tally.KIDNAPPED) == {0: 7.0, 31: 0.0}


@pytest.mark.parametrize(
    "spec, expected",
    [
        ({"types": ("school",)}, {0: 1.0}),
        ({"actors": ("JNIM",)}, {0: 2.0}),
        ({"admin1": ("Kayes",)}, {}),
        ({"countries": ("MLI", "NER")}, {0: 2.0, 31: 1.0}),
        ({"unit_is": UnitIs.COUNTRY}, {}),
        ({"unit_is": UnitIs.COUNTRY, "series": "attacks:MLI@exercise-1"}, {0: 2.0, 31: 1.0}),
        ({"unit_is": UnitIs.ADMIN1, "series": "attacks:Gao"}, {0: 2.0, 31: 1.0}),
    ],
)
def test_filters_choose(spec, expected):
    assert counted(log_of(THREE), **spec) == expected


def test_a_place_counts_once_while_it_has_an_incident():
    log = log_of([
        (1, 1, 1, 0, {}), (2, 2, 2, 1, {}), (3, 3, 3, 2, {"admin1": "Kayes"}),
        (1, 5, 4, 0, {"withdrawn": True}), (2, 6, 5, 1, {"withdrawn": True}),
    ])  # fmt: skip
    counts = [counted(log, day=day, measure=Tally.PLACES) for day in (1, 2, 3, 5, 6)]
    assert counts == [{0: 1.0}, {0: 1.0}, {0: 2.0}, {0: 2.0}, {0: 1.0}]


def test_a_revision_may_move_an_incident_to_another_month_or_out_of_view():
    log = log_of([(1, 1, 1, 0, {}), (1, 5, 2, 33, {}), (1, 7, 3, 33, {"country": "NER"})])
    counts = [counted(log, day=day, countries=("MLI",)) for day in (1, 5, 7)]
    assert counts == [{0: 1.0}, {31: 1.0}, {}]


def test_a_version_committed_later_but_known_earlier_stands():
    log = log_of([(1, 5, 1, 0, {"killed": 1}), (1, 2, 2, 0, {"killed": 9})])
    assert counted(log, measure=Tally.FATALITIES) == {0: 9.0}


def covered(first, last, *, known, seq=9, country="", lag=None):
    return Covered(
        country=country, covers_from=date.fromordinal(date(2024, 1, 1).toordinal() + first),
        covers_until=date.fromordinal(date(2024, 1, 1).toordinal() + last),
        known_at=(JANUARY + known) * DAY, seq=seq, lag_seconds=None if lag is None else lag * DAY,
    )  # fmt: skip


def test_nothing_is_zero_only_where_a_source_covers_all_of_the_period():
    log = log_of(THREE, [covered(0, 90, known=100)])
    assert counted(log, types=("school",), day=99) == {0: 1.0}
    assert counted(log, types=("school",)) == {0: 1.0, 31: 0.0, 60: 0.0}


def test_two_stretches_that_touch_cover_what_lies_across_them():
    log = log_of([], [covered(0, 15, known=20), covered(16, 30, known=40, seq=10)])
    assert counted(log, day=39) == {}
    assert counted(log, day=40) == {0: 0.0}
    assert counted(log_of([], [covered(0, 15, known=20), covered(17, 30, known=40, seq=10)])) == {}


def test_history_was_known_month_by_month():
    log = log_of([], [covered(0, 90, known=1000, lag=5)])
    assert counted(log, day=35) == {}
    assert counted(log, day=36) == {0: 0.0}
    assert counted(log, day=64) == {0: 0.0}
    assert counted(log, day=65) == {0: 0.0, 31: 0.0}


def test_each_country_that_is_counted_must_be_covered():
    log = log_of([], [covered(0, 30, known=40, country="MLI")])
    assert counted(log, countries=("MLI",)) == {0: 0.0}
    assert counted(log, countries=("MLI", "NER")) == {}
    assert counted(log, unit_is=UnitIs.COUNTRY, series="a:MLI") == {0: 0.0}
    assert counted(log) == {}


def test_without_anything_there_is_no_row():
    assert len(count_incidents(IncidentCount(source="log"), "a:b", log_of([]))) == 0


versions = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 60), st.integers(0, 100),
        st.fixed_dictionaries({"killed": st.integers(0, 3), "withdrawn": st.booleans(),
                               "admin1": st.sampled_from(["Gao", "Kayes"]), "type": st.sampled_from("ab")}),
    ),
    max_size=12,
)  # fmt: skip
covers = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 60), st.integers(0, 60)), max_size=2)


def months_of(days):
    return days.astype("datetime64[s]").astype("datetime64[M]").astype(str).tolist()


def numbered(given_versions):
    return [(one, known, seq, at, values) for seq, (one, known, at, values) in enumerate(given_versions, 1)]


def brute(log, day, spec):
    """Count what is in force at a moment, one incident after the other."""
    moment, told = (JANUARY + day) * DAY, {}
    for place in np.argsort(log.seq):
        if log.known_at[place] <= moment:
            told[int(log.incident[place])] = place
    there = [place for place in told.values() if not log.withdrawn[place] and log.type[place] == "a"]
    months = {}
    for place in there:
        months.setdefault(str(log.day[place].astype("datetime64[s]").astype("datetime64[M]")), []).append(
            place
        )
    measure = {
        Tally.COUNT: len,
        Tally.FATALITIES: lambda own: sum(log.killed[each] for each in own),
        Tally.PLACES: lambda own: len({log.place[each] for each in own}),
    }[spec.measure]
    return {month: float(measure(own)) for month, own in months.items()}


@settings(max_examples=300)
@given(versions, covers, st.integers(0, 80), st.sampled_from([Tally.COUNT, Tally.FATALITIES, Tally.PLACES]))
def test_as_of_any_moment_it_is_the_count_of_what_was_known_then(given_versions, stretches, day, measure):
    log = log_of(
        [
            (incident, known, seq, at, values)
            for seq, (incident, known, at, values) in enumerate(given_versions, 1)
        ],
        [
            covered(first, first + length, known=known, seq=50 + n)
            for n, (first, length, known) in enumerate(stretches)
        ],
    )
    spec = IncidentCount(source="log", measure=measure, types=("a",))
    moment = (JANUARY + day) * DAY
    everything = count_incidents(spec, "a:b", log)
    rows = observed(visible(everything, at=moment + 10_000 * DAY, known_at=moment))
    months = months_of(rows.period_start)
    counts = brute(log, day, spec)
    found = dict(zip(months, rows.value.tolist(), strict=True))
    assert {month: value for month, value in found.items() if month in counts} == counts
    assert all(value == 0 for month, value in found.items() if month not in counts)
    vouched = count_incidents(
        spec, "a:b", log_of([], [each for each in log.covered if each.known_at <= moment])
    )
    zeros = vouched.period_start.astype("datetime64[s]").astype("datetime64[M]").astype(str).tolist()
    assert {month for month, value in found.items() if month not in counts} == set(zeros) - set(counts)


@settings(max_examples=100)
@given(versions, st.integers(0, 12))
def test_what_was_committed_up_to_a_number_is_what_it_was_then(given_versions, most):
    log = log_of(
        [(one, known, seq, at, values) for seq, (one, known, at, values) in enumerate(given_versions, 1)]
    )
    first = log.rows(log.seq <= most)
    spec = IncidentCount(source="log")
    cut, then = count_incidents(spec, "a:b", log.up_to(most)), count_incidents(spec, "a:b", first)
    assert np.array_equal(cut.value, then.value, equal_nan=True)
    assert np.array_equal(cut.known_at, then.known_at)


def test_a_region_counts_what_was_told_by_its_code_and_what_was_coded_so():
    log = log_of([
        (1, 1, 1, 0, {"admin1": "ML07"}),
        (2, 1, 2, 1, {"admin1": "Gao", "coded_admin1": "ML07"}),
        (3, 1, 3, 2, {"admin1": "Mopti", "coded_admin1": "ML05"}),
        (4, 1, 4, 3, {"country": "", "coded_country": "MLI", "admin1": "", "coded_admin1": "ML07"}),
    ])  # fmt: skip
    assert counted(log, series="attacks:ML07", unit_is=UnitIs.ADMIN1) == {0: 3.0}
    assert counted(log, admin1=("ML05", "Gao")) == {0: 2.0}
    assert counted(log, series="attacks:MLI", unit_is=UnitIs.COUNTRY) == {0: 4.0}
