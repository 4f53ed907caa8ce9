"""Silences: never for everything, never without a reason, never without an end."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.silence import (
    Silence,
    SilenceState,
    muted_by,
    parse_matchers,
    silence_end,
)
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.errors import Conflict, InvalidInput

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_silence(*matchers, **values):
    return Silence(**{
        "id": 7, "matchers": parse_matchers(matchers or ["subject=goita"]), "author": "ana",
        "comment": "known", "starts_at": NOW, "ends_at": NOW + 8 * HOUR, **values,
    })  # fmt: skip


def test_case_23_an_empty_matcher_set_is_refused():
    with pytest.raises(InvalidInput, match="which alerts") as caught:
        a_silence(matchers=())
    assert caught.value.field == "matchers"


@pytest.mark.parametrize("matchers", [["subject=~.*"], ["team!=ops"], ["team=", "subject!~x"]])
def test_case_23_matchers_that_everything_meets_are_refused(matchers):
    with pytest.raises(InvalidInput, match="which alerts"):
        a_silence(*matchers)


@pytest.mark.parametrize(
    "values,field",
    [
        ({"author": " "}, "author"),
        ({"comment": " "}, "comment"),
        ({"ends_at": NOW - HOUR}, "ends_at"),
        ({"ends_at": NOW + 30 * DAY + timedelta(seconds=1)}, "ends_at"),
    ],
)
def test_an_impossible_silence_cannot_be_made(values, field):
    with pytest.raises(InvalidInput) as caught:
        a_silence(**values)
    assert caught.value.field == field


def test_a_silence_may_last_thirty_days():
    assert a_silence(ends_at=NOW + 30 * DAY).is_active(NOW + 29 * DAY)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="ends_at has no time zone"):
        a_silence(ends_at=datetime(2026, 11, 24))  # noqa: DTZ001 (that is the point)


@pytest.mark.parametrize(
    "at,state",
    [
        (NOW - timedelta(seconds=1), SilenceState.PENDING),
        (NOW, SilenceState.ACTIVE),
        (NOW + 8 * HOUR - timedelta(seconds=1), SilenceState.ACTIVE),
        (NOW + 8 * HOUR, SilenceState.EXPIRED),
    ],
)
def test_its_state_follows_from_its_window(at, state):
    assert a_silence().state(at) is state
    assert a_silence().is_active(at) is (state is SilenceState.ACTIVE)


def test_every_matcher_must_be_met():
    silence = a_silence("subject=goita", "alertname=~fuel-.*")
    assert silence.matches({"subject": "goita", "alertname": "fuel-high"})
    assert not silence.matches({"subject": "goita", "alertname": "level"})


def test_ended_it_is_over_at_once():
    ended = a_silence().ended(NOW + HOUR)
    assert (ended.starts_at, ended.ends_at) == (NOW, NOW + HOUR)
    assert ended.state(NOW + HOUR) is SilenceState.EXPIRED


def test_one_to_come_that_is_ended_never_begins():
    ended = a_silence(starts_at=NOW + HOUR).ended(NOW)
    assert (ended.starts_at, ended.ends_at) == (NOW, NOW)


def test_what_is_over_cannot_be_ended():
    with pytest.raises(Conflict, match="silence 7 ended already"):
        a_silence().ended(NOW + 8 * HOUR)


def test_of_several_the_one_that_lasts_longest_mutes():
    short, long = a_silence(id=1), a_silence(id=2, ends_at=NOW + DAY)
    to_come, other = (
        a_silence(id=3, starts_at=NOW + HOUR, ends_at=NOW + 2 * DAY),
        a_silence("subject=x", id=4),
    )
    found = muted_by([short, long, to_come, other], {"subject": "goita"}, at=NOW)
    assert found == long
    assert muted_by([to_come, other], {"subject": "goita"}, at=NOW) is None


def test_reasons_name_a_silence_by_its_number():
    assert a_silence().name == "silence:7"


@pytest.mark.parametrize(
    "lasts,length", [("30m", HOUR / 2), ("8h", 8 * HOUR), (" 2d ", 2 * DAY), ("1w", 7 * DAY)]
)
def test_an_end_is_given_as_a_span(lasts, length):
    assert silence_end(starts_at=NOW, lasts=lasts) == NOW + length


def test_an_end_is_given_as_a_moment():
    assert silence_end(starts_at=NOW, until=NOW + DAY) == NOW + DAY


@pytest.mark.parametrize("values", [{}, {"lasts": "8h", "until": NOW}, {"lasts": "8"}, {"lasts": "999999h"}])
def test_an_end_is_needed_in_one_form(values):
    with pytest.raises(InvalidInput) as caught:
        silence_end(starts_at=NOW, **values)
    assert caught.value.field == "ends_at"


def test_a_matcher_that_is_wrong_is_named():
    assert parse_matchers(["a=b"]) == (Matcher(name="a", value="b"),)
    with pytest.raises(InvalidInput, match="'nonsense'"):
        parse_matchers(["a=b", "nonsense"])


NIGHTS = parse_windows("22:00-06:00", zone="UTC")


@pytest.mark.parametrize(
    "at,state",
    [
        (NOW, SilenceState.PENDING),
        (NOW.replace(hour=22), SilenceState.ACTIVE),
        (NOW + DAY, SilenceState.PENDING),
        (NOW + 60 * DAY, SilenceState.EXPIRED),
    ],
)
def test_one_that_recurs_is_active_in_its_windows(at, state):
    assert a_silence(windows=NIGHTS, ends_at=NOW + 60 * DAY).state(at) is state


def test_one_that_recurs_may_stand_for_a_year():
    assert a_silence(windows=NIGHTS, ends_at=NOW + 366 * DAY)
    with pytest.raises(InvalidInput, match="366 days"):
        a_silence(windows=NIGHTS, ends_at=NOW + 367 * DAY)


def test_it_lets_go_when_its_window_closes_or_it_ends():
    recurring = a_silence(windows=NIGHTS, ends_at=NOW + 40 * HOUR)
    assert recurring.active_until(NOW.replace(hour=23)) == NOW + 18 * HOUR
    assert recurring.active_until(NOW + 35 * HOUR) == NOW + 40 * HOUR
    assert recurring.active_until(NOW) == NOW
    assert a_silence().active_until(NOW) == NOW + 8 * HOUR


def test_of_two_the_one_that_mutes_longest_now_is_named():
    nights, day = a_silence(id=1, windows=NIGHTS, ends_at=NOW + 60 * DAY), a_silence(id=2, ends_at=NOW + DAY)
    assert muted_by([nights, day], {"subject": "goita"}, at=NOW + 11 * HOUR) == day


@pytest.mark.parametrize(
    "values,at,announced",
    [
        ({}, NOW + 7 * HOUR, NOW + 8 * HOUR),
        ({}, NOW + 7 * HOUR - timedelta(seconds=1), None),
        ({}, NOW + 8 * HOUR, None),
        ({"ends_at": NOW + HOUR}, NOW + HOUR / 2, None),
        ({"ends_at": NOW + HOUR + timedelta(seconds=1)}, NOW + HOUR / 2, NOW + HOUR + timedelta(seconds=1)),
        ({"warned_until": NOW + 8 * HOUR}, NOW + 7 * HOUR, None),
        ({"windows": NIGHTS, "ends_at": NOW + 60 * DAY}, NOW + 17 * HOUR, NOW + 18 * HOUR),
        ({"windows": NIGHTS, "ends_at": NOW + 60 * DAY, "warned_until": NOW + 18 * HOUR}, NOW + 41 * HOUR,
         NOW + 42 * HOUR),
        ({"windows": NIGHTS, "ends_at": NOW + 60 * DAY}, NOW, None),
    ],
)  # fmt: skip
def test_an_end_is_announced_an_hour_before_unless_it_was_or_the_silence_is_short(values, at, announced):
    assert a_silence(**values).end_to_announce(at) == announced
