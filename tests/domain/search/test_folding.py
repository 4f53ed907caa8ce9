"""Words without case and accents, slips of the finger, and what is marked in a text."""

import pytest

from monitor.domain.search.folding import fold, is_near, marked, slips, words


def test_case_and_accents_are_set_aside():
    assert fold("Assimi GOÏTA") == "assimi goita"
    assert fold("Straße, Ædes") == "strasse, ædes"
    assert words("coup d’État: ML-07, 2025") == ["coup", "d", "etat", "ml", "07", "2025"]


@pytest.mark.parametrize(
    "asked,told,most,is_it",
    [
        ("goita", "goita", 1, True),
        ("gota", "goita", 1, True),
        ("gioita", "goita", 1, True),
        ("gpita", "goita", 1, True),
        ("ogita", "goita", 1, True),
        ("gpitta", "goita", 1, False),
        ("gpitta", "goita", 2, True),
        ("goi", "goita", 1, False),
        ("bamako", "gao", 2, False),
    ],
)
def test_a_slip_is_a_letter_more_less_another_or_two_swapped(asked, told, most, is_it):
    assert is_near(asked, told, most=most) is is_it


def test_short_words_and_numbers_have_no_slips():
    assert [slips(word) for word in ("gao", "mali", "ml07", "conflict")] == [0, 1, 0, 2]


def test_what_was_asked_is_marked_as_it_is_written():
    assert marked("Assimi Goïta", ("goi",)) == (("Assimi ", False), ("Goï", True), ("ta", False))
    assert marked("Goi\u0308ta", ("goi",)) == (("Goi\u0308", True), ("ta", False))
    assert marked("the other", ("the",)) == (("the", True), (" other", False))
    assert marked("blockade", ("lock",)) == (("b", False), ("lock", True), ("ade", False))
    assert marked("Straße", ("strasse",)) == (("Straße", True),)
    assert marked("", ("a",)) == ()
