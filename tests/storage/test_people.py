"""Accounts, who is signed in, and the tries that failed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.person import Role
from monitor.storage import people, visits, web_sessions
from tests.storage.values import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ada(session):
    return people.add(
        session, email="ada@example.org", name="Ada", role=Role.DESK, password_hash="argon", now=NOW
    )


def seen(session, *, after=timedelta(0), token="t"):
    return web_sessions.person_of(session, token, now=NOW + after, idle_since=NOW + after - 30 * MINUTE)


def test_a_person_comes_back_with_the_hash_only_when_asked_by_address(session, ada):
    assert people.by_email(session, "ada@example.org") == (ada, "argon")
    assert people.get(session, ada.id) == ada
    assert people.find_all(session) == [ada]
    assert people.by_email(session, "bo@example.org") is None
    with pytest.raises(NotFound):
        people.get(session, 99)


def test_an_address_has_one_account(session, ada):
    with pytest.raises(Conflict, match="there is an account ada"):
        people.add(session, email=ada.email, name="", role=Role.READER, password_hash="", now=NOW)


def test_a_person_can_change(session, ada):
    after = replace(ada, name="Ada L.", role=Role.ADMIN, is_enabled=False)
    people.change(session, after)
    people.set_password(session, ada.id, "new")
    assert people.by_email(session, ada.email) == (after, "new")


def test_a_token_says_who_is_signed_in_until_it_ends_or_idles(session, ada):
    web_sessions.add(session, token_hash="t", person_id=ada.id, now=NOW, expires_at=NOW + 60 * MINUTE)
    assert seen(session) == ada
    assert seen(session, token="other") is None
    assert seen(session, after=31 * MINUTE) is None
    web_sessions.touch(session, "t", now=NOW + 20 * MINUTE)
    assert web_sessions.seen_at(session, "t") == NOW + 20 * MINUTE
    assert seen(session, after=31 * MINUTE) == ada
    web_sessions.touch(session, "t", now=NOW + 59 * MINUTE)
    assert seen(session, after=60 * MINUTE) is None


def test_nobody_is_signed_in_with_an_account_disabled_or_a_session_ended(session, ada):
    for token in ("t", "u", "v"):
        web_sessions.add(session, token_hash=token, person_id=ada.id, now=NOW, expires_at=NOW + MINUTE)
    web_sessions.remove(session, "t")
    assert [seen(session, token=token) for token in ("t", "u")] == [None, ada]
    people.change(session, replace(ada, is_enabled=False))
    assert seen(session, token="u") is None
    people.change(session, ada)
    web_sessions.remove_all(session, ada.id)
    assert seen(session, token="u") is None


def test_failures_count_by_account_or_address(session):
    tries = [("ada", "10.0.0.1", 1), ("bo", "10.0.0.1", 2), ("ada", "10.0.0.2", 3), ("cy", "10.0.0.3", 4)]
    for account, address, minute in tries:
        web_sessions.add_failure(session, account=account, address=address, now=NOW + minute * MINUTE)
    found = web_sessions.failures(session, account="ada", address="10.0.0.1", since=NOW + 2 * MINUTE)
    assert found == [NOW + 2 * MINUTE, NOW + 3 * MINUTE]


def test_what_is_over_is_forgotten(session, ada):
    web_sessions.add(session, token_hash="t", person_id=ada.id, now=NOW, expires_at=NOW + MINUTE)
    web_sessions.add_failure(session, account="ada", address="", now=NOW)
    web_sessions.purge(session, now=NOW + MINUTE, failures_before=NOW + MINUTE)
    assert web_sessions.seen_at(session, "t") is None
    assert web_sessions.failures(session, account="ada", address="", since=NOW) == []


def test_the_last_visit_of_a_person_counts(session, ada):
    visits.record(session, ada.id, "goita", now=NOW)
    visits.record(session, ada.id, "goita", now=NOW + MINUTE)
    later = NOW + timedelta(hours=1)
    assert visits.looked(session, ada.id, ["goita", "sadio"], now=later) == {"goita": NOW + MINUTE}


def test_who_looks_again_still_sees_what_changed_since_they_looked_before(session, ada):
    hour = timedelta(hours=1)
    visits.record(session, ada.id, visits.BOARD, now=NOW)
    assert visits.looked(session, ada.id, [visits.BOARD], now=NOW + MINUTE) == {}
    for minutes in (0, 1, 20):
        visits.record(session, ada.id, visits.BOARD, now=NOW + hour + minutes * MINUTE)
        now = NOW + hour + (minutes + 1) * MINUTE
        assert visits.looked(session, ada.id, [visits.BOARD], now=now) == {visits.BOARD: NOW}
    assert visits.looked(session, ada.id, [visits.BOARD], now=NOW + 2 * hour) == {
        visits.BOARD: NOW + hour + 20 * MINUTE
    }
