"""The picture of a value in quarantine: inside it where it is near, at its edge where it is far."""

from monitor.domain.held_picture import HeldPicture
from monitor.render.held_strip import held_strip


def drawn(*recent, value=None, low=None, high=None):
    return held_strip(HeldPicture(recent=recent, value=value, low=low, high=high))


def test_a_value_far_away_stands_at_the_edge_with_its_figure():
    far = drawn(100, 110, 105, value=110_000, high=120)
    assert (far.held.beyond, far.held.text, far.held.y) == (1, "110k", "7")
    assert drawn(100, 110, value=-9e9).held.beyond == -1
    assert [mark.text for mark in far.limits] == ["120"]


def test_a_near_value_lies_between_the_edges_of_the_picture():
    near = drawn(100, 110, 105, value=118)
    assert near.held.beyond == 0
    assert near.line.startswith("M2 ")


def test_far_limits_are_left_out_and_touching_figures_are_said_once():
    found = drawn(100, 110, value=114, low=-1e6, high=114.5)
    assert [mark.text for mark in found.limits] == [""]


def test_it_is_said_in_a_sentence():
    assert drawn(100, 110, value=900, low=0, high=500).says == (
        "900 in quarantine; the last 2 values: 100 to 110; allowed from 0 to 500."
    )
    assert drawn(value=900).says == "900 in quarantine; no values before."
    assert drawn(5, 5).says == "A withdrawal in quarantine; the last 2 values: 5 to 5."


def test_nothing_at_all_and_a_flat_past_can_be_drawn():
    assert (drawn().line, drawn().held) == ("", None)
    assert drawn(0, 0, value=0).held.beyond == 0
