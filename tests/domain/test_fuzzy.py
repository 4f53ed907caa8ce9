"""Names found by a few letters."""

import pytest

from monitor.domain.fuzzy import cost, ranked

NAMES = ["Fuel price, Bamako", "Fuel price, Kayes", "Conflict deaths, Mali", "Prix du mil, Ségou"]


@pytest.mark.parametrize(
    "typed,found",
    [
        ("fu ba", ["Fuel price, Bamako"]),
        ("BAMAKO", ["Fuel price, Bamako"]),
        ("segou", ["Prix du mil, Ségou"]),
        ("price", ["Fuel price, Bamako", "Fuel price, Kayes"]),
        ("cnfl", ["Conflict deaths, Mali"]),
        ("uel kay", ["Fuel price, Kayes"]),
        ("atlantis", []),
        ("", NAMES),
    ],
)
def test_every_word_typed_must_occur(typed, found):
    assert [name for _, name in ranked(typed, NAMES, str)] == found


def test_the_start_of_a_word_is_nearer_than_its_inside_and_that_than_letters_apart():
    assert cost("mil", "Prix du mil") < cost("mil", "Similar") < cost("mil", "Minimal")
    assert cost("mil", "Mali, all, in line") is None
