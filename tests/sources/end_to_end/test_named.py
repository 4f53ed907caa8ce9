"""acled, hdx_hapi, gdelt, views and feed from end to end: pages, revisions, withdrawals, refusals."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.dev.sources import acled
from monitor.dev.sources.stand_in import days
from tests.sources.end_to_end.desk import NOW, SECRETS

TODAY = NOW.date()


def acled_told(first, *, is_earlier):
    """What the stand-in holds of three countries from a day on."""
    return {
        row["event_id_cnty"]: row
        for on in days(first, TODAY - timedelta(days=1))
        for country in ("Mali", "Burkina Faso", "Niger")
        for row in acled.rows_of(on, country, is_earlier=is_earlier)
    }


def test_acled_pages_through_corrects_and_takes_back(desk):
    desk.install("acled")
    desk.server.scene.earlier.add("acled")
    asked = desk.server.scene.asked["acled"]
    first = desk.observe("rehearsal-acled")
    assert first.outcome == "ok", first.sentence
    assert desk.server.scene.asked["acled"] - asked >= 4, "a sign-in and three pages"
    before = desk.incidents("rehearsal-acled")
    desk.server.scene.earlier.clear()
    second = desk.observe("rehearsal-acled")
    after = desk.incidents("rehearsal-acled")
    oldest = min(each.happened_on for each in after.values())
    told = acled_told(oldest, is_earlier=False)
    assert after.keys() == told.keys()
    assert {key: each.killed for key, each in after.items()} == {
        key: int(row["fatalities"]) for key, row in told.items()
    }
    gone = before.keys() - after.keys()
    assert gone == acled_told(oldest, is_earlier=True).keys() - told.keys()
    assert second.withdrawn == len(gone) > 0
    assert second.revised > 0


def test_acled_weeks_count_what_is_told(desk):
    desk.install("acled")
    desk.observe("rehearsal-acled")
    values = desk.values("rehearsal-acled-events:MLI")
    counted = Counter()
    for row in acled_told(min(values).date(), is_earlier=False).values():
        on = date.fromisoformat(row["event_date"])
        counted[on - timedelta(days=on.weekday())] += row["country"] == "Mali"
    assert {start.date(): value for start, value in values.items()} == {
        start.date(): counted[start.date()] for start in values
    }


@pytest.mark.parametrize(
    "name,value,words",
    [
        ("acled-password", "guess-guess", "password"),
        ("acled-username", acled.WITHOUT_RIGHTS, "access"),
    ],
)
def test_acled_says_which_of_password_and_rights_is_wrong(desk, monkeypatch, name, value, words):
    monkeypatch.setitem(SECRETS, name, value)
    desk.install("acled")
    outcome = desk.observe("rehearsal-acled")
    assert outcome.is_error
    assert words in outcome.message.lower(), outcome.message
    assert value not in outcome.message
    assert desk.incidents("rehearsal-acled") == {}


def test_acled_rows_are_marked_and_not_to_be_passed_on(desk):
    desk.install("acled")
    source = desk.source("rehearsal-acled")
    assert (source.may_redistribute, source.marking) == (False, "TLP:AMBER+STRICT")


def test_hapi_pages_by_offset_and_never_adds_a_part_to_its_whole(desk):
    desk.install("hdx_hapi")
    asked = desk.server.scene.asked["hdx_hapi"]
    outcome = desk.observe("rehearsal-hapi")
    assert outcome.outcome == "ok", outcome.sentence
    assert desk.server.scene.asked["hdx_hapi"] - asked > 3, "three themes, one of them in two pages"
    assert "error" in outcome.message, "rows that HAPI marks are said"
    values = desk.values("rehearsal-hapi-violence:MLI")
    assert 0 < max(values.values()) < 6 * 30, "six regions of at most 30, no row with an error"
    assert datetime(2026, 11, 1, tzinfo=UTC) not in values, "the month is not over"


def test_gdelt_has_no_value_of_the_day_that_is_not_over(desk):
    desk.install("gdelt")
    assert desk.observe("rehearsal-gdelt").outcome == "ok"
    days_told = [start.date() for start in desk.values("rehearsal-tone:mali")]
    assert max(days_told) == TODAY - timedelta(days=1)


def test_views_takes_the_newest_run_and_revises_with_the_next(desk):
    desk.install("views")
    desk.server.scene.earlier.add("views")
    desk.observe("rehearsal-views")
    before = desk.values("rehearsal-views-deaths:MLI")
    desk.server.scene.earlier.clear()
    outcome = desk.observe("rehearsal-views")
    after = desk.values("rehearsal-views-deaths:MLI")
    assert (min(before).date(), max(before).date()) == (date(2026, 11, 1), date(2029, 8, 1)), (
        "months that are over are no forecasts"
    )
    assert max(after).date() == date(2029, 9, 1)
    assert outcome.revised > 0


def test_feeds_in_three_forms_tell_each_story_once(desk):
    desk.install("feed")
    outcome = desk.observe("rehearsal-headlines")
    assert outcome.outcome == "ok", outcome.sentence
    values = desk.values("rehearsal-fuel-stories:mali")
    assert 0 < max(values.values()) <= 4, "at most three a day, and one more of the day before"
    assert all(start < NOW for start in values)


def test_incidents_of_a_preset_are_revised_in_place(desk):
    desk.install("preset_gdacs")
    desk.server.scene.earlier.add("gdacs")
    desk.observe("gdacs")
    assert desk.incidents("gdacs") == {}, "all of them were green"
    desk.server.scene.earlier.clear()
    assert desk.observe("gdacs").outcome == "ok"
    told = desk.incidents("gdacs").values()
    assert {each.kind for each in told} <= {"flood", "drought"}
    assert told
