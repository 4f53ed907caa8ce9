"""Tokens of sources: shown once, kept as a hash, revoked with an audit entry."""

from datetime import timedelta

import pytest

from monitor.domain.errors import NotFound
from monitor.services.source_tokens import issue_token, list_tokens, revoke_tokens, token_hash
from monitor.storage import audit, source_tokens
from monitor.storage.engine import open_database
from tests.factories import NOW, install_desk


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session)
        yield session
    database.dispose()


def test_what_is_stored_of_a_token_does_not_let_anyone_in(session):
    token = issue_token(session, "feed", actor="ana", now=NOW)
    assert token.startswith("hwp_")
    assert len(token) > 40
    found = source_tokens.find(session, token_hash(token))
    assert (found.source, found.created_by) == ("feed", "ana")
    (entry,) = audit.find_all(session, target="feed")
    assert token not in str(entry) + str(found)


def test_a_second_token_leaves_the_first_valid_until_it_is_revoked(session):
    first, second = (issue_token(session, "feed", actor="ana", now=NOW) for _ in range(2))
    number = source_tokens.find(session, token_hash(first)).id
    assert revoke_tokens(session, "feed", token_id=number, actor="ana", now=NOW) == 1
    assert source_tokens.find(session, token_hash(first)) is None
    assert source_tokens.find(session, token_hash(second)) is not None
    assert audit.find_all(session, target="feed")[0].before == {"tokens": [number]}


def test_all_tokens_are_revoked_at_once_and_stay_listed(session):
    for _ in range(2):
        issue_token(session, "feed", actor="ana", now=NOW)
    assert revoke_tokens(session, "feed", token_id=None, actor="ana", now=NOW) == 2
    assert [each.revoked_at for each in list_tokens(session, "feed")] == [NOW, NOW]
    with pytest.raises(NotFound, match="no token in force"):
        revoke_tokens(session, "feed", token_id=None, actor="ana", now=NOW)


def test_last_use_is_kept_to_the_minute(session):
    issue_token(session, "feed", actor="ana", now=NOW)
    (token,) = list_tokens(session, "feed")
    for seconds in (0, 30, 61):
        source_tokens.touch(session, token.id, now=NOW + timedelta(seconds=seconds))
        if seconds == 30:
            assert list_tokens(session, "feed")[0].last_used_at == NOW
    assert list_tokens(session, "feed")[0].last_used_at == NOW + timedelta(seconds=61)


@pytest.mark.parametrize(
    "act",
    [
        lambda session: issue_token(session, "none", actor="ana", now=NOW),
        lambda session: revoke_tokens(session, "none", token_id=None, actor="ana", now=NOW),
        lambda session: list_tokens(session, "none"),
    ],
)
def test_a_source_that_is_not_there_is_said(session, act):
    with pytest.raises(NotFound):
        act(session)
