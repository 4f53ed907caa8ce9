"""A source is claimed by one worker at a time, and not at all while it is cut off."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest

from monitor.domain.errors import NotFound
from monitor.storage import runs, sources
from monitor.storage.due import due
from monitor.storage.sources import Claim, SourceState
from tests.storage.values import NOW

MINUTE = timedelta(minutes=1)


def test_a_source_has_a_state_from_the_day_it_is_added(session):
    sources.add(session, "ucdp", due_at=NOW)
    sources.add(session, "ucdp", due_at=None)
    assert sources.state(session, "ucdp") == SourceState(source="ucdp", due_at=NOW)
    with pytest.raises(NotFound, match="there is no source acled"):
        sources.state(session, "acled")


def test_what_is_due_longest_is_claimed_first_and_rests(session):
    sources.add(session, "b", due_at=NOW)
    sources.add(session, "a", due_at=NOW - MINUTE)
    sources.add(session, "never", due_at=None)
    taken = [sources.claim_due(session, now=NOW, lease=5 * MINUTE) for _ in range(3)]
    assert taken == [Claim(source="a", token=1), Claim(source="b", token=1), None]
    assert sources.state(session, "a").lease_until == NOW + 5 * MINUTE
    assert not due(session, now=NOW).sources


def test_a_source_whose_worker_was_killed_is_taken_after_its_lease_and_what_the_old_one_says_is_void(session):
    sources.add(session, "ucdp", due_at=NOW)
    old = sources.claim_due(session, now=NOW, lease=MINUTE)
    sources.mark_due(session, "ucdp", now=NOW)
    for claim in (sources.claim_due, lambda session, **when: sources.claim(session, "ucdp", **when)):
        assert claim(session, now=NOW + MINUTE / 2, lease=MINUTE) is None
    assert due(session, now=NOW + MINUTE).sources
    new = sources.claim_due(session, now=NOW + MINUTE, lease=MINUTE)
    assert new.token == old.token + 1
    assert not sources.renew(session, old, until=NOW + 9 * MINUTE)
    assert not sources.release(session, old, due_at=None)
    assert not sources.finish(session, "ucdp", now=NOW, due_at=NOW, failures=0, claim=old)
    before = sources.state(session, "ucdp")
    assert (before.lease_until, before.last_run_at) == (NOW + 2 * MINUTE, None)
    assert sources.renew(session, new, until=NOW + 9 * MINUTE)
    assert sources.finish(
        session, "ucdp", now=NOW, due_at=NOW + MINUTE, failures=0, claim=new, bookmark={"page": 3}
    )
    after = sources.state(session, "ucdp")
    assert (after.lease_until, after.last_ok_at, after.bookmark) == (None, NOW, {"page": 3})


def test_a_source_given_back_is_due_when_that_was_said(session):
    sources.add(session, "ucdp", due_at=NOW)
    claim = sources.claim(session, "ucdp", now=NOW, lease=MINUTE)
    assert sources.release(session, claim, due_at=NOW + 2 * MINUTE)
    assert sources.claim_due(session, now=NOW + MINUTE, lease=MINUTE) is None
    assert sources.claim_due(session, now=NOW + 2 * MINUTE, lease=MINUTE) == Claim(source="ucdp", token=2)


def test_a_source_cut_off_is_not_claimed(session):
    sources.add(session, "ucdp", due_at=NOW)
    sources.set_cut(session, "ucdp", is_cut=True)
    assert sources.cut_slugs(session) == {"ucdp"}
    assert sources.claim_due(session, now=NOW, lease=MINUTE) is None
    sources.set_cut(session, "ucdp", is_cut=False)
    assert sources.claim_due(session, now=NOW, lease=MINUTE).source == "ucdp"


def test_a_good_run_and_a_bad_one_are_told_apart(session):
    sources.add(session, "ucdp", due_at=NOW)
    sources.finish(session, "ucdp", now=NOW, due_at=NOW + MINUTE, failures=0)
    sources.finish(session, "ucdp", now=NOW + MINUTE, due_at=NOW + 2 * MINUTE, failures=1)
    assert sources.states(session) == {
        "ucdp": SourceState(
            source="ucdp",
            due_at=NOW + 2 * MINUTE,
            last_ok_at=NOW,
            last_run_at=NOW + MINUTE,
            failures=1,
        )
    }
    sources.mark_due(session, "ucdp", now=NOW)
    assert sources.states(session, ["ucdp"])["ucdp"].due_at == NOW


def test_each_source_is_claimed_by_one_of_eight_workers(database):
    slugs = [f"source-{number:02}" for number in range(40)]
    with database.write() as session:
        for slug in slugs:
            sources.add(session, slug, due_at=NOW)
    taken = []

    def work():
        while True:
            with database.write() as session:
                claim = sources.claim_due(session, now=NOW, lease=MINUTE)
            if claim is None:
                return
            taken.append(claim.source)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == slugs


@dataclass(frozen=True, kw_only=True)
class Outcome:
    outcome: str = "ok"
    message: str = "fine"
    samples: tuple = ({"where": "line 3", "text": "x", "reason": "no number"},)

    @property
    def counts(self):
        return {"seen": 6, "new": 3, "revised": 2, "withdrawn": 1, "quarantined": 4}


def test_runs_keep_what_came_of_them(session):
    first = runs.start(session, "ucdp", started_at=NOW)
    assert runs.recent(session, "ucdp")[0].ended_at is None
    runs.finish(session, first, outcome=Outcome(), now=NOW + MINUTE)
    second = runs.start(session, "ucdp", started_at=NOW + 5 * MINUTE)
    assert [run.id for run in runs.recent(session, "ucdp")] == [second, first]
    assert runs.recent(session, "ucdp")[1] == runs.Run(
        id=first,
        source="ucdp",
        started_at=NOW,
        ended_at=NOW + MINUTE,
        outcome="ok",
        seen=6,
        new=3,
        revised=2,
        withdrawn=1,
        quarantined=4,
        message="fine",
        samples=[{"where": "line 3", "text": "x", "reason": "no number"}],
    )
    assert runs.one(session, first).seconds == 60.0
    with pytest.raises(NotFound, match="no run 99"):
        runs.one(session, 99)
    assert {slug: run.id for slug, run in runs.last(session, ["ucdp", "acled"]).items()} == {"ucdp": second}


def test_a_run_that_never_ended_is_said_to_have_stopped(session):
    number = runs.start(session, "ucdp", started_at=NOW, asked={"since": None})
    assert (runs.one(session, number).seconds, runs.one(session, number).asked) == (None, {"since": None})
    runs.end_stopped(session, "ucdp", now=NOW + MINUTE)
    assert (runs.one(session, number).outcome, runs.one(session, number).message) == ("error", runs.STOPPED)


def test_old_runs_that_gave_nothing_are_forgotten(session):
    for outcome in (Outcome(), Outcome(outcome="unchanged"), Outcome(outcome="error")):
        number = runs.start(session, "ucdp", started_at=NOW)
        runs.finish(session, number, outcome=outcome, now=NOW)
    runs.purge(session, before=NOW + MINUTE)
    assert {run.outcome for run in runs.recent(session, "ucdp")} == {"ok", "error"}
