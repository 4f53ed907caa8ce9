"""The API programs push to: who may, what is stored, and how each refusal is said."""

import pytest

from monitor.api import pushes
from monitor.domain.source import Source
from monitor.services.source_tokens import issue_token, list_tokens, revoke_tokens
from monitor.storage import definitions, incidents, runs, series, sources, subjects
from tests.api.conftest import SOURCE
from tests.factories import DEATHS, FUEL, a_source

DAY = {"series": FUEL, "period_start": "2025-11-29", "period_end": "2025-11-30", "value": 412.0}
RAID = {"external_id": "r-1", "happened_on": "2025-11-21", "country": "MLI", "kind": "ambush"}


def values_of(desk, key=FUEL):
    with desk.reading() as (session, _):
        return series.columns(session, [key])[key].value.tolist()


def last_run(desk):
    with desk.reading() as (session, _):
        return runs.recent(session, SOURCE)[0]


def test_what_is_pushed_is_stored_has_a_run_and_is_due_for_assessment_at_once(desk, push):
    answer = push({"readings": [DAY], "incidents": [RAID]})
    assert answer.status_code == 200, answer.text
    assert answer.json | {"run": 0} == {
        "run": 0, "outcome": "ok", "seen": 2, "new": 2, "revised": 0, "withdrawn": 0, "quarantined": 0,
        "rejected": 0,
    }  # fmt: skip
    assert values_of(desk) == [412.0]
    run = last_run(desk)
    assert (run.id, run.outcome, run.new, run.ended_at is not None) == (answer.json["run"], "ok", 2, True)
    with desk.reading() as (session, now):
        assert subjects.state(session, "goita").assess_due_at <= now
        assert list(incidents.of_source(session, SOURCE)) == ["r-1"]
        assert sources.state(session, SOURCE).last_ok_at is not None


def test_a_retried_push_stores_once_and_gives_the_same_answer(desk, push):
    first, again = (push({"readings": [DAY]}, key="k-1") for _ in range(2))
    assert (first.json, again.json) == (first.json, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    with desk.reading() as (session, _):
        assert len(runs.recent(session, SOURCE)) == 1


def test_a_key_is_not_taken_for_another_body(desk, push):
    push({"readings": [DAY]}, key="k-1")
    answer = push({"readings": [DAY | {"value": 1.0}]}, key="k-1")
    assert answer.status_code == 422
    assert "another body" in answer.json["detail"]
    assert values_of(desk) == [412.0]


def test_a_key_of_a_refused_push_may_be_used_for_the_mended_one(push):
    assert push({"readings": [DAY | {"value": "x"}]}, key="k-1").status_code == 422
    assert push({"readings": [DAY]}, key="k-1").json["new"] == 1


def test_the_same_without_a_key_leaves_no_second_row(desk, push):
    push({"readings": [DAY]})
    assert push({"readings": [DAY]}).json["outcome"] == "unchanged"
    assert values_of(desk) == [412.0]


def test_one_fault_refuses_the_whole_body_and_is_named_by_index_and_field(desk, push):
    answer = push({"readings": [DAY, DAY | {"period_start": "2025-11-28", "value": "12"}]})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"] == [
        {
            "pointer": "#/readings/1/value", "list": "readings", "index": 1, "field": "value", "found": "12",
            "detail": "input should be a valid number",
        }
    ]  # fmt: skip
    assert values_of(desk) == []
    run = last_run(desk)
    assert (run.outcome, run.rejected, run.samples[0]["where"]) == ("error", 1, "readings[1].value")


@pytest.mark.parametrize(
    "key,reason", [("fuel-price:nowhere", "no such series"), (DEATHS, "is not read from source")]
)
def test_a_token_reaches_only_the_series_of_its_source(desk, push, key, reason):
    answer = push({"readings": [DAY, DAY | {"series": key}]})
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert (error["index"], error["field"]) == (1, "series")
    assert reason in error["detail"]
    assert values_of(desk) == values_of(desk, DEATHS) == []


@pytest.mark.parametrize("bearer", ["", "hwp_" + "a" * 43, "short"])
def test_without_a_token_in_force_nothing_is_read(push, bearer):
    answer = push({"readings": [DAY]}, bearer=bearer)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "heatwatch source token" in answer.json["detail"]


def test_a_revoked_token_is_none(desk, push):
    with desk.writing() as (session, now):
        revoke_tokens(session, SOURCE, token_id=None, actor="test", now=now)
    assert push({"readings": [DAY]}).status_code == 401


def test_a_token_of_another_source_is_refused_whether_the_source_is_there_or_not(desk, push):
    assert [push({"readings": [DAY]}, to=slug).status_code for slug in ("feed", "none")] == [403, 403]


def test_a_source_that_was_archived_is_not_there(desk, push):
    with desk.writing() as (session, now):
        definitions.archive(session, Source, SOURCE, author="test", reason="", now=now)
    answer = push({"readings": [DAY]})
    assert answer.status_code == 404
    assert "no source" in answer.json["detail"]


def test_a_source_that_is_cut_off_takes_nothing(desk, push):
    with desk.writing() as (session, _):
        sources.set_cut(session, SOURCE, is_cut=True)
    answer = push({"readings": [DAY]})
    assert (answer.status_code, values_of(desk)) == (409, [])
    assert "cut off" in answer.json["detail"]


@pytest.mark.parametrize("path", ["body", "alertmanager"])
def test_what_a_kind_does_not_take_is_said(push, path):
    answer = push({"readings": [DAY]}, path=path)
    assert answer.status_code == 404
    assert "kind push, which takes bodies at …/readings" in answer.json["detail"]


@pytest.mark.parametrize(
    "given", ["text/plain", "", "multipart/form-data", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_said_with_the_one_expected(push, given):
    answer = push(b"{}", content_type=given)
    assert answer.status_code == 415
    assert "application/json" in answer.json["detail"]


def test_a_packed_body_is_refused(push):
    answer = push({"readings": [DAY]}, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


def test_a_body_that_is_too_large_is_refused(desk, push, monkeypatch):
    monkeypatch.setattr(pushes, "MOST_BYTES", 100)
    answer = push({"readings": [DAY] * 10})
    assert (answer.status_code, values_of(desk)) == (413, [])
    assert "in parts" in answer.json["detail"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1", b"[]", b"{}"])
def test_a_body_that_is_none_is_said_and_leaves_a_run(desk, push, body):
    answer = push(body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["detail"]
    assert last_run(desk).outcome == "error"


@pytest.mark.parametrize("key", ["a b", "x" * 201, "ключ"])
def test_an_idempotency_key_that_is_none_is_refused(push, key):
    answer = push({"readings": [DAY]}, headers={"Idempotency-Key": key.encode().decode("latin-1")})
    assert answer.status_code == 400


def test_a_program_that_asks_too_often_is_told_to_wait(push, monkeypatch):
    monkeypatch.setattr(pushes, "PER_TOKEN", pushes.RateLimitItemPerMinute(2))
    found = [push({"readings": [DAY]}) for _ in range(3)]
    assert [each.status_code for each in found] == [200, 200, 429]
    assert found[2].headers["Retry-After"] == "60"


def test_a_stranger_who_tries_tokens_is_told_to_wait(push, monkeypatch):
    monkeypatch.setattr(pushes, "PER_STRANGER", pushes.RateLimitItemPerMinute(1))
    found = [push({"readings": [DAY]}, bearer=f"hwp_{number}").status_code for number in range(3)]
    assert found == [401, 429, 429]
    assert push({"readings": [DAY]}).status_code == 200


def test_a_cookie_of_a_person_does_not_stand_for_a_token(push):
    assert push({"readings": [DAY]}, bearer="", headers={"Cookie": "heatwatch=x"}).status_code == 401


def test_when_a_token_was_last_used_is_shown(desk, push):
    push({"readings": [DAY]})
    with desk.reading() as (session, now):
        (token,) = list_tokens(session, SOURCE)
    assert token.last_used_at <= now


def test_an_address_of_the_api_that_is_not_there_is_answered_in_json(push):
    answer = push({}, path="nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_push_that_another_overtook_is_read_again_with_what_that_one_left(desk, token):
    """Two pushes to one source at once: the second sees the bookmark of the first."""
    from monitor.domain.harvest import Harvest
    from monitor.services.take_push import Push, admit, read_push, store_push

    class Counting:
        path, content_types = "readings", frozenset({"application/json"})

        def read(self, source, ask, answer):
            return Harvest(bookmark={"count": ask.bookmark.get("count", 0) + 1})

    object.__setattr__(desk.outside, "kinds", {**desk.outside.kinds, "push": Counting()})
    asked = Push(source=SOURCE, path="readings", token=token, content_type="application/json")
    with desk.reading() as (session, now):
        both = [admit(session, asked, outside=desk.outside, now=now) for _ in range(2)]
    both = [(each, read_push(each, b"{}")) for each in both]
    for admitted, read in both:
        with desk.writing() as (session, now):
            store_push(session, admitted, b"{}", read, now=now)
    with desk.reading() as (session, _):
        assert sources.state(session, SOURCE).bookmark == {"count": 2}


@pytest.mark.parametrize("is_good", [True, False])
def test_a_push_beside_turns_says_nothing_of_how_they_do(desk, push, is_good):
    with desk.writing() as (session, now):
        table = a_source(
            SOURCE, kind="csv", interval_seconds=3600,
            settings={"date": "week", "series": [{"series": FUEL, "value": "price"}]},
        )  # fmt: skip
        definitions.save(session, table, author="t", reason="", effective_at=now, now=now)
        sources.finish(session, SOURCE, now=now, due_at=now, failures=2)
        before = sources.state(session, SOURCE)
    body = b"week,price\n2025-11-03,480\n" if is_good else b"<html>"
    answer = push(body, path="body", content_type="text/csv")
    assert answer.status_code == (200 if is_good else 422), answer.text
    assert last_run(desk).outcome == ("ok" if is_good else "error")
    with desk.reading() as (session, _):
        after = sources.state(session, SOURCE)
    assert (after.failures, after.due_at, after.last_ok_at) == (2, before.due_at, None)


def test_a_kind_that_fails_on_a_body_is_a_run_with_its_words_and_no_crash(desk, push):
    class Broken:
        path, content_types = "readings", frozenset({"application/json"})

        def read(self, source, ask, answer):
            raise ZeroDivisionError("by zero")

    object.__setattr__(desk.outside, "kinds", {**desk.outside.kinds, "push": Broken()})
    answer = push({"readings": [DAY]})
    assert answer.status_code == 422
    assert "fault of Heatwatch" in answer.json["detail"]
    assert last_run(desk).outcome == "error"


def test_another_token_of_the_source_works_too(desk, push):
    with desk.writing() as (session, now):
        second = issue_token(session, SOURCE, actor="test", now=now)
    assert push({"readings": [DAY]}, bearer=second).status_code == 200
