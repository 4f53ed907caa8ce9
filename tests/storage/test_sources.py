"""A source is claimed by one worker at a time, and not at all while it is cut off."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest

from monitor.domain.errors import NotFound
from monitor.storage import runs, sources
from monitor.storage.sources import SourceState
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
    taken = [sources.claim_due(session, now=NOW, pause=5 * MINUTE) for _ in range(3)]
    assert taken == ["a", "b", None]
    assert sources.state(session, "a").due_at == NOW + 5 * MINUTE


def test_a_source_cut_off_is_not_claimed(session):
    sources.add(session, "ucdp", due_at=NOW)
    sources.set_cut(session, "ucdp", is_cut=True)
    assert sources.cut_slugs(session) == {"ucdp"}
    assert sources.claim_due(session, now=NOW, pause=MINUTE) is None
    sources.set_cut(session, "ucdp", is_cut=False)
    assert sources.claim_due(session, now=NOW, pause=MINUTE) == "ucdp"


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
                slug = sources.claim_due(session, now=NOW, pause=MINUTE)
            if slug is None:
                return
            taken.append(slug)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == slugs


@dataclass(frozen=True, kw_only=True)
class Outcome:
    outcome: str = "ok"
    seen: int = 6
    new: int = 3
    revised: int = 2
    withdrawn: int = 1
    rejected: int = 0
    message: str = "fine"


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
        message="fine",
    )
    assert {slug: run.id for slug, run in runs.last(session, ["ucdp", "acled"]).items()} == {"ucdp": second}


def test_old_runs_that_gave_nothing_are_forgotten(session):
    for outcome in (Outcome(), Outcome(outcome="unchanged"), Outcome(outcome="error")):
        number = runs.start(session, "ucdp", started_at=NOW)
        runs.finish(session, number, outcome=outcome, now=NOW)
    runs.purge(session, before=NOW + MINUTE)
    assert {run.outcome for run in runs.recent(session, "ucdp")} == {"ok", "error"}
