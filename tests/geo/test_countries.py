"""Countries that packs bring: names, neighbours, whose lines they are; lines with fewer points."""

import shapely

from monitor.geo.countries import country_of, drawn_countries, neighbours
from monitor.geo.outlines import outlines
from monitor.geo.simplified import borders, simplified

SAHEL = ("MLI", "BFA", "NER")


def test_countries_have_names_neighbours_and_say_whose_lines_they_are():
    drawn = drawn_countries()
    assert {code: each.name for code, each in drawn.items()} == {
        "MLI": "Mali", "BFA": "Burkina Faso", "NER": "Niger",
    }  # fmt: skip
    assert all("Natural Earth" in each.attribution for each in drawn.values())
    assert neighbours("MLI") == ("BFA", "NER")
    assert neighbours("FRA") == ()
    assert [country_of(unit) for unit in ("burkina-faso", "BFA", "BF", "ML05", "world")] == [
        "BFA", "BFA", "BFA", "", "",
    ]  # fmt: skip


def test_lines_lose_points_and_shared_ones_stay_shared():
    rings = simplified(SAHEL, degrees=0.06)
    before = sum(len(ring) for code in SAHEL for each in outlines(code) for ring in each.rings)
    assert sum(len(ring) for own in rings.values() for ring in own) < before / 4
    shapes = {code: shapely.multipolygons([shapely.polygons(r) for r in own]) for code, own in rings.items()}
    # Ségou and Mopti still meet along a line, and cover each other by no area to speak of.
    assert shapely.length(shapely.intersection(shapes["ML04"], shapes["ML05"])) > 1
    assert shapely.area(shapely.intersection(shapes["ML04"], shapes["ML05"])) < 1e-3
    whole = shapely.area(shapely.polygons(borders(SAHEL, degrees=0.06)["MLI"][0]))
    assert abs(whole / sum(shapely.area(shapes[each.code]) for each in outlines("MLI")) - 1) < 0.02
