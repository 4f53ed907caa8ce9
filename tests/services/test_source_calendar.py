"""The calendar of the sources, for people and for calendar programs; and runs that are asked for."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.release import Release
from monitor.services.calendar_file import calendar_file
from monitor.services.run_source import run_source
from monitor.services.source_calendar import Entry, source_calendar
from monitor.storage import audit, definitions, sources
from monitor.storage.engine import open_database
from tests.factories import a_source, install_desk

# A Monday.
NOW = datetime(2025, 11, 17, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = NOW + DAY + 2 * HOUR


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, now=NOW)
        yield session
    database.dispose()


def define(session, **values):
    source = a_source(name="ACLED", **values)
    definitions.save(session, source, author="test", reason="", effective_at=NOW, now=NOW)


def test_releases_and_the_next_run_stand_by_time(session):
    weekly = Release(cron="0 14 * * TUE", grace_hours=4, name="Weekly update")
    define(session, releases=(weekly, Release(cron="0 9 20 * *")))
    found = source_calendar(session, days=9, now=NOW)
    assert [(entry.at, entry.what, entry.late_at) for entry in found.entries] == [
        (NOW, "run", None),
        (TUESDAY, "release", TUESDAY + 4 * HOUR),
        (datetime(2025, 11, 20, 9, tzinfo=UTC), "release", datetime(2025, 11, 21, 9, tzinfo=UTC)),
        (TUESDAY + 7 * DAY, "release", TUESDAY + 7 * DAY + 4 * HOUR),
    ]
    assert found.entries[0].sentence == "ACLED is asked"
    assert found.entries[1].sentence == "ACLED: Weekly update expected, late from Tue 18 Nov 18:00 UTC"
    assert found.owed == ()


def test_what_is_owed_stands_apart(session):
    define(session, releases=(Release(cron="0 9 * * MON", grace_hours=1),))
    sources.finish(session, "feed", now=NOW - 7 * DAY, due_at=NOW + DAY, failures=0, is_new=True)
    found = source_calendar(session, days=1, now=NOW)
    assert found.owed == ("ACLED: release of Mon 17 Nov 09:00 UTC has not come (3 h late)",)


def test_a_source_that_is_cut_off_is_on_no_calendar(session):
    sources.set_cut(session, "feed", is_cut=True)
    assert source_calendar(session, days=7, now=NOW).entries == ()


def entry(**values):
    return Entry(**{
        "at": TUESDAY, "source": "acled", "name": "ACLED", "what": "release", "title": "Weekly update",
        "late_at": TUESDAY + 4 * HOUR, **values,
    })  # fmt: skip


def test_a_release_is_an_event_of_a_calendar_file():
    assert calendar_file([entry(), entry(what="run")], now=NOW).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Heatwatch//Releases//EN",
        "BEGIN:VEVENT",
        "UID:acled-weekly-update-20251118T140000Z@heatwatch",
        "DTSTAMP:20251117T120000Z",
        "DTSTART:20251118T140000Z",
        "SUMMARY:ACLED: Weekly update",
        "DESCRIPTION:Late from 2025-11-18 18:00 UTC on.",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_what_has_a_meaning_in_a_calendar_file_is_escaped():
    text = calendar_file([entry(name="A; B, C\\D\nE")], now=NOW)
    assert "SUMMARY:A\\; B\\, C\\\\D\\nE: Weekly update\r\n" in text


def test_long_lines_are_folded_between_characters():
    title = "Données révisées sur les conflits — " * 6
    lines = calendar_file([entry(title=title)], now=NOW).encode().split(b"\r\n")
    assert max(map(len, lines)) == 75
    unfolded = re.sub(rb"\r\n ", b"", b"\r\n".join(lines)).decode()
    assert f"SUMMARY:ACLED: {title}\r\n" in unfolded


def test_a_run_that_is_asked_for_is_due_now_and_audited(session):
    sources.finish(session, "feed", now=NOW, due_at=NOW + DAY, failures=0)
    later = NOW + HOUR
    run_source(session, "feed", kinds={"fake"}, actor="ana", reason="election", now=later)
    assert sources.state(session, "feed").due_at == later
    (entry,) = audit.find_all(session, target="feed")
    assert (entry.actor, entry.action, entry.reason) == ("ana", "source.run", "election")
    assert entry.before == {"due_at": (NOW + DAY).isoformat()}


@pytest.mark.parametrize(
    "slug,kinds,cut,enabled,error,words",
    [
        ("other", {"fake"}, False, True, NotFound, "other"),
        ("feed", {"csv"}, False, True, NotFound, "of kind fake, which is never asked"),
        ("feed", {"fake"}, True, True, Conflict, "cut off; restore it first"),
        ("feed", {"fake"}, False, False, Conflict, "switched off in its definition"),
    ],
)
def test_a_source_that_may_not_speak_is_not_asked(session, slug, kinds, cut, enabled, error, words):
    define(session, is_enabled=enabled)
    sources.set_cut(session, "feed", is_cut=cut)
    with pytest.raises(error, match=words):
        run_source(session, slug, kinds=kinds, actor="ana", reason="", now=NOW)
