"""Numbers, dates and ages as people read them."""

from datetime import UTC, date, datetime

import pytest

from monitor.domain import spoken

MINUS, THIN, FIXED = "\u2212", "\u202f", "\u00a0"


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "value,decimals,text",
    [
        (197000, 0, f"197{THIN}000"),
        (-3.44, 1, f"{MINUS}3.4"),
        (-0.04, 1, "0.0"),
        (0.5, 1, "0.5"),
        (16.3, 0, "16"),
    ],
)
def test_a_number_has_thin_thousands_and_a_true_minus(value, decimals, text):
    assert spoken.number(value, decimals) == text


@pytest.mark.parametrize(
    "value,text", [(2.5, "+2.5"), (-21.3, f"{MINUS}21.3"), (0.04, "0.0"), (-0.04, "0.0")]
)
def test_a_change_always_has_its_sign_unless_it_rounds_to_nothing(value, text):
    assert spoken.signed(value) == text


@pytest.mark.parametrize(
    "value,text",
    [(75000, "75k"), (1.2e6, "1.2M"), (2.5e9, "2.5bn"), (500, "500"), (1.5, "1.5"), (12500, "12.5k")],
)
def test_a_short_number_fits_a_strip(value, text):
    assert spoken.short(value) == text


@pytest.mark.parametrize("share,text", [(0.83, "83"), (1.0, "100"), (0.0, "0"), (0.999, "99"), (0.001, "1")])
def test_a_share_is_whole_only_where_it_is(share, text):
    assert spoken.percent(share) == f"{text}{FIXED}%"


def test_a_range_that_rounds_to_one_number_is_one_number():
    assert (spoken.spread(12.3, 20.6), spoken.spread(15.9, 16.2)) == ("12 to 21", "16")


@pytest.mark.parametrize(
    "start,end,text",
    [
        (at(2025, 10, 1), at(2025, 11, 1), "Oct"),
        (at(2024, 10, 1), at(2024, 11, 1), "Oct 2024"),
        (at(2024, 1, 1), at(2025, 1, 1), "2024"),
        (at(2015, 1, 1), at(2019, 1, 1), "2015 to 2018"),
        (at(2025, 1, 1), at(2025, 11, 1), "Jan to Oct"),
        (at(2025, 11, 28), at(2025, 11, 29), "28 Nov"),
        (at(2025, 11, 17), at(2025, 11, 24), "23 Nov"),
    ],
)
def test_a_period_is_named_no_more_precisely_than_it_is(start, end, text):
    assert spoken.period(start, end, near=date(2025, 11, 30)) == text


@pytest.mark.parametrize(
    "seconds,text",
    [
        (-5, "0 s"),
        (59, "59 s"),
        (240, "4 min"),
        (7200, "2 h"),
        (18 * 86400, "18 d"),
        (800 * 86400, "2 years"),
    ],
)
def test_an_age_is_one_unit_rounded_down(seconds, text):
    assert spoken.age(seconds) == text


def test_a_moment_is_a_time_today_and_a_day_with_its_year_long_ago():
    now = at(2025, 11, 30, 14, 20)
    said = [
        spoken.at(when, near=now) for when in (at(2025, 11, 30, 12, 50), at(2025, 11, 24, 9), at(2024, 5, 1))
    ]
    assert said == ["12:50", "24 Nov 09:00", "1 May 2024"]


def test_a_day_to_come_has_its_weekday():
    assert spoken.weekday(date(2025, 12, 5), near=date(2025, 11, 30)) == "Fri 5 Dec"


@pytest.mark.parametrize(
    "text,low", [("JNIM attacks", "JNIM attacks"), ("Fuel price", "fuel price"), ("A", "A")]
)
def test_lowering_a_name_keeps_capitals_that_are_part_of_it(text, low):
    assert spoken.lowered(text) == low


def test_a_clipped_text_ends_at_a_word():
    assert spoken.clipped("one two three", 9) == "one two…"
    assert spoken.clipped("short", 9) == "short"


def test_lists_counts_and_cadences_read_as_words():
    assert spoken.listed(["a", "b", "c"]) == "a, b and c"
    assert (spoken.listed([]), spoken.listed(["a"])) == ("", "a")
    assert (spoken.count(1, "alert"), spoken.count(2, "reply", "replies")) == ("1 alert", "2 replies")
    assert (spoken.word(3), spoken.word(40)) == ("three", "40")
    assert [spoken.cadence(days) for days in (1, 7, 30, 91, 365, 900)] == [
        "daily", "weekly", "monthly", "quarterly", "yearly", "every 900 days",
    ]  # fmt: skip
    assert (spoken.plain(2.0), spoken.plain(2.25), spoken.plain(1 / 3)) == ("2", "2.25", "0.33")
    assert spoken.capital("unknown") == "Unknown"


@pytest.mark.parametrize(
    "seconds,words",
    [(0, "0 s"), (30, "30 s"), (90, "90 s"), (300, "5 min"), (14_400, "4 h"), (86_400, "1 d")],
)
def test_a_span_is_said_in_the_largest_whole_unit(seconds, words):
    assert spoken.span(seconds) == words
