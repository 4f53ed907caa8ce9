"""Numbers as people write them: read with the one decimal sign that fits a whole column."""

import pytest

from monitor.packs.decimals import is_missing, looks_like_number, read_number, signs_in


@pytest.mark.parametrize(
    "text,decimal,value",
    [
        ("1234.5", ".", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("1,234,567", ".", 1_234_567),
        ("1.234,5", ",", 1234.5),
        ("1 234,5", ",", 1234.5),
        ("1\u00a0234,5", ",", 1234.5),
        ("1\u202f234\u202f567,5", ",", 1_234_567.5),
        ("1'234.5", ".", 1234.5),
        ("\u221212", ".", -12),
        ("+3", ".", 3),
        (".5", ".", 0.5),
        ("5.", ".", 5),
        ("1e3", ".", 1000),
        ("1,5E-1", ",", 0.15),
    ],
)
def test_a_number(text, decimal, value):
    assert read_number(text, decimal=decimal) == value


@pytest.mark.parametrize(
    "text", ["", "x", "nan", "inf", "1_000", "12,34", "1 23", "1.2.3", ".", "e5", "5 %", "(5)", "1e999", "$5"]
)
def test_what_is_no_number(text):
    assert read_number(text, decimal=".") is None


@pytest.mark.parametrize(
    "texts,delimiter,signs",
    [
        (["12", "7"], ";", {"."}),
        (["12.5"], ";", {"."}),
        (["12,5"], ";", {","}),
        (["1,234"], ";", {".", ","}),
        (["1.234"], "\t", {".", ","}),
        (["1,234"], ",", {"."}),
        (["1.234"], ",", {"."}),
        (["1,234", "1,5"], ";", {","}),
        (["1,234", "1.5"], ";", {"."}),
        (["1,234.5"], ";", {"."}),
        (["1.234,5"], ";", {","}),
        (["1,234,567"], ";", {"."}),
        (["1.234.567"], ";", {","}),
        (["0,123"], ";", {","}),
        (["1234,567"], ";", {","}),
        (["-1,234", "1,5"], ";", {","}),
        (["12,5", "12.5"], ";", set()),
        ([], ";", {"."}),
    ],
)
def test_the_decimal_signs_that_fit_a_column(texts, delimiter, signs):
    assert signs_in(texts, delimiter=delimiter) == signs


@pytest.mark.parametrize("text", ["", "-", "–", "NA", "n/a", "N.D.", "NaN", "null", "…"])
def test_missing_is_missing(text):
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "0.0", "nothing"])
def test_what_is_not_missing(text):
    assert not is_missing(text)


@pytest.mark.parametrize(
    "text,expected", [("1 234,5", True), ("-1.5e3", True), ("allowed", False), ("A1", False)]
)
def test_what_looks_like_a_number(text, expected):
    assert looks_like_number(text) is expected
