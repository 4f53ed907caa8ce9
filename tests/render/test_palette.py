"""Contrast as WCAG counts it, of the tokens as they are written and as they are served."""

from pathlib import Path

import pytest

from monitor.render.palette import Colour, colours, contrast, contrasts

TOKENS = Path(__file__).resolve().parents[2] / "assets" / "css" / "tokens.css"


@pytest.mark.parametrize(
    "one,other,ratio",
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_tokens_are_read_as_written_and_as_minified():
    known = colours(":root{--ink:light-dark(#14161b,#EEF0F4);--on-t2:#0e1116}[x]{--ink:#fff;}")
    assert known == {
        "ink": Colour(name="ink", light="#14161b", dark="#eef0f4"),
        "on-t2": Colour(name="on-t2", light="#0e1116", dark="#0e1116"),
    }
    assert colours("a{--on:#fff}")["on"].light == "#ffffff"


def test_every_pair_that_pages_use_is_read_well_enough_on_both_grounds():
    found = contrasts(colours(TOKENS.read_text(encoding="utf-8")))
    assert len(found) > 35
    poor = [(each.ink.name, each.ground.name, each.light, each.dark) for each in found if not each.is_enough]
    assert poor == []
