"""Figures: a number as it is written, or none; a comma is never guessed away."""

import pytest

from monitor.sources.parsing.figures import read_figure


@pytest.mark.parametrize(
    "text,decimal,value",
    [
        ("0", ".", 0.0), ("-36.98", ".", -36.98), ("1,040.5", ".", 1040.5), ("1 234 567", ".", 1234567.0),
        ("1\u202f234,5", ",", 1234.5), ("1.234,5", ",", 1234.5), ("0,5", ",", 0.5), ("\u22125", ".", -5.0),
        ("1e3", ".", 1000.0), (".5", ".", 0.5), ("5.", ".", 5.0), ("1'000", ".", 1000.0),
    ],
)  # fmt: skip
def test_a_number_is_read(text, decimal, value):
    assert read_figure(text, decimal=decimal) == value


@pytest.mark.parametrize(
    "text",
    ["many", "1e999", "nan", "inf", "1_000", "0x10", "1,5", "12,34,567", "--1", "1.2.3", "", "٣", "9" * 400],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is no number"):
        read_figure(text)
