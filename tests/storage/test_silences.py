"""Silences: kept as they were given, found by their window."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.errors import DatabaseUnavailable, NotFound
from monitor.storage import silences
from monitor.storage.schema import current_revision, head_revision, migrate
from tests.services.alert_rows import NOW

HOUR = timedelta(hours=1)


def a_silence(**values):
    return Silence(**{
        "matchers": parse_matchers(["subject=goita", "alertname!~fuel-.*"]), "author": "ana",
        "comment": "known", "starts_at": NOW, "ends_at": NOW + HOUR, **values,
    })  # fmt: skip


def hold_at_once(database):
    with database.write() as session:
        session.execute(text("SET LOCAL lock_timeout = '20ms'"))
        silences.hold_expiring(session, now=NOW)


def test_a_silence_comes_back_as_it_was_stored(session):
    added = silences.add(session, a_silence(expire_on_resolve=True), now=NOW)
    session.expire_all()
    assert added.id > 0
    assert silences.get(session, added.id) == added


def test_one_that_is_not_there_is_named(session):
    with pytest.raises(NotFound, match="silence 9"):
        silences.get(session, 9)


def test_silences_are_found_by_their_window(session):
    over = silences.add(session, a_silence(starts_at=NOW - HOUR, ends_at=NOW), now=NOW)
    current = silences.add(session, a_silence(), now=NOW)
    to_come = silences.add(session, a_silence(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR), now=NOW)
    assert silences.active(session, now=NOW) == [current]
    assert silences.active(session, now=NOW, for_forming=True) == [current]
    assert silences.find_all(session) == [to_come, current, over]
    assert silences.find_all(session, ending_after=NOW) == [to_come, current]


def test_ending_moves_the_end(session):
    added = silences.add(session, a_silence(), now=NOW)
    silences.set_window(session, added.ended(NOW))
    assert silences.get(session, added.id, for_update=True).ends_at == NOW


def test_what_may_end_with_an_alert_waits_for_who_forms_messages_before_it_touches_any(database):
    """On PostgreSQL; SQLite has one writer. Nobody then holds messages and waits for a silence."""
    if database.is_sqlite:
        return
    with database.write() as session:
        silences.add(session, a_silence(), now=NOW)
        silences.add(session, a_silence(expire_on_resolve=True), now=NOW)
    with database.write() as forming:
        assert len(silences.active(forming, now=NOW, for_forming=True)) == 2
        with pytest.raises(DatabaseUnavailable):
            hold_at_once(database)
    hold_at_once(database)


def test_a_database_without_silences_gets_them_and_can_go_back(database_url):
    migrate(database_url, to="2026_11_23_first_tables")
    assert current_revision(database_url) == "2026_11_23_first_tables"
    migrate(database_url)
    assert current_revision(database_url) == head_revision()


def test_a_silence_keeps_its_windows_and_is_active_only_in_them(session):
    windows = parse_windows("Mon-Fri 13:00-14:00", zone="Africa/Bamako")
    added = silences.add(session, a_silence(windows=windows, ends_at=NOW + 90 * 24 * HOUR), now=NOW)
    session.expire_all()
    assert silences.get(session, added.id).windows == windows
    assert silences.active(session, now=NOW) == []
    assert silences.begun(session, now=NOW) == [added]
    assert silences.active(session, now=NOW + HOUR) == [added]


def test_an_end_is_announced_once(session):
    added = silences.add(session, a_silence(), now=NOW)
    assert silences.note_warned(session, added, until=added.ends_at)
    assert not silences.note_warned(session, added, until=added.ends_at)
    assert silences.get(session, added.id).warned_until == added.ends_at


def test_an_end_that_was_moved_meanwhile_is_not_announced(session):
    added = silences.add(session, a_silence(), now=NOW)
    silences.set_window(session, added.ended(NOW + HOUR / 2))
    assert not silences.note_warned(session, added, until=added.ends_at)
