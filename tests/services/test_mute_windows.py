"""Mute windows: what a route leads to is held while a window it names is open, and told once afterwards."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.alerting.window_text import parse_windows
from monitor.services.arrange import arrange, take_back
from monitor.services.deliver import DeliverResult
from monitor.services.suppress import load_suppressor
from monitor.storage import definitions
from monitor.storage.notifications import Told
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import Keeps, end_episode, reasons, run

HOUR = timedelta(hours=1)
F, UP, RESOLVED = EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED


@pytest.fixture
def database(database):
    night = Route(slug="night", channels=("hook",), mute_windows=("lunch", "gone"), continues=True)
    routing = Routing(route=Route(slug="default", channels=("hook",), routes=(night, Route(slug="always"))))
    with database.write() as session:
        add_channel(session)
        add_channel(session, "desk")
        keep = {"author": "ana", "reason": "x", "effective_at": NOW, "now": NOW}
        definitions.save(session, routing, **keep)
        mute(session, "11:00-14:00", now=NOW)
    return database


def mute(session, text, *, zone="UTC", now):
    window = MuteWindow(slug="lunch", windows=parse_windows(text, zone=zone))
    arrange(session, window, by="ana", reason="", now=now)


def happen(database, number=1, kind=F, *, at=NOW, route="night", channel="hook"):
    with database.write() as session:
        raise_event(session, number, kind, at=at, due_at=at, told=Told(route=route), channels=(channel,))
        if kind is RESOLVED:
            end_episode(session, at=at)


def test_what_a_muted_route_leads_to_is_held_and_told_once_when_the_window_closes(database):
    kind = Keeps()
    happen(database)
    happen(database, 2, UP)
    assert run(database, kind) == DeliverResult(held=2)
    assert reasons(database) == ["mute_window:lunch"] * 2
    assert run(database, kind, now=NOW + 2 * HOUR - timedelta(seconds=1)) == DeliverResult()
    assert run(database, kind, now=NOW + 2 * HOUR).delivered == 1
    assert kind.types == ["firing"]


def test_another_route_is_not_muted(database):
    kind = Keeps()
    happen(database, route="always", channel="desk")
    assert run(database, kind).delivered == 1


def test_outside_its_window_nothing_is_held(database):
    kind = Keeps()
    happen(database, at=NOW + 3 * HOUR)
    assert run(database, kind, now=NOW + 3 * HOUR).delivered == 1


def test_who_was_told_hears_the_resolved_within_the_window(database):
    kind = Keeps()
    happen(database, at=NOW - 2 * HOUR)
    run(database, kind, now=NOW - 2 * HOUR)
    happen(database, 2, RESOLVED)
    run(database, kind)
    assert kind.types == ["firing", "resolved"]


def test_what_came_and_went_within_the_window_is_never_told(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, RESOLVED, at=NOW + HOUR)
    assert run(database, kind, now=NOW + HOUR) == DeliverResult(cancelled=2)
    assert set(reasons(database)) == {"mute_window:lunch, resolved meanwhile, and nothing had been sent"}


@pytest.mark.parametrize(
    "at,is_muted",
    [
        (datetime(2026, 10, 25, 0, 29, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), False),
    ],
)
def test_case_9_a_mute_window_ends_at_the_first_occurrence_of_a_time_that_autumn_has_twice(
    database, at, is_muted
):
    with database.write() as session:
        mute(session, "22:00-02:30", zone="Europe/Paris", now=NOW)
    with database.write() as session:
        assert ("night" in load_suppressor(session, now=at).routes) is is_muted


def test_case_8_a_mute_window_opens_at_the_first_instant_after_the_spring_gap(database):
    with database.write() as session:
        mute(session, "02:30-06:00", zone="Europe/Paris", now=NOW)
        opens = datetime(2026, 3, 29, 1, tzinfo=UTC)
        assert load_suppressor(session, now=opens - timedelta(seconds=1)).routes == {}
        assert load_suppressor(session, now=opens).routes["night"].name == "mute_window:lunch"


def test_a_window_that_is_removed_lets_go_of_what_it_held(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    with database.write() as session:
        take_back(session, MuteWindow, "lunch", by="ana", reason="", now=NOW + HOUR)
    assert run(database, kind, now=NOW + HOUR).delivered == 1


def test_a_window_that_is_moved_lets_go_of_what_it_held(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    with database.write() as session:
        mute(session, "20:00-21:00", now=NOW + HOUR)
    assert run(database, kind, now=NOW + HOUR).delivered == 1
