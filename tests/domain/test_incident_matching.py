"""Which incidents of two sources may be one: what speaks for it, what against, and how fast it is found."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.domain.incident import Incident
from monitor.domain.incident_matching import LEAST_SCORE, compare, distance_km, pairs_alike, words_of

AMBUSH = Incident(
    source="acled", external_id="1", happened_on=date(2025, 9, 14), country="MLI", kind="ambush",
    admin1="Kayes Region", latitude=14.5, longitude=-11.25, precision="exact", actor="JNIM", killed=6,
)  # fmt: skip
SAME = replace(AMBUSH, source="ucdp", external_id="9", admin1="Kayes", latitude=14.53, killed=5)


def test_the_same_incident_of_two_sources_is_proposed_with_its_reasons():
    (pair,) = pairs_alike([SAME, AMBUSH])
    assert (pair.first, pair.second) == (AMBUSH, SAME)
    assert pair.score == 0.98
    assert pair.reasons == (
        "the same day", "3 km apart", "alike actors, JNIM and JNIM", "both ambush", "6 and 5 killed",
    )  # fmt: skip


@pytest.mark.parametrize(
    "other,is_proposed",
    [
        (replace(SAME, happened_on=date(2025, 9, 15)), True),
        (replace(SAME, happened_on=date(2025, 9, 16)), False),
        (replace(SAME, latitude=15.5), False),
        (replace(SAME, country="SEN"), False),
        (replace(SAME, source="acled"), False),
        (replace(SAME, actor="Armed forces of Mali", killed=40, kind="strike"), False),
        (replace(SAME, latitude=None, longitude=None), True),
        (replace(SAME, latitude=None, longitude=None, admin1="Mopti"), False),
        (replace(SAME, latitude=17.0, precision="admin1"), True),
        (replace(SAME, actor="", kind="event", killed=0), False),
    ],
)
def test_what_speaks_against_it_counts(other, is_proposed):
    assert bool(pairs_alike([AMBUSH, other])) is is_proposed


def test_a_point_of_a_region_is_no_place():
    assert distance_km(AMBUSH, replace(SAME, precision="admin1")) is None
    assert distance_km(AMBUSH, replace(AMBUSH, latitude=15.5)) == pytest.approx(111.2, abs=0.1)


def test_names_are_compared_without_accents_and_empty_words():
    assert words_of("Région de Ségou") == words_of("Segou Region") == {"segou"}


def test_a_code_of_a_region_is_not_another_region_than_a_name():
    coded = replace(SAME, latitude=None, longitude=None, admin1="ML01")
    assert "different regions" not in " ".join(compare(AMBUSH, coded).reasons)


def test_of_one_incident_the_best_few_are_proposed():
    many = [replace(SAME, external_id=str(number), killed=number) for number in range(3, 12)]
    found = pairs_alike([AMBUSH, *many])
    assert [pair.second.killed for pair in found] == [6, 5, 7]
    assert all(pair.score >= LEAST_SCORE for pair in found)


def test_twenty_thousand_are_not_all_compared_with_each_other():
    drawn = random.Random(20251130)
    told = [
        replace(
            AMBUSH, source=f"s{number % 3}", external_id=str(number), latitude=drawn.uniform(10, 20),
            happened_on=date(2000, 1, 1) + timedelta(days=number % 2_000), actor=f"group {number}",
        )
        for number in range(20_000)
    ]  # fmt: skip
    assert AMBUSH in {pair.first for pair in pairs_alike([*told, AMBUSH, SAME])}
