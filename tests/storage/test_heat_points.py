"""Heat lines hold what was published and what was reconstructed, and the last point is found quickly."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from monitor.domain.clock import epoch
from monitor.domain.scale import Concern
from monitor.storage import heat_points, subjects
from monitor.storage.heat_points import HeatPoint, Origin
from tests.storage.values import day

PUBLISHED, RECONSTRUCTED = Origin.PUBLISHED, Origin.RECONSTRUCTED


def point(heat=30.0, *, on=1, seq=1, subject="goita", **fields):
    return HeatPoint(
        **{
            "subject": subject,
            "at": epoch(day(on)),
            "seq": seq,
            "heat": heat,
            "pressure": None if heat is None else 100.0 - heat,
            "raw_pressure": None if heat is None else 100.0 - heat,
            "heat_low": heat,
            "heat_high": heat,
            "coverage": 1.0,
            "confidence": 0.8,
            "ungraded": 0.0,
            "carried": 0.25,
            "level": "Cool",
            "concern": Concern.HIGH,
            "input_seq": 3,
            "definition_seq": 2,
            "cause": "observation",
        }
        | fields
    )


UNKNOWN = {"level": "Unknown", "concern": None}


def test_a_line_is_the_points_in_order_of_time(session):
    heat_points.publish(session, [point(30.0, on=2, seq=5), point(20.0, on=1, seq=4)])
    heat_points.publish(session, [point(None, on=3, seq=6, **UNKNOWN)])
    line = heat_points.line(session, "goita")
    assert line.at.tolist() == [epoch(day(number)) for number in (1, 2, 3)]
    assert line.seq.tolist() == [4, 5, 6]
    assert np.array_equal(line.heat, [20.0, 30.0, math.nan], equal_nan=True)
    assert line.levels == ("Cool", "Cool", "Unknown")
    assert line.concerns == (Concern.HIGH, Concern.HIGH, None)
    assert line.origins == (PUBLISHED,) * 3
    assert line.carried.tolist() == [0.25] * 3
    assert len(line) == 3


def test_a_line_can_be_cut(session):
    heat_points.publish(session, [point(float(number), on=number, seq=number) for number in range(1, 10)])
    assert heat_points.line(session, "goita", day(3), day(5)).heat.tolist() == [3.0, 4.0, 5.0]


def test_reconstruction_is_replaced_and_what_was_published_stays(session):
    heat_points.publish(session, [point(30.0, on=5, seq=9)])
    heat_points.replace_reconstructed(session, "goita", [point(1.0, on=1), point(2.0, on=2)])
    heat_points.replace_reconstructed(session, "goita", [point(3.0, on=3)])
    line = heat_points.line(session, "goita")
    assert (line.heat.tolist(), line.origins) == ([3.0, 30.0], (RECONSTRUCTED, PUBLISHED))
    assert heat_points.line(session, "goita", origin=PUBLISHED).heat.tolist() == [30.0]


def test_reconstruction_can_be_replaced_from_a_moment_on(session):
    heat_points.replace_reconstructed(session, "goita", [point(1.0, on=1), point(2.0, on=2)])
    heat_points.replace_reconstructed(session, "goita", [point(5.0, on=3)], since=day(2))
    assert heat_points.line(session, "goita").heat.tolist() == [1.0, 5.0]


def test_a_published_point_is_never_written_again(session):
    heat_points.publish(session, [point(30.0)])
    with pytest.raises(IntegrityError):
        heat_points.publish(session, [point(40.0)])


def test_lines_of_many_subjects_come_together(session):
    heat_points.publish(
        session, [point(1.0, on=1), point(2.0, on=4, seq=2), point(3.0, on=4, subject="sadio")]
    )
    lines = heat_points.lines(session, ["goita", "sadio", "none"], day(2))
    assert {slug: line.heat.tolist() for slug, line in lines.items()} == {
        "goita": [2.0],
        "sadio": [3.0],
        "none": [],
    }


def test_the_last_point_is_the_latest_published_one(session):
    subjects.ensure(session, ["goita", "sadio", "none"])
    newest = point(None, on=4, seq=8, **UNKNOWN)
    heat_points.publish(session, [point(1.0, on=4, seq=7), newest, point(2.0, on=3, seq=9)])
    heat_points.publish(session, [point(3.0, on=1, subject="sadio")])
    heat_points.replace_reconstructed(session, "goita", [point(9.0, on=9)])
    assert heat_points.last(session, ["goita", "sadio", "none"]) == {
        "goita": newest,
        "sadio": point(3.0, on=1, subject="sadio"),
    }


def test_the_point_in_force_at_a_moment_is_the_last_before_it(session):
    first, second = point(1.0, on=1), point(2.0, on=4, seq=2)
    heat_points.publish(session, [first, second])
    assert heat_points.at(session, "goita", day(3)) == first
    assert heat_points.at(session, "goita", day(4)) == second
    assert heat_points.at(session, "goita", day(0)) is None
    assert replace(first, heat=2.0) != first
