"""Incidents are coded by what the source told, else by where an exact or near point lies."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.domain.incident import CodedBy, Coding, Exactness, Incident, exactness, is_dot
from monitor.domain.iso3166 import ALPHA2, ALPHA3, alpha2, is_country
from monitor.geo.coding import code_places, coding_of, region_around
from monitor.geo.region_names import code_told, region_code, region_name

# Sévaré lies in the region of Mopti.
SEVARE = Incident(
    source="desk", external_id="1", happened_on=date(2025, 9, 14), country="MLI", kind="attack",
    latitude=14.53, longitude=-4.09, precision="near",
)  # fmt: skip
IN_MOPTI = Coding(country="MLI", admin1="ML05", by=CodedBy.POINT)


def coded(**values):
    return coding_of(replace(SEVARE, **values))


def test_a_region_is_taken_by_code_then_by_name_then_by_its_point():
    assert coded(admin1="ML07") == Coding(country="MLI", admin1="ML07", by=CodedBy.CODE)
    assert coded(admin1="Région de Gao") == Coding(country="MLI", admin1="ML07", by=CodedBy.NAME)
    assert coded(admin1="") == IN_MOPTI
    assert coded(admin1="somewhere") == IN_MOPTI


@pytest.mark.parametrize("precision", ["admin1", "district", "country", "region", "line", "", "approximate"])
def test_coordinates_that_are_no_point_code_nothing(precision):
    assert coded(precision=precision) == Coding(country="MLI")
    assert region_around(replace(SEVARE, precision=precision)) is None
    assert not is_dot(replace(SEVARE, precision=precision))


def test_a_point_in_another_country_than_was_told_codes_no_region():
    assert coded(country="NER") == Coding(country="NER")
    assert region_around(replace(SEVARE, country="NER")).code == "ML05"


def test_a_country_that_was_not_told_or_is_none_comes_from_the_point():
    assert coded(country="") == IN_MOPTI
    assert coded(country="XYZ") == IN_MOPTI
    assert coded(country="XYZ", latitude=None) == Coding()


def test_a_point_outside_all_boundaries_codes_no_region():
    assert coded(country="MMR", latitude=21.9, longitude=96.1) == Coding(country="MMR")
    assert coded(latitude=0.0, longitude=0.0) == Coding(country="MLI")


def test_many_at_once_come_out_as_one_by_one():
    rows = [
        replace(SEVARE, latitude=10 + step % 13, longitude=-12.0 + step % 26, admin1=name, precision=exact)
        for step, (name, exact) in enumerate(
            [("", "near"), ("Gao", "near"), ("", "admin1"), ("ML01", ""), ("", "exact")] * 60
        )
    ]
    columns = zip(
        *((row.country, row.admin1, row.latitude, row.longitude, row.precision) for row in rows), strict=True
    )
    found = code_places(*columns)
    assert found == [coding_of(row) for row in rows]
    assert {each.by for each in found} == {CodedBy.CODE, CodedBy.NAME, CodedBy.POINT, CodedBy.NOTHING}


@pytest.mark.parametrize(
    "country,told,code",
    [
        ("MLI", "Timbuktu", "ML06"), ("MLI", "Tombouctou region", "ML06"), ("MLI", "Ségou Region", "ML04"),
        ("MLI", "Ménaka", "ML10"), ("NER", "Tillabéri Region", "NE006"), ("BFA", "East", "BF52"),
        ("BFA", "Centre-East", "BF48"), ("BFA", "Central Plateau", "BF55"), ("BFA", "CENTRE-NORD", "BF49"),
        ("BFA", "Mopti", ""), ("MLI", "No Information", ""), ("MLI", "Region", ""),
    ],
)  # fmt: skip
def test_a_region_is_known_by_its_names_in_two_languages(country, told, code):
    assert region_code(country, told) == code


@pytest.mark.parametrize(
    "country,told,code",
    [
        ("MLI", "ML05", "ML05"), ("MLI", "ml05", "ML05"), ("MMR", "MMR013", "MMR013"),
        ("MMR", "MM013", "MM013"), ("MLI", "BF46", ""), ("MLI", "Mopti", ""), ("MLI", "ML5", ""),
        ("GBR", "GB01", "GB01"),
    ],
)  # fmt: skip
def test_a_p_code_is_told_by_its_form_and_its_country(country, told, code):
    assert code_told(country, told) == code


def test_a_code_has_a_name_where_a_pack_brings_it():
    assert (region_name("ML01"), region_name("ML10"), region_name("MMR013")) == ("Kayes", "Menaka", "")


@pytest.mark.parametrize(
    "precision,meaning",
    [
        ("exact", Exactness.EXACT), ("Near", Exactness.NEAR), ("25 km", Exactness.NEAR),
        ("within 25 km", Exactness.NEAR), ("50 km", Exactness.REGION), ("district", Exactness.REGION),
        ("sea or air", Exactness.COUNTRY), ("(2) 25 km Precision ", Exactness.NEAR),
        ("(3) District, communicipality, commune ", Exactness.REGION), ("(6) Country", Exactness.COUNTRY),
        ("(4) Province, State, Governorate ", Exactness.REGION), ("1", Exactness.EXACT),
        ("2", Exactness.NEAR),
        ("(5) Linear feature e.g. along a road or river ", Exactness.REGION), ("12", Exactness.UNSAID),
        ("exactly unknown", Exactness.UNSAID), ("linear or wide area", Exactness.REGION),
        ("", Exactness.UNSAID), ("centre of the event", Exactness.UNSAID),
    ],
)  # fmt: skip
def test_a_precision_means_a_point_a_region_a_country_or_nothing(precision, meaning):
    assert exactness(precision) is meaning


def test_the_table_of_countries_has_each_code_once():
    assert len(set(ALPHA2.values())) == len(ALPHA2) == len(ALPHA3) == 249
    assert (alpha2("MLI"), alpha2("CIV"), alpha2("XKX"), alpha2("XYZ")) == ("ML", "CI", "XK", "")
    assert (is_country("MLI"), is_country("XKX"), is_country("mli"), is_country("")) == (
        True, True, False, False,
    )  # fmt: skip
