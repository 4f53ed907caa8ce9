"""Tests of members: a subject by its heat line in another subject's tree."""

import numpy as np

from monitor.domain.clock import DAY_SECONDS as DAY
from monitor.domain.derivations.member import (
    MEMBER,
    MemberLine,
    member_columns,
    member_key,
    member_of,
    members_by_subject,
)
from monitor.domain.normalisations.normalise import normalise
from monitor.domain.scoring.coverage import freshness
from tests.factories import a_placement


def line(*points):
    """Points are (day, seq, pressure, confidence, is_known)."""
    at, seq, pressure, confidence, known = zip(*points, strict=True) if points else ((),) * 5
    pressure = np.array(pressure, dtype=np.float64)
    return MemberLine(
        at=np.array(at, dtype=np.int64) * DAY, seq=np.array(seq, dtype=np.int64), pressure=pressure,
        low=pressure - 5, high=pressure + 5, confidence=np.array(confidence, dtype=np.float64),
        is_known=np.array(known, dtype=np.bool_),
    )  # fmt: skip


def test_each_point_is_a_day_that_ends_with_it():
    found = member_columns(line((10, 1, 40.0, 0.8, True), (12, 2, 50.0, 0.9, True)))
    assert (found.period_end // DAY).tolist() == [10, 12]
    assert found.known_at.tolist() == found.period_end.tolist()
    assert found.value.tolist() == [40.0, 50.0]
    assert (found.low.tolist(), found.high.tolist()) == ([35.0, 45.0], [45.0, 55.0])
    assert found.grade.tolist() == [0.8, 0.9]


def test_an_unknown_member_keeps_its_last_pressure_and_is_not_fresh():
    found = member_columns(
        line(
            (9, 1, np.nan, 0.0, False),
            (10, 2, 40.0, 0.8, True),
            (11, 3, 41.0, 0.3, False),
            (12, 4, np.nan, 0.0, False),
        )
    )
    assert found.value.tolist() == [40.0, 41.0, 41.0]
    age = freshness(MEMBER, at=np.array([400, 400, 400]) * DAY, period_end=found.oldest_end)
    assert age.tolist() == [1.0, 0.0, 0.0]


def test_a_member_without_data_was_never_observed():
    assert len(member_columns(line())) == 0
    assert len(member_columns(line((9, 1, np.nan, 0.0, False)))) == 0


def test_points_committed_later_are_not_there_yet():
    both = line((10, 1, 40.0, 0.8, True), (10, 2, 50.0, 0.9, True))
    assert len(both.up_to(1).at) == 1
    assert member_columns(both).seq.tolist() == [1, 2]


def test_its_pressure_counts_as_it_is():
    values = np.array([0.0, 12.34567, 100.0])
    assert (
        normalise(MEMBER.normalisation, value=values, low=values, high=values).value.tolist()
        == values.tolist()
    )


def test_a_key_names_the_subject_and_a_rehearsal_follows_the_real_one():
    assert member_key("mali") == "subject:mali"
    assert member_of("subject:mali@exercise-1") == "mali"
    assert member_of("attacks:mali") is None


def test_members_are_listed_by_subject():
    placed = [
        a_placement("subject:mali", subject="sahel"), a_placement("subject:niger", subject="sahel"),
        a_placement("subject:mali@exercise-1", subject="sahel@exercise-1"),
        a_placement("fuel:mali", subject="mali"),
    ]  # fmt: skip
    assert members_by_subject(placed) == {"sahel": ["mali", "niger"]}
