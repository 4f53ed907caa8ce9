"""The map of several countries: words where they have room, what is not told left open and said."""

import re
from datetime import date

import pytest

from monitor.domain.incident_picture import Spot
from monitor.domain.map_picture import (
    INCIDENT_STEPS,
    MapCell,
    MapPicture,
    Told,
    shade_of_count,
    shade_of_pressure,
)
from monitor.domain.months import last_day, later, month_of, months_between, months_words, parse_month
from monitor.render.map_drawing import MAP_PHONE, MAP_WIDE, map_drawing
from monitor.render.map_legend import count_legend, indicator_legend
from monitor.render.map_strip import month_bars
from tests.factories import an_indicator

SAHEL = ("MLI", "BFA", "NER")
CELLS = {
    "ML05": MapCell(code="ML05", told=Told.VALUE, words="12", shade=2),
    "ML09": MapCell(code="ML09", told=Told.VALUE, words="not held", shade=1),
    "ML01": MapCell(code="ML01", mark="197k shut in"),
    "NE001": MapCell(code="NE001", told=Told.NOT_YET),
}


@pytest.mark.parametrize("width", [MAP_WIDE, MAP_PHONE])
def test_regions_lie_inside_the_picture_with_words_only_where_they_have_room(width):
    spots = (
        Spot(latitude=14.5, longitude=-4.0, incidents=3, killed=9),
        Spot(latitude=50.0, longitude=8.0, incidents=2, killed=0),
    )
    drawn = map_drawing(MapPicture(countries=SAHEL, cells=CELLS, spots=spots), width)
    areas = {each.code: each for each in drawn.areas}
    assert len(areas) == 30
    for area in areas.values():
        numbers = [float(part) for part in re.findall(r"-?[\d.]+", area.path)]
        assert min(numbers) >= 0
        assert max(numbers[::2]) <= width
        assert max(numbers[1::2]) <= drawn.height
    assert (areas["ML05"].name, areas["ML05"].words) == ("Mopti", "12")
    assert (areas["ML09"].name, areas["ML09"].words) == ("", "")
    assert areas["ML09"].says == "Bamako: not held"
    assert areas["ML01"].says == "Kayes: nothing told, 197k shut in"
    assert areas["NE001"].says == "Agadez: not known yet"
    assert (len(drawn.dots), drawn.outside, len(drawn.borders)) == (1, 2, 3)
    assert drawn.says.startswith("2 of 30 areas have a value. Darkest: Mopti 12.")


def test_countries_are_drawn_whole_where_values_are_theirs():
    cells = {"NER": MapCell(code="NER", told=Told.VALUE, words="91", shade=1)}
    drawn = map_drawing(MapPicture(countries=SAHEL, is_by_country=True, cells=cells), MAP_WIDE)
    assert [(each.name, each.words) for each in drawn.areas] == [
        ("Mali", ""), ("Burkina Faso", ""), ("Niger", "91"),
    ]  # fmt: skip


def test_greys_stand_for_the_same_at_all_times():
    assert [shade_of_count(number, INCIDENT_STEPS) for number in (0, 1, 4, 5, 19, 20, 500)] == [
        0, 0, 0, 1, 1, 2, 2,
    ]  # fmt: skip
    assert [shade_of_pressure(each) for each in (None, 0.0, 25.0, 74.9, 75.0, 100.0)] == [0, 0, 1, 2, 3, 3]
    assert [each.words for each in count_legend(is_killed=False)] == ["1 to 4", "5 to 19", "20 and more"]
    assert [each.words for each in indicator_legend(an_indicator("deaths"))] == [
        "normal", "watch", "elevated", "high or critical",
    ]  # fmt: skip


def test_the_strip_has_a_bar_only_where_there_is_something():
    months = [(date(2025, 10, 1), 4), (date(2025, 11, 1), 0), (date(2025, 12, 1), 1)]
    bars = month_bars(months, date(2025, 12, 1))
    assert [(bar.x, bar.height, bar.is_shown) for bar in bars] == [(0, "22", False), (2, "5.5", True)]


def test_months_are_counted_over_the_turn_of_the_year():
    december = date(2025, 12, 1)
    assert month_of(date(2025, 12, 31)) == december
    assert (later(december, 1), later(december, -12)) == (date(2026, 1, 1), date(2024, 12, 1))
    assert last_day(date(2024, 2, 1)) == date(2024, 2, 29)
    assert len(list(months_between(date(2024, 12, 30), date(2025, 2, 1)))) == 3
    assert months_words(later(december, -11), december) == "Jan 2025 to Dec 2025"
    assert [parse_month(text) for text in ("2025-12", "9999-12", "0001-01", "soon", "2025-13")] == [
        december, None, None, None, None,
    ]  # fmt: skip
