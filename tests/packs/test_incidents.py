"""Incident files: a good line, and each way a line can be wrong."""
# ruff: noqa: E501 - a case stands on one line with the message it must give

from datetime import date

import pytest

from monitor.domain.incident import Incident
from monitor.packs.incidents import parse_incidents

HEADER = "external_id,happened_on,country,kind,latitude,longitude,killed\n"


def parse(lines, header=HEADER):
    incidents, problems = parse_incidents(header + lines, file="i.csv", source="acled")
    return incidents, [str(each) for each in problems]


def test_a_good_line():
    incidents, problems = parse("A1,2025-09-12,MLI,attack,14.5,-11.4,3\n")
    assert problems == []
    assert incidents == [
        Incident(
            source="acled", external_id="A1", happened_on=date(2025, 9, 12), country="MLI", kind="attack",
            latitude=14.5, longitude=-11.4, killed=3,
        )
    ]  # fmt: skip


def test_a_place_may_be_unknown_and_a_count_left_out():
    (incident,), _ = parse("A1,2025-09-12,MLI,attack,,,\n")
    assert (incident.latitude, incident.killed) == (None, 0)


@pytest.mark.parametrize(
    "line,expected",
    [
        (",2025-09-12,MLI,attack,,,", "i.csv:2 external_id: is empty"),
        ("A1,12/9/2025,MLI,attack,,,", "i.csv:2 happened_on: '12/9/2025' is not a date (expected YYYY-MM-DD)"),
        ("A1,2025-09-12,ml,attack,,,", "i.csv:2 country: 'ml' is not a country (expected three capital letters such as MLI)"),
        ("A1,2025-09-12,mli,attack,,,", "i.csv:2 country: 'mli' is not a country (expected three capital letters such as MLI)"),
        ("A1,2025-09-12,MLI,,,,", "i.csv:2 kind: is empty"),
        ("A1,2025-09-12,MLI,attack,north,4,", "i.csv:2 latitude: 'north' is not a latitude (expected -90 to 90)"),
        ("A1,2025-09-12,MLI,attack,4,181,", "i.csv:2 longitude: '181' is not a longitude (expected -180 to 180)"),
        ("A1,2025-09-12,MLI,attack,4,,", "i.csv:2 latitude: latitude and longitude come together"),
        ("A1,2025-09-12,MLI,attack,,,some", "i.csv:2 killed: 'some' is not a count (expected a whole number from 0)"),
    ],
)  # fmt: skip
def test_a_bad_line_says_why(line, expected):
    incidents, problems = parse(line)
    assert incidents == []
    assert expected in problems


def test_an_exact_or_near_point_stands_for_a_country():
    header = HEADER.replace("killed", "precision")
    (incident,), problems = parse("A1,2025-09-12,,attack,14.5,-4.1,near\n", header)
    assert (incident.country, problems) == ("", [])
    _, problems = parse("A1,2025-09-12,,attack,14.5,-4.1,admin1\nA2,2025-09-12,,attack,,,exact\n", header)
    expected = "'' is not a country (expected three capital letters such as MLI, or an exact or near point)"
    assert problems == [f"i.csv:2 country: {expected}", f"i.csv:3 country: {expected}"]


def test_an_id_given_twice_names_the_first_line():
    line = "A1,2025-09-12,MLI,attack,,,\n"
    incidents, problems = parse(line * 2)
    assert len(incidents) == 1
    assert problems == ["i.csv:3 external_id: the same as in line 2"]
