"""The desk's own records: workers that live, stretches in which none did, and the audit log."""

from datetime import timedelta

from monitor.storage import audit, heartbeats, outages
from monitor.storage.heartbeats import Heartbeat
from monitor.storage.outages import Outage
from tests.storage.values import NOW

MINUTE = timedelta(minutes=1)


def test_no_worker_has_run_at_first(session):
    assert heartbeats.last(session) is None


def test_a_worker_beats_from_its_start_on_and_keeps_its_last_failure(session):
    heartbeats.beat(session, worker="a", now=NOW)
    heartbeats.fail(session, worker="a", note="no route to host", now=NOW + MINUTE)
    heartbeats.beat(session, worker="a", now=NOW + 2 * MINUTE)
    heartbeats.beat(session, worker="b", now=NOW + MINUTE)
    assert heartbeats.last(session) == NOW + 2 * MINUTE
    assert heartbeats.find_all(session) == [
        Heartbeat(worker="a", started_at=NOW, beat_at=NOW + 2 * MINUTE, note="no route to host"),
        Heartbeat(worker="b", started_at=NOW + MINUTE, beat_at=NOW + MINUTE),
    ]
    heartbeats.purge(session, before=NOW + 2 * MINUTE)
    assert [found.worker for found in heartbeats.find_all(session)] == ["a"]


def test_outages_are_found_where_they_overlap(session):
    for start in (0, 10, 20):
        outages.add(session, started_at=NOW + start * MINUTE, ended_at=NOW + (start + 5) * MINUTE)
    found = outages.between(session, NOW + 5 * MINUTE, NOW + 20 * MINUTE)
    assert found == [Outage(started_at=NOW + 10 * MINUTE, ended_at=NOW + 15 * MINUTE)]


def entry(session, action, *, before=None, after=None):
    audit.record(
        session, actor="ada", action=action, target="goita", reason="why", before=before, after=after, now=NOW
    )


def test_the_audit_log_tells_the_newest_first_and_goes_on(session):
    for number in range(5):
        entry(session, f"act-{number}", before={"n": number}, after={"n": number + 1})
    first = audit.find_all(session, limit=2)
    assert [found.action for found in first] == ["act-4", "act-3"]
    assert (first[0].before, first[0].after, first[0].reason, first[0].at) == ({"n": 4}, {"n": 5}, "why", NOW)
    rest = audit.find_all(session, target="goita", before_id=first[-1].id)
    assert [found.action for found in rest] == ["act-2", "act-1", "act-0"]
    assert audit.find_all(session, target="other") == []


def test_what_was_not_there_before_is_none(session):
    entry(session, "add", after={"n": 1})
    (found,) = audit.find_all(session)
    assert (found.before, found.after) == (None, {"n": 1})
