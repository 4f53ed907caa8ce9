"""What fetching keeps: validators of one set of settings, raw answers for some days, secrets sealed."""

import zlib
from datetime import timedelta

import pytest

from monitor.domain.errors import ConfigError
from monitor.domain.fetched import RawAnswer, Validator
from monitor.storage import raw_answers, source_secrets, validators
from monitor.storage.secrets import SecretBox
from tests.storage.values import NOW

DAY = timedelta(days=1)
TAGGED = {"r1": Validator(etag='"1"'), "r2": Validator(digest="ab", modified="Mon")}
BOX = SecretBox(["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="])
OTHER_BOX = SecretBox(["ZjEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="])


def an_answer(text=b"a,b", **values):
    return RawAnswer(**{
        "request": "r1", "method": "GET", "url": "https://data.example/t.csv", "status": 200,
        "size": len(text), "headers": {"content-type": "text/csv"}, "body": zlib.compress(text), **values,
    })  # fmt: skip


def test_a_changed_definition_asks_anew(session):
    validators.keep(session, "ucdp", TAGGED, settings="s1")
    validators.keep(session, "acled", TAGGED, settings="s1")
    assert validators.find(session, "ucdp", settings="s1") == TAGGED
    assert validators.find(session, "ucdp", settings="s2") == {}
    validators.keep(session, "ucdp", {"r1": Validator(etag='"2"')}, settings="s2")
    assert validators.find(session, "ucdp", settings="s1") == {}
    assert validators.find(session, "ucdp", settings="s2") == {"r1": Validator(etag='"2"')}
    validators.forget(session, "acled")
    assert validators.find(session, "acled", settings="s1") == {}


def test_the_answers_of_a_run_come_back_in_order_until_they_are_too_old(session):
    secret = an_answer(body=None, reason="it holds a secret", request="r2")
    raw_answers.keep(session, "ucdp", 1, [secret], now=NOW - 3 * DAY)
    raw_answers.keep(session, "ucdp", 2, [an_answer(), secret], now=NOW - 2 * DAY)
    raw_answers.keep(session, "ucdp", 3, [], now=NOW)
    raw_answers.keep(session, "ucdp", 4, [an_answer(b"x" * 5000)], now=NOW)
    assert raw_answers.of_run(session, 2) == [an_answer(), secret]
    assert raw_answers.runs_with(session, "ucdp") == [2, 4]
    assert raw_answers.sizes(session, [1, 4]) == {4: len(zlib.compress(b"x" * 5000))}
    assert raw_answers.purge(session, before=NOW - DAY) == 3
    assert raw_answers.runs_with(session, "ucdp") == [4]


def test_a_secret_is_sealed_replaced_and_removed(session):
    assert source_secrets.put(session, "ucdp-token", "old", box=BOX, author="admin", now=NOW - DAY)
    assert not source_secrets.put(session, "ucdp-token", "hunter2", box=BOX, author="admin", now=NOW)
    assert source_secrets.value(session, "ucdp-token", box=BOX) == "hunter2"
    assert source_secrets.value(session, "acled", box=BOX) is None
    listed = source_secrets.find_all(session)
    assert [(each.name, each.set_at, each.set_by) for each in listed] == [("ucdp-token", NOW, "admin")]
    with pytest.raises(ConfigError, match="HEATWATCH_SECRET_KEY"):
        source_secrets.value(session, "ucdp-token", box=OTHER_BOX)
    assert source_secrets.remove(session, "ucdp-token")
    assert not source_secrets.remove(session, "ucdp-token")
