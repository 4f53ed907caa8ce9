"""Recurring windows: local times, both clock changes, and what touches (alerting.md 1.7 cases 8 and 9)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.window import (
    FARTHEST,
    MuteWindow,
    Occurrence,
    Stretch,
    Window,
    instant,
    is_open,
    joined,
    next_open,
    open_until,
    zone_named,
)
from monitor.domain.alerting.window_text import parse_windows, windows_text
from monitor.domain.errors import InvalidInput

PARIS, LORD_HOWE = zone_named("Europe/Paris"), zone_named("Australia/Lord_Howe")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def local(*parts):
    return datetime(*parts)  # noqa: DTZ001 - a local time has no zone until one is chosen


def windows(text, zone="Europe/Paris"):
    return parse_windows(text, zone=zone)


def opened(text, since, until, zone="Europe/Paris"):
    return [(each.starts_at, each.ends_at) for each in joined(windows(text, zone), since, until)]


@pytest.mark.parametrize(
    "wanted,zone,found",
    [
        (local(2026, 7, 1, 12), "Europe/Paris", utc(2026, 7, 1, 10)),
        (local(2026, 3, 29, 2, 30), "Europe/Paris", utc(2026, 3, 29, 1)),
        (local(2026, 3, 29, 2), "Europe/Paris", utc(2026, 3, 29, 1)),
        (local(2026, 3, 29, 3), "Europe/Paris", utc(2026, 3, 29, 1)),
        (local(2026, 10, 4, 2, 10), "Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),
        (local(2026, 4, 24, 0, 20), "Africa/Cairo", utc(2026, 4, 23, 22)),
        (local(2011, 12, 30, 10), "Pacific/Apia", utc(2011, 12, 30, 10)),
        (local(2026, 3, 29, 2, 30), "Africa/Bamako", utc(2026, 3, 29, 2, 30)),
        (local(2028, 2, 29, 23, 59), "Asia/Kathmandu", utc(2028, 2, 29, 18, 14)),
    ],
)
def test_case_8_a_local_time_that_spring_leaves_out_is_the_first_instant_after_the_gap(wanted, zone, found):
    assert instant(wanted, zone_named(zone)) == found


@pytest.mark.parametrize(
    "zone,wanted,first,apart",
    [
        (PARIS, local(2026, 10, 25, 2, 30), utc(2026, 10, 25, 0, 30), HOUR),
        (LORD_HOWE, local(2026, 4, 5, 1, 45), utc(2026, 4, 4, 14, 45), HOUR / 2),
    ],
)
def test_a_local_time_that_autumn_has_twice_is_the_first_unless_the_second_is_asked_for(
    zone, wanted, first, apart
):
    assert instant(wanted, zone) == first
    assert instant(wanted, zone, occurrence=Occurrence.SECOND) == first + apart


def test_case_9_a_mute_window_ends_at_the_first_occurrence_of_its_end():
    found = opened("01:00-02:30", utc(2026, 10, 24, 22), utc(2026, 10, 25, 6))
    assert found == [(utc(2026, 10, 24, 23), utc(2026, 10, 25, 0, 30))]
    assert not is_open(windows("01:00-02:30"), utc(2026, 10, 25, 1, 15))


def test_a_window_within_the_hour_that_autumn_has_twice_opens_once():
    found = opened("02:15-02:45", utc(2026, 10, 24, 22), utc(2026, 10, 25, 6))
    assert found == [(utc(2026, 10, 25, 0, 15), utc(2026, 10, 25, 0, 45))]


@pytest.mark.parametrize(
    "text,found",
    [
        ("02:30-04:00", [(utc(2026, 3, 29, 1), utc(2026, 3, 29, 2))]),
        ("01:00-02:30", [(utc(2026, 3, 29, 0), utc(2026, 3, 29, 1))]),
        ("02:10-02:50", []),
    ],
)
def test_a_window_at_the_spring_gap_opens_once_or_not_at_all(text, found):
    assert opened(text, utc(2026, 3, 28, 23), utc(2026, 3, 29, 6)) == found


def test_a_window_past_midnight_belongs_to_the_day_it_begins_on():
    nights = windows("Fri 22:00-06:00")
    assert is_open(nights, utc(2026, 11, 21, 4))
    assert not is_open(nights, utc(2026, 11, 22, 4))
    assert open_until(nights, utc(2026, 11, 21, 4)) == utc(2026, 11, 21, 5)


def test_its_end_is_no_longer_in_it_and_its_start_is():
    noon = windows("12:00-13:00", "UTC")
    assert is_open(noon, utc(2026, 11, 23, 12))
    assert not is_open(noon, utc(2026, 11, 23, 13))


def test_days_that_touch_are_one_stretch():
    weekend = windows("Sat,Sun")
    assert open_until(weekend, utc(2026, 11, 21, 12)) == utc(2026, 11, 22, 23)
    assert next_open(weekend, utc(2026, 11, 21, 12)) == Stretch(
        starts_at=utc(2026, 11, 27, 23), ends_at=utc(2026, 11, 29, 23)
    )


def test_windows_in_several_zones_are_joined_where_they_overlap():
    both = windows("09:00-12:00", "UTC") + windows("09:00-12:00", "Asia/Kathmandu")
    assert joined(both, utc(2026, 11, 23), utc(2026, 11, 23, 13)) == [
        Stretch(starts_at=utc(2026, 11, 23, 3, 15), ends_at=utc(2026, 11, 23, 6, 15)),
        Stretch(starts_at=utc(2026, 11, 23, 9), ends_at=utc(2026, 11, 23, 12)),
    ]


def test_what_is_always_open_is_looked_at_again():
    assert open_until(windows("00:00-24:00"), utc(2026, 11, 23)) == utc(2026, 11, 23) + FARTHEST


def test_where_nothing_is_open_there_is_no_end_and_perhaps_no_next():
    assert open_until(windows("12:00-13:00"), utc(2026, 11, 23)) is None
    assert next_open(windows("2020"), utc(2026, 11, 23)) is None


@pytest.mark.parametrize(
    "text,day,is_on",
    [
        ("-1", local(2028, 2, 29), True),
        ("-1", local(2026, 2, 27), False),
        ("1..7 Mon", local(2026, 12, 7), True),
        ("1..7 Mon", local(2026, 12, 14), False),
        ("-3..-1", local(2026, 4, 28), True),
        ("29..31", local(2026, 2, 28), False),
        ("15..-1", local(2026, 2, 28), True),
        ("Dec-Jan", local(2026, 1, 3), True),
        ("Dec-Jan", local(2026, 2, 3), False),
        ("2026..2027 Sat-Mon", local(2026, 11, 23), True),
        ("2027", local(2026, 11, 23), False),
    ],
)
def test_a_window_falls_on_the_days_that_meet_every_condition(text, day, is_on):
    (window,) = windows(text)
    assert window.falls_on(day.date()) is is_on


@pytest.mark.parametrize(
    "text",
    [
        "Mon,Tue 22:00-06:00; Sat,Sun",
        "Mon-Fri,Sun",
        "Jan-Mar,Nov",
        "1..7 Jan,Feb 2027",
        "-1 08:00-12:00,13:00-17:30",
        "00:00-24:00",
        "15",
    ],
)
def test_windows_are_written_as_they_are_read(text):
    assert windows_text(windows(text)) == text


def test_names_may_be_long_and_in_any_case():
    assert windows("monday-FRIDAY september") == windows("Mon-Fri Sep")


@pytest.mark.parametrize(
    "text",
    [
        "", " ; ", "sometimes", "25:00-26:00", "12:70-13:00", "12:00-12:00", "24:00-06:00", "0", "32",
        "Mon-Tue-Wed", "2027..2026", "20..10", "Mo", "-Mon",
    ],
)  # fmt: skip
def test_what_is_no_window_is_refused_with_an_example(text):
    with pytest.raises(InvalidInput):
        windows(text)


@pytest.mark.parametrize("zone", ["Mali", "../etc/passwd", "", "/etc/localtime", "Europe/"])
def test_a_zone_nobody_knows_is_refused(zone):
    with pytest.raises(InvalidInput, match="time zone"):
        Window(zone=zone)


@pytest.mark.parametrize("values", [{"weekdays": (7,)}, {"months": (0,)}, {"times": ((-1, 5),)}])
def test_a_window_that_never_is_cannot_be_made(values):
    with pytest.raises(InvalidInput):
        Window(**values)


def test_a_mute_window_is_named_as_reasons_name_it():
    assert MuteWindow(slug="nights", windows=windows("22:00-06:00")).name == "mute_window:nights"


ZONES = st.sampled_from(
    ["Europe/Paris", "Australia/Lord_Howe", "Africa/Cairo", "Africa/Bamako", "America/Havana", "Asia/Tehran"]
)
MINUTES = st.integers(0, 1439)


@given(zone=ZONES, start=MINUTES, end=MINUTES, at=st.datetimes(local(2019, 1, 1), local(2029, 1, 1)))
def test_each_local_day_opens_it_at_most_once_and_where_it_is_open_it_closes(zone, start, end, at):
    if start == end:
        end += 1
    window, at = Window(zone=zone, times=((start, end),)), at.replace(tzinfo=UTC)
    found = list(window.stretches(at, at + 20 * DAY))
    days = [each.starts_at.astimezone(zone_named(zone)).date() for each in found]
    assert len(set(days)) == len(days)
    assert all(timedelta(0) < each.ends_at - each.starts_at <= 25 * HOUR for each in found)
    closes = open_until((window,), at)
    assert (closes is None) is not is_open((window,), at)
    assert closes is None or not is_open((window,), closes) or closes in {each.starts_at for each in found}
