"""When a source is asked next and why then, what hangs on it, and what of it is shown."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.errors import ConfigError
from monitor.domain.release import Release
from monitor.services.one_source import one_source
from monitor.services.overview.source_condition import condition_of
from monitor.services.overview.source_reach import reach_of
from monitor.services.overview.source_settings import settings_of
from monitor.services.overview.source_turns import turns_of
from monitor.services.secrets_of_sources import secrets_of, set_secret
from monitor.sources.registry import source_kinds
from monitor.storage import observations, snapshot
from monitor.storage.engine import open_database
from monitor.storage.runs import Run
from monitor.storage.secrets import SecretBox
from monitor.storage.sources import SourceState
from tests.factories import FUEL, a_reading, a_source, an_indicator, install_desk, standing

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # a Monday
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEEKLY = Release(cron="0 14 * * TUE", timezone="Africa/Bamako", grace_hours=4, name="Weekly update")


def told(state, *, is_asked=True, **values):
    source = a_source(**values)
    return turns_of(source, SourceState(source="feed", **state), is_asked=is_asked, now=NOW)


@pytest.mark.parametrize(
    "state,values,why",
    [
        ({"due_at": NOW, "is_cut": True}, {}, "It is cut off"),
        ({"due_at": NOW}, {"is_enabled": False}, "It is switched off"),
        ({"due_at": NOW}, {}, "It is due: the next worker that is free asks it."),
        ({"due_at": NOW, "lease_until": NOW + MINUTE}, {}, "A worker asks it at this moment."),
        ({}, {"interval_seconds": None}, "It has no schedule"),
        ({}, {"kind": "push"}, "Programs push to it"),
        ({"due_at": NOW + HOUR}, {}, "Its first turn by its schedule."),
        ({"due_at": NOW + HOUR, "last_run_at": NOW}, {}, "By its schedule."),
        ({"due_at": NOW + 10 * MINUTE, "last_run_at": NOW, "failures": 2}, {},
         "It failed 2 times in a row: it is tried again 10 min after a failure."),
        ({"due_at": NOW + 3 * HOUR, "last_run_at": NOW, "failures": 1}, {}, "asked to wait until then"),
        ({"due_at": NOW + 24 * HOUR, "last_run_at": NOW, "last_new_at": NOW},
         {"interval_seconds": None, "releases": (WEEKLY,)}, "That is when its release is expected."),
        ({"due_at": NOW + 10 * MINUTE, "last_run_at": NOW, "last_new_at": NOW - timedelta(days=20)},
         {"releases": (WEEKLY,)}, "Asked again and again until Weekly update has come."),
    ],
)  # fmt: skip
def test_it_is_said_why_one_is_asked_then(state, values, why):
    assert why in told(state, **values).why


def test_one_that_may_not_speak_or_is_entered_by_hand_has_no_next_turn():
    assert told({"due_at": NOW, "is_cut": True}).next_at is None
    assert told({"due_at": NOW}, is_asked=False).next_at is None
    assert "nobody asks it" in told({}, is_asked=False, kind="manual").why


def test_its_schedule_and_calendar_are_said_in_its_own_zone():
    found = told(
        {}, cron="30 6 * * MON-FRI", timezone="Africa/Lagos", interval_seconds=172_800, jitter_seconds=120,
        trailing_days=90, publication_lag_days=1, releases=(WEEKLY,),
    )  # fmt: skip
    assert found.schedule == (
        "every 2 d",
        "at 30 6 * * MON-FRI in Africa/Lagos",
        "up to 2 min later, so that not all ask at once",
        "the last 90 days again each time, for revisions",
        "values are usually known 1 day after a period’s end",
    )
    (release,) = found.releases
    assert (release.name, release.at) == ("Weekly update", datetime(2026, 11, 24, 14, tzinfo=UTC))
    assert release.late_at == release.at + 4 * HOUR


@pytest.mark.parametrize(
    "state,values,condition,sentence",
    [
        ({"is_cut": True, "failures": 3}, {}, "cut off", "until it is restored"),
        ({}, {"is_enabled": False}, "disabled", "switched off in its definition"),
        ({"failures": 2}, {}, "failing", "The server says 503. It failed 2 times in a row."),
        ({"due_at": NOW - 5 * HOUR, "last_run_at": NOW - 6 * HOUR}, {}, "late", "Its turn was at 09:00 UTC"),
        ({"due_at": NOW, "last_run_at": NOW, "last_new_at": NOW - timedelta(days=20)},
         {"releases": (WEEKLY,)}, "late", "Weekly update of Tue 17 Nov 14:00 UTC has not come"),
        ({"due_at": NOW}, {}, "not asked yet", ""),
        ({"due_at": NOW, "last_run_at": NOW}, {}, "fine", ""),
        ({}, {"kind": "push", "interval_seconds": None}, "fine", "Nothing was pushed to it yet."),
        ({}, {"kind": "manual", "interval_seconds": None}, "by hand", ""),
    ],
)  # fmt: skip
def test_how_one_does_is_a_word_and_a_sentence(state, values, condition, sentence):
    failed = Run(id=1, source="feed", started_at=NOW, outcome="error", message="the server says 503")
    state = SourceState(source="feed", **state)
    word, said = condition_of(a_source(**values), state, failed, now=NOW)
    assert word == condition
    assert sentence in said


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, indicators=(an_indicator(fresh_for_days=14, expires_after_days=60),))
        yield session
        session.rollback()
    database.dispose()


@pytest.mark.parametrize(
    "days_ago,state,sentence",
    [
        (10, "fresh", ""),
        (15, "stale", "1 series stale: Assimi Goïta is scored with less."),
        (70, "expired", "1 series expired: Assimi Goïta is scored with less."),
    ],
)
def test_what_is_stale_because_of_it_is_said_with_the_subjects(session, days_ago, state, sentence):
    value = a_reading(480.0, ends=NOW - timedelta(days=days_ago))
    observations.add(session, [value], source="feed", author="", note="", now=NOW)
    one = one_source(session, "feed", kinds={})
    reach = reach_of(snapshot.current(session), "feed", one.series, clocks={}, now=NOW)
    (fed,) = [each for each in reach.series if each.key == FUEL]
    assert (fed.state, fed.value) == (state, "480")
    assert reach.sentence == sentence
    (subject,) = reach.subjects
    assert subject.name == "Assimi Goïta"


def test_what_stands_at_a_moment_of_the_past_misses_nothing_that_is_stale_now(session):
    value = a_reading(480.0, ends=NOW - timedelta(days=70))
    observations.add(session, [value], source="feed", author="", note="", now=NOW)
    one = one_source(session, "feed", kinds={})
    clocks = {"goita": standing(NOW - timedelta(days=69))}
    reach = reach_of(snapshot.current(session), "feed", one.series, clocks=clocks, now=NOW)
    assert reach.sentence == "1 series expired; no live subject is scored with them."
    (subject,) = reach.subjects
    assert (subject.failing, subject.as_of) == (0, NOW - timedelta(days=69))


def test_secrets_are_told_by_name_and_where_they_are(session):
    box = SecretBox(["A" * 43 + "="])
    settings = {
        "token": {"secret": "kept"},
        "auth": {"user": {"secret": "given"}, "word": {"secret": "lost"}},
    }
    source = a_source(settings=settings)
    set_secret(session, "kept", "hush-hush", box=box, actor="ana", now=NOW)
    told = {
        each.name: each
        for each in secrets_of(session, source, given={"given": "A_FILE"}.get, box=box)
    }  # fmt: skip
    assert told["given"].where == "A_FILE"
    assert (told["kept"].where, told["kept"].set_by) == ("the database, sealed", "ana")
    assert "nowhere" in told["lost"].problem
    assert "hush-hush" not in str(told)
    (other,) = [
        each
        for each in secrets_of(session, source, given=lambda _: "", box=SecretBox(["B" * 43 + "="]))
        if each.name == "kept"
    ]
    assert "cannot be read with the keys" in other.problem


def test_a_file_of_a_secret_that_cannot_be_read_is_said(session):
    def given(name):
        message = f"cannot read the file {name}"
        raise ConfigError(message)

    source = a_source(settings={"token": {"secret": "t"}})
    (found,) = secrets_of(session, source, given=given, box=SecretBox(["A" * 43 + "="]))
    assert found.problem == "cannot read the file t"


def test_settings_are_said_with_their_meaning_and_no_secret():
    settings = {
        "url": "https://ana:hush@example.org/x?api_key=hush&day=1",
        "allow_http": True,
        "headers": {"X-Api-Key": "hush", "Accept": "text/csv"},
        "params": {"q": "fuel", "token": "hush"},
        "token": {"secret": "a-name"},
        "date": "day",
        "series": [{"series": FUEL, "where": {"unit": ["L", "KG"]}}, {"series": "b:c"}],
    }
    plain, *groups = settings_of(settings, source_kinds()["csv"])
    lines = {line.name: line for line in plain.lines}
    assert lines["url"].value == "https://•••@example.org/x?api_key=•••&day=1"
    assert lines["allow_http"].value == "yes"
    assert lines["token"].value == "the secret a-name"
    assert lines["date"].meaning == "The column of the date"
    assert [group.title for group in groups] == ["headers", "params", "series 1 of 2", "series 2 of 2"]
    assert [(line.name, line.value) for line in groups[2].lines] == [
        ("series", FUEL), ("where.unit", "L, KG"),
    ]  # fmt: skip
    assert "hush" not in str((plain, *groups))
