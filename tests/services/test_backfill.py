"""Backfill: a history comes stretch by stretch, goes on where it was killed, and doubles nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.domain.backfill import MOST_TRIES, BackfillState
from monitor.domain.errors import Conflict, InvalidInput, Postponed, SourceError
from monitor.domain.harvest import Harvest, Window
from monitor.domain.incident import Coverage, Incident
from monitor.services.backfill import backfill_next
from monitor.services.backfill_list import backfill_list
from monitor.services.observe import observe_next
from monitor.services.start_backfill import cancel_backfill, start_backfill
from monitor.storage import audit, backfills, definitions, incidents, observations, runs, sources
from monitor.storage.rows.backfills import BackfillRow
from monitor.storage.rows.desk import SourceStateRow
from tests.factories import FUEL, NOW, a_reading, a_source, install_desk
from tests.fakes import FakeSource, an_outside, silent

DAY = timedelta(days=1)
SINCE, UNTIL = date(2025, 7, 1), date(2025, 10, 28)
# Stretches of 40 days, with the whole of the months that they would cut.
WINDOWS = [
    Window(first=date(2025, 9, 1), last=date(2025, 10, 28)),
    Window(first=date(2025, 8, 1), last=date(2025, 9, 18)),
    Window(first=date(2025, 7, 1), last=date(2025, 8, 9)),
]


class Killed(BaseException):
    """What a worker meets that is killed: nothing handles it."""


class DailySource(FakeSource):
    """Says of each day it is asked for which of the history it is; first what is queued for it."""

    def fetch(self, source, ask, fetcher):
        if self.answers:
            return super().fetch(source, ask, fetcher)
        self.asked.append((source.slug, ask))
        return Harvest(readings=tuple(readings_of(ask)), bookmark={"page": 7})


def readings_of(ask, *, factor=1.0):
    day = ask.window.first
    while day <= ask.window.last:
        ends = datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY
        yield a_reading(((day - SINCE).days + 1) * factor, ends=ends, days=1, known_at=ask.now)
        day += DAY


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
        source = a_source(publication_lag_days=3.0)
        definitions.save(session, source, author="test", reason="", effective_at=NOW, now=NOW)
        sources.finish(session, "feed", now=NOW, due_at=None, failures=0, bookmark={"page": 1})
    return database


def start(database, **values):
    asked = {"since": SINCE, "until": UNTIL, "step_days": 40, "kinds": {"fake"}, "actor": "ana", **values}
    with database.write() as session:
        return start_backfill(session, "feed", now=database.now(session), **asked)


def go(database, kind, *, most=20):
    outside = an_outside({"fake": kind})
    return [
        outcome.outcome
        for outcome in iter(lambda: backfill_next(database, outside), None)
        if (most := most - 1) >= 0
    ]


def lines(database):
    with database.read() as session:
        return backfill_list(session, source="feed")


def stored(database):
    with database.read() as session:
        return [each.reading for each in observations.history(session, FUEL)]


def wait_over(database):
    """What waits is due, and the lease of a killed worker has run out."""
    with database.write() as session:
        session.execute(update(BackfillRow).values(due_at=NOW))
        session.execute(update(SourceStateRow).values(lease_until=None))


def test_a_history_comes_newest_first_and_is_known_when_it_came_out(database):
    start(database)
    kind = DailySource()
    assert go(database, kind) == ["ok", "ok", "ok"]
    assert [ask.window for _, ask in kind.asked] == WINDOWS
    assert {ask.since for _, ask in kind.asked} == {None}
    assert [reading.value for reading in stored(database)] == list(range(120, 0, -1))
    assert {reading.known_at - reading.period_end for reading in stored(database)} == {3 * DAY}
    assert all(reading.is_reconstructed for reading in stored(database))
    (line,) = lines(database)
    assert (line.state, line.percent_done, line.counts["new"]) == ("done", 100.0, 120)
    assert line.sentence == "feed, 2025-07-01 to 2025-10-28: done, 147 seen, 120 new, 0 revised"


def test_the_turn_and_the_bookmark_of_live_runs_stay_as_they_were(database):
    start(database)
    go(database, DailySource())
    with database.read() as session:
        state = sources.state(session, "feed")
        found = runs.recent(session, "feed")
    assert (state.due_at, state.last_run_at, state.bookmark) == (None, NOW, {"page": 1})
    assert state.lease_until is None
    assert [run.asked["window"] for run in found] == [
        [each.first.isoformat(), each.last.isoformat()] for each in reversed(WINDOWS)
    ]


def test_a_worker_killed_in_a_stretch_leaves_it_to_the_next_and_doubles_nothing(database):
    start(database)
    kind = DailySource()
    backfill_next(database, an_outside({"fake": kind}))
    kind.answers = [Killed]
    with pytest.raises(Killed):
        backfill_next(database, an_outside({"fake": kind}))
    (line,) = lines(database)
    assert (line.state, line.reached, line.stretches_left) == ("running", date(2025, 9, 19), 2)
    assert backfill_next(database, an_outside({"fake": kind})) is None
    wait_over(database)
    kind.asked.clear()
    assert go(database, kind) == ["ok", "ok"]
    assert [ask.window for _, ask in kind.asked] == WINDOWS[1:]
    assert [reading.value for reading in stored(database)] == list(range(120, 0, -1))
    assert lines(database)[0].counts["new"] == 120


def test_a_worker_killed_while_it_stores_stores_nothing_of_the_stretch(database, monkeypatch):
    start(database)
    with monkeypatch.context() as patch:
        patch.setattr(backfills, "advance", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            backfill_next(database, an_outside({"fake": DailySource()}))
    assert stored(database) == []
    wait_over(database)
    assert go(database, DailySource()) == ["ok", "ok", "ok"]
    assert lines(database)[0].counts["new"] == 120


def test_asking_again_for_what_is_there_adds_nothing_and_what_differs_is_news(database):
    start(database)
    go(database, DailySource())
    start(database)
    assert go(database, DailySource()) == ["unchanged"] * 3

    def revised(source, ask, fetcher):
        return Harvest(readings=tuple(readings_of(ask, factor=1.1)))

    start(database, since=UNTIL, until=UNTIL)
    kind = DailySource()
    kind.fetch = revised
    assert go(database, kind) == ["ok"]
    newest = [reading for reading in stored(database) if reading.period_start.date() == UNTIL]
    assert [reading.is_reconstructed for reading in newest] == [False, True]
    assert newest[0].known_at > newest[1].known_at


def test_incidents_and_what_is_covered_come_as_history(database):
    def told(source, ask, fetcher):
        day = ask.window.first
        happened = Incident(
            source="feed", external_id=str(day), happened_on=day, country="MLI", kind="attack"
        )
        covered = Coverage(covers_from=day, covers_until=ask.window.last, country="MLI")
        return Harvest(incidents=(happened,), covered=(covered,))

    start(database)
    kind = DailySource()
    kind.fetch = told
    go(database, kind)
    with database.read() as session:
        assert set(incidents.of_source(session, "feed")) == {str(each.first) for each in WINDOWS}
        assert {each.lag_days for each in incidents.coverage(session, "feed")} == {3.0}
        log = incidents.logs(session, ["feed"])["feed"]
    assert {round((known - day) / 86_400) for known, day in zip(log.known_at, log.day, strict=True)} == {4}
    assert lines(database)[0].counts["new"] == 3


def test_a_failure_is_tried_again_later_and_then_stops_with_a_sentence(database):
    start(database)
    kind = DailySource(*[silent("the server says 503")] * MOST_TRIES)
    for tries in range(1, MOST_TRIES):
        assert go(database, kind) == ["error"]
        (line,) = lines(database)
        assert (line.state, line.tries, line.message) == ("running", tries, "the server says 503")
        wait_over(database)
    assert go(database, kind) == ["error"]
    (line,) = lines(database)
    assert line.state == "failed"
    assert line.message == (
        "stopped at 2025-09-19 to 2025-10-28, 6 times in a row: the server says 503. To go on from there: "
        "heatwatch source backfill feed --since 2025-07-01 --until 2025-10-28 --step-days 40"
    )
    assert backfill_next(database, an_outside({"fake": kind})) is None


def test_the_wait_grows_and_is_as_long_as_the_other_side_asks(database):
    start(database)
    kind = DailySource(silent(), SourceError("busy", retry_after_seconds=7200.0))
    waits = []
    for _ in range(2):
        go(database, kind)
        (line,) = lines(database)
        with database.read() as session:
            waits.append(line.due_at - runs.recent(session, "feed")[0].ended_at)
        wait_over(database)
    assert waits == [5 * DAY / 1440, 120 * DAY / 1440]


def test_what_will_not_pass_stops_it_at_once(database):
    start(database)
    go(database, DailySource(SourceError("there is no such column", permanent=True)))
    (line,) = lines(database)
    assert (line.state, line.tries) == ("failed", 0)
    assert line.message.startswith("stopped at 2025-09-19 to 2025-10-28: there is no such column.")


def test_a_host_that_is_busy_is_no_failure(database):
    start(database)
    assert go(database, DailySource(Postponed("busy", retry_after_seconds=9.0))) == ["postponed"]
    (line,) = lines(database)
    assert (line.state, line.tries, line.message) == ("running", 0, "")
    with database.read() as session:
        assert runs.recent(session, "feed") == []


def test_live_runs_go_on_between_stretches(database):
    start(database)
    kind = DailySource([], [])
    outside = an_outside({"fake": kind})
    assert backfill_next(database, outside).outcome == "empty"
    with database.write() as session:
        sources.mark_due(session, "feed", now=database.now(session))
    assert backfill_next(database, outside) is None
    assert observe_next(database, outside).outcome == "empty"
    assert backfill_next(database, outside).outcome == "ok"


def test_a_backfill_waits_while_its_source_is_asked_or_cut_off(database):
    start(database)
    with database.write() as session:
        claim = sources.claim(session, "feed", now=database.now(session), lease=DAY)
    assert go(database, DailySource()) == []
    with database.write() as session:
        sources.free(session, claim)
        sources.set_cut(session, "feed", is_cut=True)
    assert go(database, DailySource()) == []
    with database.write() as session:
        sources.set_cut(session, "feed", is_cut=False)
    assert len(go(database, DailySource())) == 3


def test_a_source_switched_off_ends_its_backfill(database):
    start(database)
    with database.write() as session:
        off = a_source(is_enabled=False)
        definitions.save(session, off, author="test", reason="", effective_at=NOW, now=NOW)
    assert go(database, DailySource()) == []
    assert lines(database)[0].message == "it was switched off in its definition"


def test_one_cancelled_in_the_middle_keeps_what_is_there_and_no_more(database):
    number = start(database).id
    kind = DailySource()
    backfill_next(database, an_outside({"fake": kind}))

    def cancelling(source, ask, fetcher):
        with database.write() as session:
            cancel_backfill(session, number, actor="bo", reason="enough", now=database.now(session))
        return Harvest(readings=tuple(readings_of(ask)))

    kind.fetch = cancelling
    assert go(database, kind) == ["cut"]
    (line,) = lines(database)
    assert (line.state, line.reached, len(stored(database))) == ("cancelled", date(2025, 9, 19), 58)
    with database.read() as session:
        assert [entry.action for entry in audit.find_all(session, target="feed")] == [
            "source.backfill_cancel", "source.backfill",
        ]  # fmt: skip
        assert len(runs.recent(session, "feed")) == 1
        assert sources.state(session, "feed").lease_until is None
    with database.write() as session, pytest.raises(Conflict, match="is cancelled already"):
        cancel_backfill(session, number, actor="bo", reason="", now=NOW)


def test_a_source_has_one_backfill_at_a_time(database):
    number = start(database).id
    with pytest.raises(Conflict, match=f"backfill {number} of feed is running"):
        start(database)


@pytest.mark.parametrize(
    "values,field",
    [
        ({"since": date(2025, 11, 1)}, "since"),
        ({"since": date(1700, 1, 1)}, "since"),
        ({"until": date(2999, 1, 1)}, "until"),
        ({"step_days": 0}, "step_days"),
    ],
)
def test_days_that_cannot_be_are_named(database, values, field):
    with pytest.raises(InvalidInput) as raised:
        start(database, **values)
    assert raised.value.field == field


def test_without_a_last_day_it_is_today(database):
    found = start(database, until=None)
    assert (found.until, found.state) == (found.requested_at.date(), BackfillState.RUNNING)
