"""Readings become rows only where they say something new; the current row is found as it was known."""

import pytest

from monitor.domain.errors import InvalidInput
from monitor.storage import observations, series, subjects
from monitor.storage.sequence import next_seq
from tests.storage.values import FUEL, NOW, add, day, reading


def counts(added):
    return added.new, added.revised, added.unchanged, added.withdrawn


def values(session):
    return [row.reading.value for row in reversed(observations.history(session, FUEL))]


def test_a_new_period_is_a_row_in_commit_order(session):
    next_seq(session, 10)
    added = add(session, reading(5.0, on=1), reading(6.0, on=2))
    assert counts(added) == (2, 0, 0, 0)
    assert (added.first_seq, added.last_seq) == (11, 12)
    assert next_seq(session) == 13


def test_what_is_stored_comes_back_whole(session):
    full = reading(
        5.0,
        low=4.0,
        high=7.0,
        grade="B2",
        citation="oryx-2025",
        source_revision=3,
        is_reconstructed=True,
        note="price at the pump",
    )
    added = add(session, full, source="oryx", author="ada")
    (row,) = observations.history(session, FUEL)
    assert row.reading == full
    assert (row.seq, row.stored_at, row.source, row.author) == (added.first_seq, NOW, "oryx", "ada")


def test_each_row_is_known_by_where_it_comes_from_without_its_value(session):
    first = add(session, reading(5.0, grade="B2", citation="oryx-2025", is_reconstructed=True), source="oryx")
    second = add(session, reading(6.0, on=2))
    told = observations.provenances(session, FUEL)
    assert sorted(told) == [first.first_seq, second.first_seq]
    old, new = told[first.first_seq], told[second.first_seq]
    assert (old.grade, old.citation, old.source, old.is_reconstructed) == ("B2", "oryx-2025", "oryx", True)
    assert (new.citation, new.is_reconstructed) == ("", False)
    assert observations.provenances(session, "nothing:mali") == {}


def test_the_same_again_leaves_no_row(session):
    add(session, reading(5.0))
    added = add(session, reading(5.0, known=9))
    assert counts(added) == (0, 0, 1, 0)
    assert added.first_seq is None
    assert values(session) == [5.0]


@pytest.mark.parametrize(
    "change", [{"value": 6.0}, {"low": 1.0}, {"high": 9.0}, {"grade": "A1"}, {"citation": "other"}]
)
def test_any_other_content_is_a_revision(session, change):
    add(session, reading(5.0))
    assert counts(add(session, reading(**{"value": 5.0} | change))) == (0, 1, 0, 0)


def test_readings_of_one_call_revise_each_other_in_order(session):
    assert counts(add(session, reading(5.0), reading(5.0), reading(6.0), reading(5.0))) == (1, 2, 1, 0)
    assert values(session) == [5.0, 6.0, 5.0]


def test_a_withdrawal_is_a_row_without_a_value(session):
    add(session, reading(5.0))
    assert counts(add(session, reading(None, known=5))) == (0, 0, 0, 1)
    assert counts(add(session, reading(None, known=6))) == (0, 0, 1, 0)
    assert counts(add(session, reading(5.0, known=7))) == (0, 1, 0, 0)
    assert values(session) == [5.0, None, 5.0]


def test_a_withdrawal_of_what_was_never_there_is_nothing(session):
    assert counts(add(session, reading(None))) == (0, 0, 1, 0)


def test_loading_a_history_of_vintages_again_adds_nothing(session):
    vintages = [reading(value, known=known) for value, known in ((10.0, 2), (12.0, 30), (10.0, 60))]
    assert counts(add(session, *vintages)) == (1, 2, 0, 0)
    assert counts(add(session, *vintages)) == (0, 0, 3, 0)
    numbered = [reading(value, on=5, known=6, source_revision=n) for n, value in enumerate((1.0, 2.0, 1.0))]
    assert counts(add(session, *numbered)) == (1, 2, 0, 0)
    assert counts(add(session, *numbered)) == (0, 0, 3, 0)


def test_an_older_revision_that_comes_late_is_stored_and_not_applied(session):
    add(session, reading(5.0, source_revision=3))
    assert counts(add(session, reading(4.0, source_revision=2))) == (0, 1, 0, 0)
    assert series.latest(session, [FUEL])[FUEL].reading.value == 5.0
    assert counts(add(session, reading(5.0, source_revision=3))) == (0, 0, 1, 0)


def test_a_day_and_the_month_it_lies_in_are_two_periods(session):
    month = reading(50.0, on=1, period_end=day(31))
    assert counts(add(session, reading(5.0), month)) == (2, 0, 0, 0)


def test_the_subjects_a_series_feeds_become_due(session):
    series.set_watched(session, "goita", [FUEL])
    series.set_watched(session, "sadio", ["diesel-price:mali"])
    added = add(session, reading(5.0), slot=77)
    assert added.subjects == ("goita",)
    assert (subjects.state(session, "goita").assess_due_at, subjects.state(session, "goita").assess_slot) == (
        NOW,
        77,
    )
    assert not subjects.has_marks(session, "sadio")


def test_nothing_new_makes_nobody_due(session):
    add(session, reading(5.0))
    series.set_watched(session, "goita", [FUEL])
    subjects.ensure(session, ["goita"])
    add(session, reading(5.0))
    assert not subjects.has_marks(session, "goita")


def test_a_grade_that_is_none_is_refused(session):
    with pytest.raises(InvalidInput, match="'B7' is no grade") as caught:
        add(session, reading(5.0, grade="B7"))
    assert caught.value.field == "grade"


def test_no_readings_are_no_change(session):
    assert counts(add(session)) == (0, 0, 0, 0)


def test_many_readings_are_stored_in_pieces_that_see_each_other(session, monkeypatch):
    monkeypatch.setattr(observations, "_READINGS_AT_ONCE", 150)
    many = [reading(float(number), on=number, grade="B2") for number in range(1, 401)]
    assert counts(add(session, *many, *many)) == (400, 0, 400, 0)
    assert values(session) == [float(number) for number in range(1, 401)]


def test_history_is_cut_to_what_overlaps_and_begins_with_the_newest(session):
    add(session, *(reading(float(number), on=number) for number in range(1, 10)))
    found = observations.history(session, FUEL, since=day(3), until=day(6))
    assert [row.reading.value for row in found] == [5.0, 4.0, 3.0]
    assert [row.reading.value for row in observations.history(session, FUEL, limit=1)] == [9.0]


def test_a_failed_call_leaves_nothing(database):
    def fail():
        with database.write() as session:
            add(session, reading(5.0))
            add(session, reading(6.0, on=2, grade="Z9"))

    with pytest.raises(InvalidInput):
        fail()
    with database.read() as session:
        assert observations.history(session, FUEL) == []
        assert series.find_all(session) == []
