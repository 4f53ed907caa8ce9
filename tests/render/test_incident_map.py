"""The map of incidents and the strip of counts: what is drawn where, and what it says."""

from datetime import date

import pytest

from monitor.domain.incident_picture import IncidentMap, Spot, period_strip
from monitor.render.incident_map import WIDTH, incident_map
from monitor.render.period_bars import STRIP_PHONE, STRIP_WIDE, period_bars

SEVARE = Spot(latitude=14.53, longitude=-4.09, incidents=2, killed=9)


def at(latitude, longitude):
    return Spot(latitude=latitude, longitude=longitude, incidents=1, killed=0)


PARIS = Spot(latitude=48.86, longitude=2.35, incidents=3, killed=0)


def test_regions_are_shaded_by_how_many_are_known_to_them_alone():
    drawn = incident_map(IncidentMap(countries=("MLI",), in_region={"ML07": 8, "ML05": 2, "ML10": 5}))
    areas = {area.name: area for area in drawn.areas if area.name}
    assert (areas["Gao"].shade, areas["Gao"].number) == (2, "8")
    assert (areas["Mopti"].shade, areas["Mopti"].number) == (1, "2")
    assert (areas["Kayes"].shade, areas["Kayes"].number) == (0, "")
    assert drawn.dots == ()
    assert "Known to the region alone: Mopti 2 and Gao 8." in drawn.says


def test_a_dot_lies_in_the_picture_and_what_lies_outside_is_counted():
    drawn = incident_map(IncidentMap(countries=("MLI",), spots=(SEVARE, PARIS)))
    (dot,) = drawn.dots
    assert dot.is_deadly
    assert 0 < float(dot.x) < WIDTH
    assert 0 < float(dot.y) < drawn.height
    assert drawn.outside == 3


def test_names_stand_in_regions_only_while_these_are_few():
    assert any(area.name for area in incident_map(IncidentMap(countries=("MLI",))).areas)
    assert not any(area.name for area in incident_map(IncidentMap(countries=("BFA", "MLI", "NER"))).areas)


@pytest.mark.parametrize(
    "spots",
    [
        (SEVARE,),
        (
            Spot(latitude=90, longitude=180, incidents=1, killed=0),
            Spot(latitude=-90, longitude=-180, incidents=1, killed=0),
        ),
        (Spot(latitude=89.9, longitude=0, incidents=1, killed=0),),
        (
            Spot(latitude=19, longitude=95, incidents=1, killed=0),
            Spot(latitude=27, longitude=95.1, incidents=1, killed=0),
        ),
    ],
)
def test_without_outlines_dots_lie_between_lines_of_degrees(spots):
    drawn = incident_map(IncidentMap(countries=("MMR",), spots=spots))
    assert drawn.areas == ()
    assert len(drawn.dots) == len(spots)
    assert drawn.outside == 0
    assert 3 <= len(drawn.lines) <= 40
    assert 0 < drawn.height < 480


def test_without_outlines_and_dots_there_is_no_map():
    assert incident_map(IncidentMap(countries=("MMR",), in_region={"MMR013": 4})).is_empty


@pytest.mark.parametrize("width", [STRIP_WIDE, STRIP_PHONE])
@pytest.mark.parametrize("until", [date(2024, 1, 1), date(2024, 2, 20), date(2025, 1, 1), date(2030, 1, 1)])
def test_bars_begin_at_0_and_lie_in_the_picture(width, until):
    days = [(date(2024, 1, 1), 4, 1)]
    drawn = period_bars(period_strip(days, date(2024, 1, 1), until), width)
    first = drawn.bars[0]
    assert (float(first.y), float(first.y) + float(first.height)) == (float(drawn.top), float(drawn.base))
    assert all(float(bar.height) == 0 for bar in drawn.bars[1:])
    last = drawn.bars[-1]
    assert float(last.column_x) + float(last.column_width) <= width + 0.2
    assert drawn.labels
    assert all(float(x) <= width for x, _ in drawn.labels)
    assert "4 incidents, 1 killed" in first.says
