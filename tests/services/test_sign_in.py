"""Signing in: right passwords open a session, wrong ones slow the next try down."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.person import Role
from monitor.services import passwords
from monitor.services.add_person import add_person, find_people, has_people
from monitor.services.change_person import reset_password, set_enabled
from monitor.services.resume_session import close_session, hashed, resume_session, touch_session
from monitor.services.sign_in import begin_try, finish_try, prove
from monitor.storage import audit, web_sessions
from monitor.storage.engine import open_database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "mango-river-tuesday"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def hasher(**costs):
    return passwords.PasswordHasher(**costs, parallelism=1)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """The cheapest hash there is: what is tested is what is done with it."""
    monkeypatch.setattr(
        passwords, "_hasher", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        add(opened, "ana@example.org")
        yield opened
    database.dispose()


def add(session, email, *, role=Role.ADMIN, password=PASSWORD):
    return add_person(session, email=email, name="", role=role, password=password, actor="test", now=NOW)


def sign_in(session, *, password=PASSWORD, email="ana@example.org", address="192.0.2.7", now=NOW):
    attempt = begin_try(session, email=email, address=address, now=now)
    return finish_try(session, attempt, prove(attempt, password), now=now)


def fail(session, times, *, now=NOW, **who):
    for _ in range(times):
        assert sign_in(session, password="wrong", now=now, **who) is None


def actions(session):
    return [entry.action for entry in reversed(audit.find_all(session))]


def test_the_right_password_opens_a_session_of_twelve_hours(session):
    opened = sign_in(session, email=" Ana@Example.org ")
    assert opened.person.email == "ana@example.org"
    assert opened.expires_at == NOW + 12 * HOUR
    assert resume_session(session, opened.token, now=NOW).person == opened.person


def test_each_session_has_a_token_of_its_own_and_only_its_hash_is_stored(session):
    first, second = sign_in(session), sign_in(session)
    assert first.token != second.token
    assert web_sessions.seen_at(session, first.token) is None
    assert web_sessions.seen_at(session, hashed(first.token)) == NOW


@pytest.mark.parametrize("password", ["wrong", "", PASSWORD + "x", PASSWORD.upper()])
def test_a_wrong_password_opens_nothing(session, password):
    assert sign_in(session, password=password) is None


def test_an_unknown_account_opens_nothing_and_still_costs_a_hash(session, monkeypatch):
    seen = []

    class Spy:
        def hash(self, text):
            return "decoy"

        def verify(self, kept, given):
            seen.append(kept)
            return False

    monkeypatch.setattr(passwords, "_hasher", Spy())
    assert sign_in(session, email="eve@example.org") is None
    assert seen == ["decoy"]


def test_signing_in_and_failing_are_audited_without_the_password(session):
    fail(session, 1)
    sign_in(session)
    assert actions(session) == ["person.add", "sign_in.failed", "sign_in"]
    assert not any(PASSWORD in repr(entry) or "wrong" in repr(entry) for entry in audit.find_all(session))


def test_after_five_failures_the_next_try_waits_five_seconds_then_ten(session):
    fail(session, 5)
    with pytest.raises(InvalidInput, match="12:00:05"):
        sign_in(session, now=NOW + 4 * SECOND)
    fail(session, 1, now=NOW + 5 * SECOND)
    with pytest.raises(InvalidInput, match="12:00:15"):
        sign_in(session, now=NOW + 14 * SECOND)
    assert sign_in(session, now=NOW + 15 * SECOND) is not None


def test_a_pause_never_exceeds_five_minutes(session):
    now = NOW
    for _ in range(14):
        fail(session, 1, now=now)
        now += 5 * MINUTE
    assert sign_in(session, now=now) is not None


def test_failures_count_for_the_account_from_wherever_they_come(session):
    for number in range(5):
        fail(session, 1, address=f"192.0.2.{number}")
    with pytest.raises(InvalidInput, match="Too many tries"):
        sign_in(session, address="198.51.100.1")


def test_failures_count_for_the_address_whichever_account_was_tried(session):
    for number in range(5):
        fail(session, 1, email=f"guess-{number}@example.org")
    with pytest.raises(InvalidInput, match="Too many tries"):
        sign_in(session)
    assert sign_in(session, address="198.51.100.1") is not None


def test_a_try_counts_before_it_is_proved_so_that_many_at_once_are_many(session):
    for _ in range(5):
        begin_try(session, email="ana@example.org", address="192.0.2.7", now=NOW)
    with pytest.raises(InvalidInput, match="Too many tries"):
        begin_try(session, email="ana@example.org", address="192.0.2.7", now=NOW)


def test_coming_in_forgets_the_failures_of_the_account(session):
    fail(session, 4)
    sign_in(session)
    fail(session, 4)
    assert sign_in(session) is not None


def test_failures_of_a_quarter_of_an_hour_ago_no_longer_count(session):
    fail(session, 5)
    fail(session, 4, now=NOW + 16 * MINUTE)
    assert sign_in(session, now=NOW + 16 * MINUTE) is not None


def test_a_session_idle_for_half_an_hour_is_over(session):
    token = sign_in(session).token
    assert resume_session(session, token, now=NOW + 30 * MINUTE) is not None
    assert resume_session(session, token, now=NOW + 30 * MINUTE + SECOND) is None


def test_a_session_in_use_is_over_after_twelve_hours(session):
    token, now = sign_in(session).token, NOW
    while now < NOW + 12 * HOUR:
        assert resume_session(session, token, now=now) is not None
        touch_session(session, token, now=now)
        now += 20 * MINUTE
    assert resume_session(session, token, now=NOW + 12 * HOUR) is None


def test_a_session_is_touched_at_most_once_a_minute(session):
    token = sign_in(session).token
    assert not resume_session(session, token, now=NOW + MINUTE).is_touch_due
    assert resume_session(session, token, now=NOW + MINUTE + SECOND).is_touch_due
    touch_session(session, token, now=NOW + 2 * MINUTE)
    assert not resume_session(session, token, now=NOW + 3 * MINUTE).is_touch_due


def test_signing_out_deletes_the_row(session):
    token = sign_in(session).token
    close_session(session, token)
    assert web_sessions.seen_at(session, hashed(token)) is None
    assert resume_session(session, token, now=NOW) is None


def test_signing_in_sweeps_away_sessions_that_expired(session):
    old = sign_in(session).token
    sign_in(session, now=NOW + 13 * HOUR)
    assert web_sessions.seen_at(session, hashed(old)) is None


def test_a_new_password_ends_all_sessions_and_the_old_password(session):
    token = sign_in(session).token
    reset_password(session, email="Ana@example.org", password="new-password-12", actor="test", now=NOW)
    assert resume_session(session, token, now=NOW) is None
    assert sign_in(session) is None
    assert sign_in(session, password="new-password-12") is not None


def test_a_disabled_account_is_out_at_once_and_cannot_come_in(session):
    add(session, "ben@example.org", role=Role.READER)
    token = sign_in(session, email="ben@example.org").token
    set_enabled(session, email="ben@example.org", is_enabled=False, actor="test", now=NOW)
    assert resume_session(session, token, now=NOW) is None
    assert sign_in(session, email="ben@example.org") is None
    set_enabled(session, email="ben@example.org", is_enabled=True, actor="test", now=NOW)
    assert sign_in(session, email="ben@example.org") is not None


def test_the_last_admin_cannot_be_disabled(session):
    add(session, "ben@example.org", role=Role.DESK)
    with pytest.raises(Conflict, match="last admin"):
        set_enabled(session, email="ana@example.org", is_enabled=False, actor="test", now=NOW)


def test_an_old_hash_is_replaced_when_its_password_proves_right(session, monkeypatch):
    monkeypatch.setattr(
        passwords, "_hasher", passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    )
    attempt = begin_try(session, email="ana@example.org", address="", now=NOW)
    finish_try(session, attempt, prove(attempt, PASSWORD), now=NOW)
    after = begin_try(session, email="ana@example.org", address="", now=NOW)
    assert "m=16,t=2" in after.password_hash
    assert prove(after, PASSWORD).new_hash is None


@pytest.mark.parametrize("email", ["ana", "@example.org", "ana@", "", "a" * 200 + "@example.org"])
def test_an_account_needs_an_address(session, email):
    with pytest.raises(InvalidInput, match="no e-mail address"):
        add(session, email)


@pytest.mark.parametrize("password", ["eleven char", "x" * 257])
def test_a_password_has_twelve_to_256_characters(session, password):
    with pytest.raises(InvalidInput, match="12 to 256"):
        add(session, "ben@example.org", password=password)


def test_an_address_has_one_account(session):
    with pytest.raises(Conflict, match=r"ana@example\.org"):
        add(session, "ANA@example.org")
    assert has_people(session)
    assert [person.email for person in find_people(session)] == ["ana@example.org"]


def test_an_unknown_account_cannot_be_changed(session):
    with pytest.raises(NotFound, match="eve"):
        reset_password(session, email="eve@example.org", password=PASSWORD, actor="test", now=NOW)


def test_a_random_password_is_long_enough_and_never_the_same():
    assert passwords.random_password() != passwords.random_password()
    assert len(passwords.random_password()) >= 20


def test_passwords_are_hashed_with_argon2id_and_enough_memory():
    assert passwords.PasswordHasher().hash("x").startswith("$argon2id$v=19$m=65536,t=3")
