"""Matchers: Alertmanager's four operators, and patterns that always come to an end."""

import time

import pytest

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.errors import InvalidInput

LABELS = {"subject": "goita", "alertname": "fuel-high"}


@pytest.mark.parametrize(
    "text,is_met",
    [
        ("subject=goita", True),
        ("subject=goi", False),
        ("subject!=goita", False),
        ("subject!=other", True),
        ("alertname=~fuel-.*", True),
        ("alertname=~fuel", False),
        ("alertname=~(fuel|food)-high", True),
        ("alertname!~fuel-.*", False),
        ("alertname!~food-.*", True),
        ("team=", True),
        ("team=ops", False),
        ("team!=ops", True),
        ("team=~.*", True),
        ("team=~.+", False),
    ],
)
def test_a_matcher_looks_at_one_label_and_takes_a_missing_one_as_empty(text, is_met):
    assert Matcher.parse(text).matches(LABELS) is is_met


@pytest.mark.parametrize("text", ["subject=goita", "team!=ops", "alertname=~fuel-.*", "alertname!~x=~y"])
def test_a_matcher_is_written_as_it_was_read(text):
    assert str(Matcher.parse(text)) == text


@pytest.mark.parametrize("text", ['subject="goita"', " subject = goita "])
def test_quotes_and_blanks_around_a_value_are_not_part_of_it(text):
    assert Matcher.parse(text) == Matcher(name="subject", value="goita")


def test_a_lone_quote_is_part_of_the_value():
    assert Matcher.parse('subject="').value == '"'


@pytest.mark.parametrize("text", ["", "subject", "=goita", "a b=c", '{subject="goita"}'])
def test_what_is_no_matcher_is_refused(text):
    with pytest.raises(InvalidInput, match="label=value") as caught:
        Matcher.parse(text)
    assert caught.value.field == "matchers"


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "x" * 201}, {"value": "x" * 201}])
def test_parts_have_a_length(values):
    with pytest.raises(InvalidInput, match="200"):
        Matcher(**{"name": "subject", "value": "goita", **values})


@pytest.mark.parametrize("pattern", ["(", "[", "*", "a{99999999999}", "(?P<x>a)(?P<x>b)"])
def test_a_broken_pattern_is_refused(pattern):
    with pytest.raises(InvalidInput, match="is not a pattern") as caught:
        Matcher(name="subject", value=pattern, is_regex=True)
    assert caught.value.field == "matchers"


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|a)*", "(ab){2}", "(a)?", ".*.*.*.*x", r"(a)\1", "(?=a)a", "(?i)a", "(a)(b)(c)(d)"],
)
def test_a_pattern_that_could_search_for_ever_is_refused(pattern):
    with pytest.raises(InvalidInput, match="too intricate"):
        Matcher(name="subject", value=pattern, is_regex=True)


@pytest.mark.parametrize(
    "pattern,value",
    [
        ("goita|ouattara|mahama|sall", "sall"),
        ("(?:fuel|food)-price:.*", "fuel-price:bamako"),
        (r"a\.b\*\+\(c\)", "a.b*+(c)"),
        (r"[*+?()\]{]{2,}", "*+?"),
        ("[]x]+", "]x]"),
    ],
)
def test_plain_patterns_work(pattern, value):
    assert Matcher(name="x", value=pattern, is_regex=True).matches({"x": value})


def test_the_worst_pattern_that_is_allowed_ends_soon():
    worst = Matcher(name="x", value=".*.*.*y", is_regex=True)
    began = time.process_time()
    assert not worst.matches({"x": "a" * 200})
    assert time.process_time() - began < 0.5
