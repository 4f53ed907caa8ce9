"""The map of Mali: outlines from the pack, words inside the regions, dots where people died."""

import numpy as np

from monitor.domain.chart import Dot, MapChart, RegionNote
from monitor.geo.outlines import outlines
from monitor.render.region_map import WIDTH, region_map

NOTES = (
    RegionNote(code="ML01", note="held", mark="197k shut in"),
    RegionNote(code="ML05", shade=1, note="contested", is_hatched=True),
    RegionNote(code="ML07", shade=2, note="not held"),
)


def test_the_outlines_of_a_country_come_from_its_pack():
    assert {outline.name for outline in outlines("MLI")} >= {"Kayes", "Mopti", "Gao", "Bamako"}
    assert outlines("XXX") == ()


def test_every_region_is_drawn_inside_the_picture():
    drawn = region_map(MapChart(country="MLI", notes=NOTES))
    for region in drawn.regions:
        points = np.array(
            [float(part) for part in region.path.replace("M", "L").replace("Z", "").replace("L", " ").split()]
        )
        assert points.min() >= 0
        assert points[::2].max() <= WIDTH
        assert points[1::2].max() <= drawn.height


def test_a_region_says_its_state_in_words_and_shade():
    drawn = {region.name: region for region in region_map(MapChart(country="MLI", notes=NOTES)).regions}
    assert (drawn["Mopti"].note, drawn["Mopti"].shade, drawn["Mopti"].is_hatched) == ("contested", 1, True)
    assert not drawn["Sikasso"].is_known
    assert drawn["Bamako"].is_small


def test_a_blockade_has_a_crossed_box_with_words():
    ((_, _, words),) = region_map(MapChart(country="MLI", notes=NOTES)).marks
    assert words == "197k shut in"


def test_circles_are_filled_and_larger_where_people_died():
    dots = (Dot(longitude=-4.0, latitude=14.5, killed=9), Dot(longitude=-4.0, latitude=14.6, killed=0))
    drawn = region_map(MapChart(country="MLI", dots=dots))
    assert [(size, is_deadly) for _, _, size, is_deadly in drawn.dots] == [("2", False), ("4.7", True)]


def test_the_picture_says_the_states_of_the_regions():
    assert "Gao not held" in region_map(MapChart(country="MLI", notes=NOTES)).says


def test_a_country_without_outlines_has_no_map():
    assert region_map(MapChart(country="XXX")).is_empty
