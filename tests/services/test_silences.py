"""Silences on a person's word: added, previewed, ended, and expired with what they were for."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.scale import Concern
from monitor.services.add_silence import add_silence
from monitor.services.assess import assess
from monitor.services.end_silence import SYSTEM, end_silence
from monitor.services.find_silences import find_silences
from monitor.services.preview_silence import preview_silence
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import audit, observations, silences
from monitor.storage.engine import open_database
from tests.factories import DEATHS, NOW, a_placement, a_reading, a_rule, install_desk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEATHS_RULE = a_rule("deaths-high", series=DEATHS, keep_firing_seconds=0.0)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(
            session, rules=(a_rule(keep_firing_seconds=0.0, labels={"team": "supply"}), DEATHS_RULE),
            placements=(a_placement(), a_placement(DEATHS, driver="security")),
        )  # fmt: skip
        yield session
    database.dispose()


def feel(session, *, fuel=100.0, deaths=100.0, now=NOW):
    """Observe both series, assess and raise."""
    readings = [a_reading(fuel, ends=now, days=1), a_reading(deaths, ends=now, days=1, series=DEATHS)]
    observations.add(session, readings, source="feed", author="", note="", now=now)
    assess(session, "goita", slot=None, now=now, claimed_at=now)
    return raise_alerts(session, "goita", slot=None, now=now)


def a_silence(*matchers, **values):
    return Silence(**{
        "matchers": parse_matchers(matchers or ["subject=goita"]), "author": "ana", "comment": "known",
        "starts_at": NOW, "ends_at": NOW + 8 * HOUR, **values,
    })  # fmt: skip


def add(session, *matchers, **values):
    return add_silence(session, a_silence(*matchers, **values), now=NOW)


def test_adding_is_audited_by_its_author(session):
    added = add(session, "subject=goita", "team=~sup.*")
    entry = audit.find_all(session, target=f"silence:{added.id}")[0]
    assert (entry.actor, entry.action, entry.reason) == ("ana", "silence.add", "known")
    assert entry.after["matchers"] == ["subject=goita", "team=~sup.*"]


@pytest.mark.parametrize(
    "window",
    [
        {"starts_at": NOW - DAY, "ends_at": NOW},
        {"starts_at": NOW + DAY, "ends_at": NOW + DAY},
    ],
)
def test_a_silence_must_end_in_the_future_after_it_starts(session, window):
    with pytest.raises(InvalidInput) as caught:
        add(session, **window)
    assert caught.value.field == "ends_at"


def test_ending_is_audited_by_who_did_it(session):
    added = add(session)
    assert end_silence(session, added.id, actor="ben", now=NOW + HOUR, reason="over").ends_at == NOW + HOUR
    entry = audit.find_all(session, target=added.name)[0]
    assert (entry.actor, entry.action, entry.reason) == ("ben", "silence.end", "over")
    assert entry.before["ends_at"] != entry.after["ends_at"]


def test_ending_twice_is_a_conflict_and_ending_nothing_is_not_found(session):
    added = add(session)
    end_silence(session, added.id, actor="ben", now=NOW)
    with pytest.raises(Conflict):
        end_silence(session, added.id, actor="ben", now=NOW)
    with pytest.raises(NotFound):
        end_silence(session, added.id + 1, actor="ben", now=NOW)


def test_those_that_are_over_are_listed_only_if_asked_for(session):
    over, current = add(session, ends_at=NOW + HOUR), add(session)
    later = NOW + 2 * HOUR
    assert find_silences(session, now=later) == [current]
    assert find_silences(session, now=later, with_expired=True) == [current, over]


def test_the_preview_names_what_would_be_muted(session):
    feel(session, fuel=350.0, deaths=350.0)
    found = preview_silence(session, a_silence("alertname=fuel-high"))
    assert [alert.rule for alert in found.muted] == ["fuel-high"]
    assert (found.open_count, found.warnings) == (2, ())


def test_the_preview_stores_nothing(session):
    preview_silence(session, a_silence())
    assert silences.find_all(session) == []


def test_case_23_the_preview_warns_of_more_than_half(session):
    feel(session, fuel=350.0, deaths=350.0)
    found = preview_silence(session, a_silence("subject=goita"))
    assert found.warnings == ("it would mute 2 of 2 open alerts, more than half",)


def test_case_23_the_preview_warns_of_anything_critical(session):
    feel(session, fuel=500.0, deaths=350.0)
    found = preview_silence(session, a_silence("alertname=fuel-high"))
    assert found.muted[0].concern is Concern.CRITICAL
    assert found.warnings == ("it would mute 1 critical: fuel-high",)


def test_the_preview_of_a_calm_desk_has_nothing_to_say(session):
    found = preview_silence(session, a_silence())
    assert (found.muted, found.open_count, found.warnings) == ((), 0, ())


def test_one_that_expires_on_resolve_ends_with_the_last_alert_that_it_matches(session):
    added = add(session, "subject=goita", expire_on_resolve=True, ends_at=NOW + 9 * DAY)
    feel(session, fuel=350.0, deaths=350.0)
    feel(session, fuel=350.0, now=NOW + DAY)
    assert silences.get(session, added.id).is_active(NOW + DAY)
    feel(session, now=NOW + 2 * DAY)
    assert silences.get(session, added.id).ends_at == NOW + 2 * DAY
    assert audit.find_all(session, target=added.name)[0].actor == SYSTEM


def test_one_that_expires_on_resolve_waits_for_what_it_matches(session):
    added = add(session, "alertname=deaths-high", expire_on_resolve=True, ends_at=NOW + 9 * DAY)
    feel(session, fuel=350.0)
    feel(session, now=NOW + DAY)
    assert silences.get(session, added.id).ends_at == NOW + 9 * DAY


def test_others_outlast_a_resolve(session):
    added = add(session, ends_at=NOW + 9 * DAY)
    feel(session, fuel=350.0)
    feel(session, now=NOW + DAY)
    assert silences.get(session, added.id) == added
