"""The doctor's look at the database: one check for each thing, wrong only where something does not work."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from monitor.domain.check import Outcome
from monitor.domain.clock import epoch
from monitor.domain.person import Role
from monitor.services.beat import beat, record_failure
from monitor.services.examine import Host, examine
from monitor.services.pack_series import pack_series, repack_all
from monitor.storage import channels, health, observations, people, series, sources
from monitor.storage.engine import open_database
from monitor.storage.rows.observations import ObservationRow
from monitor.storage.secrets import SecretBox
from tests.factories import FUEL, NOW, a_channel, a_reading, install_desk

BOX = SecretBox(["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="])
OTHER_BOX = SecretBox(["MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="])
SECOND = timedelta(seconds=1)


@pytest.fixture
def session(database_url):
    """A desk to which nothing is missing."""
    database = open_database(database_url)
    with database.write() as opened:
        install_desk(opened)
        people.add(opened, email="ana@example.org", name="Ana", role=Role.ADMIN, password_hash="x", now=NOW)
        channels.add(opened, a_channel(secrets={"key": "x"}), box=BOX, now=NOW)
        beat(opened, worker="here:1", now=NOW)
        yield opened
    database.dispose()


def look(session, *, skew=0, box=BOX, has_mail=True, now=NOW):
    host = Host(now=now + skew * SECOND, box=box, has_mail=has_mail)
    return {check.name: check for check in examine(session, host=host, now=now)}


def outcome(session, name, **options):
    return look(session, **options)[name].outcome


def test_a_desk_to_which_nothing_is_missing_is_well(session):
    assert {name: check.outcome for name, check in look(session).items()} == dict.fromkeys(
        ("integrity", "packed", "engine", "clock", "worker", "people", "channels", "sources"), Outcome.OK
    )


def test_a_packed_series_that_differs_from_its_rows_is_wrong_until_it_is_made_anew(session):
    readings = [a_reading(1.0 + day, ends=NOW - timedelta(days=7 * day)) for day in range(300)]
    observations.add(session, readings, source="feed", author="", note="", now=NOW)
    pack_series(session)
    assert outcome(session, "packed") is Outcome.OK
    session.execute(delete(ObservationRow).where(ObservationRow.period_start < epoch(NOW) - 99 * 604_800))
    assert FUEL in look(session)["packed"].message
    repack_all(session)
    assert outcome(session, "packed") is Outcome.OK
    assert len(series.columns(session, [FUEL])[FUEL]) < 300


def test_whatever_is_not_well_says_what_to_do(session):
    sources.set_cut(session, "feed", is_cut=True)
    checks = look(session, skew=60, box=OTHER_BOX, now=NOW + 60 * SECOND)
    assert all(check.advice for check in checks.values() if check.outcome is not Outcome.OK)


@pytest.mark.parametrize(
    "skew,expected", [(2, Outcome.OK), (-3, Outcome.WARNING), (30, Outcome.WARNING), (31, Outcome.WRONG)]
)
def test_clocks_that_differ_are_named(session, skew, expected):
    assert outcome(session, "clock", skew=skew) is expected


def test_a_silent_worker_is_wrong(session):
    assert outcome(session, "worker", now=NOW + 31 * SECOND) is Outcome.WRONG


def test_a_worker_that_failed_lately_is_a_warning_with_the_failure(session):
    record_failure(session, worker="here:1", note="deliver: no route", now=NOW)
    check = look(session)["worker"]
    assert check.outcome is Outcome.WARNING
    assert "deliver: no route" in check.message


def test_a_desk_without_an_admin_is_wrong(session):
    person, _ = people.by_email(session, "ana@example.org")
    people.change(session, person.__class__(id=person.id, email=person.email, name="", role=Role.DESK))
    assert outcome(session, "people") is Outcome.WRONG


def test_a_desk_without_a_channel_is_a_warning(session):
    channels.disable(session, "hook")
    assert outcome(session, "channels") is Outcome.WARNING


def test_a_channel_whose_receiver_complains_is_wrong(session):
    channels.note_trouble(session, "hook", "gone")
    check = look(session)["channels"]
    assert (check.outcome, check.message) == (Outcome.WRONG, "hook: gone")


def test_a_channel_whose_secrets_cannot_be_opened_is_wrong(session):
    assert outcome(session, "channels", box=OTHER_BOX) is Outcome.WRONG


def test_an_e_mail_channel_without_a_mail_server_is_wrong(session):
    channels.add(session, a_channel("mail", kind="email"), box=BOX, now=NOW)
    assert outcome(session, "channels", has_mail=True) is Outcome.OK
    assert "mail: HEATWATCH_SMTP_HOST" in look(session, has_mail=False)["channels"].message


def test_a_source_that_fails_or_is_cut_off_is_a_warning(session):
    sources.finish(session, "feed", now=NOW, due_at=None, failures=3)
    check = look(session)["sources"]
    assert (check.outcome, check.message) == (Outcome.WARNING, "feed failed 3 times")


def test_damage_is_wrong_and_quoted(session, monkeypatch):
    monkeypatch.setattr(health, "damage", lambda _: ["Tree 4 page 7: btreeInitPage() returns error code 11"])
    check = look(session)["integrity"]
    assert check.outcome is Outcome.WRONG
    assert "page 7" in check.message


def test_an_old_postgresql_is_a_warning(session, monkeypatch):
    monkeypatch.setattr(health, "server_version", lambda _: "13.11")
    monkeypatch.setattr(health, "size_bytes", lambda _: 0)
    monkeypatch.setattr(health, "is_sqlite", lambda _: False)
    assert look(session)["engine"].outcome is Outcome.WARNING


def test_the_size_of_the_database_is_known(session):
    assert health.size_bytes(session) > 100_000
