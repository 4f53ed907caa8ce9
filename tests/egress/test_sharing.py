"""What is not asked twice: only what changed, shared answers, and a pace between requests."""

import hashlib
import threading

import httpx
import pytest

from monitor.domain.fetched import Validator
from monitor.domain.harvest import Pace, Unchanged
from monitor.domain.mask import Mask
from monitor.egress.fetcher import PoliteFetchers
from monitor.egress.guard import EgressPolicy
from tests.egress.world import URL, World, ok
from tests.factories import a_source


def known_of(world, content=b"a,b", **headers):
    world.answers = [ok(content, **headers)]
    run = world.run()
    run.get(URL, revalidate=True)
    return run.validators


def test_only_what_changed_since_is_asked_for():
    world = World(ok())
    known = known_of(world, etag='"v1"', **{"last-modified": "Mon, 23 Nov 2026 10:00:00 GMT"})
    world.answers = [httpx.Response(304)]
    run = world.run(known=known)
    with pytest.raises(Unchanged):
        run.get(URL, revalidate=True)
    assert world.got[-1].headers["if-none-match"] == '"v1"'
    assert world.got[-1].headers["if-modified-since"] == "Mon, 23 Nov 2026 10:00:00 GMT"
    assert run.validators == known


def test_the_same_bytes_are_unchanged_and_others_are_not():
    world = World(ok())
    known = known_of(world)
    assert list(known.values()) == [Validator(digest=hashlib.sha256(b"a,b").hexdigest())]
    with pytest.raises(Unchanged):
        world.run(known=known).get(URL, revalidate=True)
    world.answers = [ok(b"a,c")]
    assert world.run(known=known).get(URL, revalidate=True).content == b"a,c"


def test_another_resource_is_asked_for_whole():
    world = World(ok())
    known = known_of(world, etag='"v1"')
    world.run(known=known).get(URL, params={"page": "2"}, revalidate=True)
    assert "if-none-match" not in world.got[-1].headers


def test_nothing_changed_is_no_answer_to_a_question_that_was_not_asked():
    assert "it was not asked that" in str(World(httpx.Response(304)).told())


def test_a_resource_is_read_once_in_a_run_and_by_sources_that_are_due_together():
    world = World(ok(), ok(b"later"))
    first = world.run("one")
    assert {first.get(URL).content for _ in range(3)} == {b"a,b"}
    assert world.run("two").get(URL).content == b"a,b"
    assert len(world.got) == 1
    assert world.run("one").get(URL).content == b"later"
    assert world.run("three").get(URL, headers={"accept": "text/csv"}).content == b"later"
    assert len(world.got) == 3


def test_sources_with_other_secrets_do_not_share():
    world = World(ok())
    for secret in ("hunter2-1", "hunter2-2"):
        world.run(secret).get(URL, secret_headers={"x-token": secret})
    assert len(world.got) == 2


def test_those_who_ask_meanwhile_wait_for_the_one_answer():
    entered, release, found = threading.Event(), threading.Event(), []

    def slow(_):
        entered.set()
        release.wait(10)
        return ok()

    world = World(slow)
    threads = [
        threading.Thread(target=lambda name=name: found.append(world.run(name).get(URL).content))
        for name in ("one", "two", "three")
    ]
    threads[0].start()
    entered.wait(10)
    for thread in threads[1:]:
        thread.start()
    release.set()
    for thread in threads:
        thread.join(10)
    assert (found, len(world.got)) == ([b"a,b"] * 3, 1)


def test_a_run_waits_between_its_pages_and_another_source_is_postponed():
    world, slow = World(ok()), Pace(pause_seconds=5.0, at_once=1)
    run = world.run("one", pace=slow)
    for page in ("1", "2", "3"):
        run.get(URL, params={"page": page})
    assert world.clock.slept == [5.0, 5.0]
    waits = [
        world.told(lambda run: run.get(URL, params={"page": "9"}), source=name, pace=slow).retry_after_seconds
        for name in ("two", "three")
    ]
    assert waits == [pytest.approx(10.0), pytest.approx(15.0)] or waits[1] - waits[0] == pytest.approx(5.0)
    assert len(world.got) == 3


def test_a_pace_is_the_sources_own_then_the_kinds():
    fetchers = PoliteFetchers(EgressPolicy())
    kind = Pace(pause_seconds=5.0, at_once=1, tries=1)
    settings = {"pause_seconds": 9, "at_once": 2}
    assert fetchers.fetcher(a_source(), mask=Mask(), pace=kind).pace == kind
    own = fetchers.fetcher(a_source(settings=settings), mask=Mask(), pace=kind).pace
    assert own == Pace(pause_seconds=9.0, at_once=2, tries=1)
