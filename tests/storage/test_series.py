"""Series as columns are the rows themselves; the latest value is that of the last period."""

import math

import numpy as np
import pytest
from sqlalchemy import select

from monitor.domain.series import SeriesKey
from monitor.storage import observations, series
from monitor.storage.rows.observed import ObservedRow
from tests.storage.values import FUEL, NOW, add, day, reading

DIESEL = "diesel-price:mali"


def test_a_series_keeps_its_number(session):
    first = series.ensure(session, [FUEL, DIESEL])
    assert series.ensure(session, [SeriesKey.parse(FUEL), "gold:mali"])[FUEL] == first[FUEL]
    assert [str(key) for key in series.find_all(session)] == [DIESEL, FUEL, "gold:mali"]
    assert series.find_all(session, indicator="gold") == [SeriesKey("gold", "mali")]


def test_an_exercise_has_series_of_its_own(session):
    numbers = series.ensure(session, [FUEL, f"{FUEL}@exercise-1"])
    assert len(set(numbers.values())) == 2
    assert series.exists(session, f"{FUEL}@exercise-1")
    assert not series.exists(session, f"{FUEL}@exercise-2")


def test_ten_thousand_series_are_looked_for_at_once(session):
    add(session, reading(5.0))
    keys = [FUEL, *(f"fuel-{number}:mali" for number in range(10_000))]
    assert list(series.ids(session, keys)) == [FUEL]


def test_what_is_no_key_is_refused(session):
    with pytest.raises(ValueError, match="indicator:unit"):
        series.ensure(session, ["fuel-price"])


def test_columns_equal_the_rows(session):
    add(session, reading(5.0, on=3, low=4.0, high=6.0, grade="B2"), reading(6.0, on=1, grade="F3"))
    add(session, reading(7.0, on=2, series=DIESEL, source_revision=4), reading(None, on=3, known=9))
    found = series.columns(session, [FUEL, DIESEL])
    for key, number in series.ids(session, [FUEL, DIESEL]).items():
        rows = session.scalars(
            select(ObservedRow).where(ObservedRow.series_id == number).order_by(ObservedRow.seq)
        ).all()
        for name in ("period_start", "period_end", "known_at", "source_revision", "seq"):
            assert getattr(found[key], name).tolist() == [getattr(row, name) for row in rows]
            assert getattr(found[key], name).dtype == np.int64
        for name in ("value", "low", "high"):
            expected = [math.nan if getattr(row, name) is None else getattr(row, name) for row in rows]
            assert np.array_equal(getattr(found[key], name), expected, equal_nan=True)
    assert np.array_equal(found[FUEL].grade, [0.85, math.nan, math.nan], equal_nan=True)


def test_columns_are_in_commit_order_not_in_that_of_periods(session):
    add(session, reading(1.0, on=9), reading(2.0, on=1), reading(3.0, on=5))
    assert series.columns(session, [FUEL])[FUEL].value.tolist() == [1.0, 2.0, 3.0]


def test_columns_up_to_a_number_are_what_was_committed_by_then(session):
    first = add(session, reading(1.0, on=1))
    add(session, reading(2.0, on=2))
    assert series.columns(session, [FUEL], max_seq=first.last_seq)[FUEL].value.tolist() == [1.0]


def test_a_series_without_rows_has_empty_columns(session):
    series.ensure(session, [DIESEL])
    found = series.columns(session, [DIESEL, "unknown:mali"])
    assert {key: len(columns) for key, columns in found.items()} == {DIESEL: 0, "unknown:mali": 0}


def test_the_latest_value_is_that_of_the_last_period_not_the_last_stored(session):
    add(session, reading(5.0, on=9, grade="A2", citation="c", note="n"))
    added = add(session, reading(1.0, on=2))
    latest = series.latest(session, [FUEL, DIESEL])
    assert list(latest) == [FUEL]
    assert latest[FUEL] == observations.history(session, FUEL, limit=1)[0]
    assert latest[FUEL].reading.value == 5.0
    assert latest[FUEL].seq < added.first_seq


def test_the_latest_value_follows_a_revision(session):
    add(session, reading(5.0, on=9))
    add(session, reading(6.0, on=9))
    assert series.latest(session, [FUEL])[FUEL].reading.value == 6.0


def test_withdrawing_the_latest_value_brings_the_one_before_back(session):
    add(session, reading(4.0, on=7), reading(5.0, on=8), reading(6.0, on=9))
    add(session, reading(4.5, on=7))
    add(session, reading(None, on=9, known=20))
    add(session, reading(None, on=8, known=20))
    assert series.latest(session, [FUEL])[FUEL].reading.value == 4.5
    add(session, reading(None, on=7, known=21))
    assert series.latest(session, [FUEL]) == {}


def test_a_later_period_in_the_same_call_as_the_withdrawal_is_the_latest(session):
    add(session, reading(5.0, on=8))
    add(session, reading(None, on=8, known=20), reading(7.0, on=9))
    assert series.latest(session, [FUEL])[FUEL].reading.value == 7.0


def test_subjects_watch_series_until_told_otherwise(session):
    series.set_watched(session, "goita", [FUEL, DIESEL])
    series.set_watched(session, "sadio", [DIESEL])
    assert series.watchers(session, [FUEL]) == ("goita",)
    assert series.watchers(session, [DIESEL, "unknown:mali"]) == ("goita", "sadio")
    assert series.watched(session, "goita") == (DIESEL, FUEL)
    series.set_watched(session, "goita", [DIESEL])
    assert series.watchers(session, [FUEL]) == ()
    series.set_watched(session, "goita", [])
    assert series.watched(session, "goita") == ()


def test_a_series_can_end_and_go_on(session):
    series.ensure(session, [FUEL, DIESEL])
    series.end(session, FUEL, at=NOW)
    assert series.ended(session, [FUEL, DIESEL]) == {FUEL: NOW}
    series.end(session, FUEL, at=None)
    assert series.ended(session, [FUEL]) == {}


def test_a_time_between_two_seconds_is_stored_as_the_later_one(session):
    add(session, reading(5.0, known_at=day(2).replace(microsecond=1)))
    assert observations.history(session, FUEL)[0].reading.known_at == day(2).replace(second=1)
