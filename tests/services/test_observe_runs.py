"""Observe: what a run leaves behind, whatever its kind does; nothing is half stored, no secret is kept."""

import zlib
from datetime import timedelta

import httpx
import pytest

from monitor.domain.errors import Conflict, NotFound, Postponed, SourceError
from monitor.domain.harvest import Harvest, Rejected, Unchanged
from monitor.domain.incident import Coverage, Incident
from monitor.egress.attempts import Way
from monitor.egress.fetcher import PoliteFetchers
from monitor.egress.guard import EgressPolicy
from monitor.egress.politeness import Hosts
from monitor.services.observe import LEASE, observe, observe_next
from monitor.services.reparse_source import reparse_source
from monitor.storage import definitions, incidents, observations, raw_answers, runs, series, sources
from monitor.storage.engine import open_database
from tests.factories import FUEL, NOW, a_reading, a_source, install_desk
from tests.fakes import FakeSource, an_outside

URL, TOKEN = "https://data.example/values", "hunter2-hunter2"


class Values:
    """A kind that logs in and reads one number; `factor` is what a fix of it changes."""

    def __init__(self):
        self.factor, self.bookmarks = 1.0, []

    def problems(self, source):
        return ()

    def fetch(self, source, ask, fetcher):
        self.bookmarks.append(dict(ask.bookmark))
        login = fetcher.post(f"{URL}/login", secrets={"token": ask.secret("token")}, is_secret=True)
        assert b"access" in login.content
        answer = fetcher.get(URL, revalidate=True)
        if answer.content == b"boom":
            raise KeyError(f"no {ask.secret('token')} here")
        value = float(answer.content) * self.factor
        midnight = ask.now.replace(hour=0, minute=0, second=0, microsecond=0)
        return Harvest(readings=(a_reading(value, ends=midnight, known_at=ask.now),), bookmark={"at": value})


class Desk:
    """A desk with one source of the kind above, over a network that answers as told."""

    def __init__(self, database, monkeypatch):
        self.database, self.kind, self.body, self.got = database, Values(), b"5", []
        hosts = Hosts(sleep=lambda _: None)
        self.fetchers = PoliteFetchers(
            EgressPolicy(), way=Way(agent="heatwatch", hosts=hosts, sleep=lambda _: None)
        )
        transport = httpx.MockTransport(self.answer)
        monkeypatch.setattr(PoliteFetchers, "_transport", lambda *_, **__: transport)
        self.outside = an_outside({"fake": self.kind}, fetchers=self.fetchers, secrets={"ucdp": TOKEN})
        with database.write() as session:
            install_desk(session)
            self.define(session)

    def define(self, session, **settings):
        value = a_source(settings={"token": {"secret": "ucdp"}, **settings}, publication_lag_days=30.0)
        definitions.save(session, value, author="test", reason="", effective_at=NOW, now=NOW)

    def answer(self, request):
        self.got.append(request)
        if request.url.path.endswith("/login"):
            return httpx.Response(200, json={"access_token": "very-secret", "expires_in": 60})
        if request.headers.get("if-none-match") == self.body.decode():
            return httpx.Response(304)
        return httpx.Response(200, content=self.body, headers={"etag": self.body.decode()})

    def observe(self, **how):
        return observe(self.database, self.outside, "feed", **how)

    def read(self, function, *arguments):
        with self.database.read() as session:
            return function(session, *arguments)

    def value(self):
        """The value told last, which is the one in force."""
        return self.read(lambda session: series.columns(session, [FUEL])[FUEL].value.tolist())[-1]


@pytest.fixture
def desk(database_url, monkeypatch):
    database = open_database(database_url)
    yield Desk(database, monkeypatch)
    database.dispose()


def test_an_unchanged_resource_is_not_read_again_until_the_definition_changes(desk):
    assert [desk.observe().outcome for _ in range(2)] == ["ok", "unchanged"]
    assert desk.got[-1].headers["if-none-match"] == "5"
    assert desk.read(runs.recent, "feed")[0].message == "the source says that nothing changed"
    with desk.database.write() as session:
        desk.define(session, pause_seconds=0.1)
    desk.observe()
    assert "if-none-match" not in desk.got[-1].headers
    desk.observe(is_anew=True)
    assert "if-none-match" not in desk.got[-1].headers


def test_a_bookmark_is_kept_by_good_runs_only(desk):
    desk.observe()
    desk.body = b"no number"
    assert desk.observe().is_error
    desk.body = b"6"
    desk.observe()
    assert desk.kind.bookmarks == [{}, {"at": 5.0}, {"at": 5.0}]
    assert desk.read(sources.state, "feed").bookmark == {"at": 6.0}


def test_a_kind_that_breaks_is_an_error_run_and_gives_nothing_away(desk, capsys):
    desk.body = b"boom"
    outcome = desk.observe()
    assert outcome.is_error
    assert "fault of Heatwatch" in outcome.message
    assert "KeyError: 'no ••• here'" in outcome.message
    assert desk.read(sources.state, "feed").failures == 1
    told = capsys.readouterr()
    assert "a kind of source failed" in told.out + told.err
    assert TOKEN not in told.out + told.err + outcome.message


def test_a_harvest_that_cannot_be_stored_leaves_nothing_behind(database_url, monkeypatch):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session)
    monkeypatch.setattr(incidents, "cover", lambda *_, **__: 1 / 0)
    covered = Coverage(covers_from=NOW.date(), covers_until=NOW.date())
    kind = FakeSource(Harvest(readings=(a_reading(5.0),), covered=(covered,)))
    outcome = observe(database, an_outside({"fake": kind}), "feed")
    assert (outcome.outcome, outcome.new) == ("error", 0)
    assert "could not be stored, and nothing of it was (ZeroDivisionError" in outcome.message
    with database.read() as session:
        assert observations.history(session, FUEL) == []
        assert [run.outcome for run in runs.recent(session, "feed")] == ["error"]
    database.dispose()


def test_answers_are_kept_without_secrets_and_read_again_as_they_came(desk):
    desk.observe()
    run = desk.read(runs.recent, "feed")[0]
    login, answer = desk.read(raw_answers.of_run, run.id)
    assert zlib.decompress(login.body) == b'{"access_token":"withheld","expires_in":3600}'
    assert (zlib.decompress(answer.body), answer.url, answer.headers) == (b"5", URL, {"etag": "5"})
    desk.kind.factor, asked = 10.0, len(desk.got)
    dry = reparse_source(desk.database, desk.outside, "feed", is_dry=True)
    assert [(each.run_id, each.outcome.revised) for each in dry] == [(run.id, 1)]
    assert (desk.value(), len(desk.read(runs.recent, "feed"))) == (5.0, 1)
    done = reparse_source(desk.database, desk.outside, "feed")
    assert f"the answers of run {run.id} read again" in done[0].sentence
    assert (desk.value(), len(desk.got)) == (50.0, asked)
    newest = desk.read(observations.history, FUEL)[0]
    assert abs(newest.reading.known_at - run.started_at) < timedelta(seconds=1)
    assert reparse_source(desk.database, desk.outside, "feed")[0].outcome.outcome == "unchanged"


def test_reading_again_ends_with_what_was_said_last(desk):
    numbers = []
    for body in (b"5", b"6", b"7"):
        desk.body = body
        numbers.append(desk.observe().run_id)
    desk.kind.factor = 10.0
    again = reparse_source(desk.database, desk.outside, "feed", run_id=numbers[1])
    assert [each.run_id for each in again] == numbers[1:]
    assert desk.value() == 70.0


def test_only_what_is_kept_can_be_read_again(desk):
    with pytest.raises(NotFound, match="no answer of feed is kept"):
        reparse_source(desk.database, desk.outside, "feed")
    desk.observe()
    with pytest.raises(NotFound, match="no answer of run 99 of feed"):
        reparse_source(desk.database, desk.outside, "feed", run_id=99)


def test_a_request_that_a_fix_asks_otherwise_is_said_to_have_no_answer(desk, monkeypatch):
    desk.observe()
    monkeypatch.setattr("tests.services.test_observe_runs.URL", URL + "/v2")
    told = reparse_source(desk.database, desk.outside, "feed")[0].outcome
    assert told.is_error
    assert "no answer was kept" in told.message


@pytest.fixture
def database(database):
    with database.write() as session:
        install_desk(session)
    return database


def state_of(database):
    with database.read() as session:
        return sources.state(session, "feed")


def test_a_postponed_source_is_no_run_and_no_failure(database):
    kind = FakeSource(Postponed("its host is busy", retry_after_seconds=40.0))
    assert observe_next(database, an_outside({"fake": kind})).outcome == "postponed"
    state = state_of(database)
    assert (state.failures, state.lease_until, state.last_run_at) == (0, None, None)
    with database.read() as session:
        assert runs.recent(session, "feed") == []
        wait = state.due_at - database.now(session)
    assert timedelta(seconds=30) < wait <= timedelta(seconds=40)


def test_a_long_wait_that_is_asked_for_is_the_next_turn(database):
    kind = FakeSource(SourceError("wait", retry_after_seconds=7200.0))
    assert observe(database, an_outside({"fake": kind}), "feed").is_error
    state = state_of(database)
    assert state.due_at - state.last_run_at == timedelta(hours=2)


def test_a_source_that_is_being_asked_is_not_asked_by_hand_too(database):
    with database.write() as session:
        sources.claim(session, "feed", now=database.now(session), lease=LEASE)
    with pytest.raises(Conflict, match="being asked at this moment"):
        observe(database, an_outside({"fake": FakeSource()}), "feed")


def test_a_run_whose_worker_was_killed_is_said_to_have_stopped(database):
    with database.write() as session:
        runs.start(session, "feed", started_at=database.now(session))
    observe(database, an_outside({"fake": FakeSource()}), "feed")
    with database.read() as session:
        told = [(run.outcome, run.message) for run in runs.recent(session, "feed")]
    assert told == [("empty", ""), ("error", runs.STOPPED)]


def an_incident(number, **values):
    return Incident(**{
        "source": "feed", "external_id": f"e{number}", "happened_on": NOW.date(), "country": "MLI",
        "kind": "battle", "killed": 1, **values,
    })  # fmt: skip


def test_incidents_are_kept_revised_withdrawn_and_counted_with_what_is_covered(database):
    covered = Coverage(covers_from=NOW.date(), covers_until=NOW.date(), country="MLI")
    first = Harvest(incidents=(an_incident(1), an_incident(2)), covered=(covered,))
    second = Harvest(incidents=(an_incident(1, killed=9), an_incident(3)), withdrawn=("e2", "unknown"))
    outside = an_outside({"fake": FakeSource(first, second)})
    assert observe(database, outside, "feed").counts["new"] == 2
    counts = observe(database, outside, "feed").counts
    assert {name: counts[name] for name in ("seen", "new", "revised", "withdrawn")} == {
        "seen": 4, "new": 1, "revised": 1, "withdrawn": 1,
    }  # fmt: skip
    with database.read() as session:
        assert sorted(incidents.of_source(session, "feed")) == ["e1", "e3"]
        assert [each.country for each in incidents.coverage(session, "feed")] == ["MLI"]


def test_what_is_rejected_is_sampled_one_of_each_reason_first(database):
    many = [Rejected(where=f"line {number}", text="x" * 999, reason="no number") for number in range(50)]
    other = Rejected(where="line 99", text="y", reason="no date")
    ungraded = a_reading(5.0, grade="Z9")
    harvest = Harvest(readings=(a_reading(480.0), ungraded), rejected=(*many, other))
    outcome = observe(database, an_outside({"fake": FakeSource(harvest)}), "feed")
    assert (outcome.outcome, outcome.new, outcome.rejected, outcome.seen) == ("ok", 1, 52, 53)
    assert "for instance line 0: no number" in outcome.message
    with database.read() as session:
        samples = runs.recent(session, "feed")[0].samples
    assert [each["where"] for each in samples[:2]] == ["line 0", "line 99"]
    assert (len(samples), len(samples[0]["text"])) == (20, 200)
    assert "expected a letter A to F" in samples[2]["reason"]


def test_an_answer_of_which_nothing_can_be_used_is_an_error(database):
    harvest = Harvest(rejected=(Rejected(where="line 2", text="x", reason="no number"),))
    outcome = observe(database, an_outside({"fake": FakeSource(harvest)}), "feed")
    assert outcome.is_error
    assert outcome.message.startswith("none of the 1 rows could be used")


@pytest.mark.parametrize(
    "harvest,word", [(Harvest(is_late=True, note="no table for May"), "late"), (Unchanged(), "unchanged")]
)
def test_a_source_that_is_late_or_the_same_is_no_failure(database, harvest, word):
    outcome = observe(database, an_outside({"fake": FakeSource(harvest)}), "feed")
    assert outcome.outcome == word
    assert state_of(database).failures == 0
    assert state_of(database).last_ok_at is not None
