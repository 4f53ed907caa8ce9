"""Approval before sending: what a route asks to be read waits, is let go, or is dismissed with a reason."""

from datetime import timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.scale import Concern
from monitor.services.approve import approve, dismiss
from monitor.services.deliver import DeliverResult
from monitor.services.overview.approvals import approvals_page
from monitor.storage import approvals, audit, definitions
from monitor.storage.notifications import Told
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import Keeps, end_episode, reasons, run

HOUR = timedelta(hours=1)
F, UP, RESOLVED = EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED


@pytest.fixture
def database(database):
    # What the root asks for, the routes below inherit.
    press = Route(slug="press", channels=("hook",), continues=True)
    free = Route(slug="free", needs_approval=False, continues=True)
    tree = Route(slug="default", channels=("hook",), needs_approval=True, routes=(press, free))
    with database.write() as session:
        add_channel(session)
        definitions.save(
            session, Routing(route=tree), author="ana", reason="x", effective_at=NOW, now=NOW
        )  # fmt: skip
    return database


def happen(database, number=1, kind=F, *, at=NOW, route="press", **values):
    with database.write() as session:
        raise_event(session, number, kind, at=at, due_at=at, told=Told(route=route), **values)
        if kind is RESOLVED:
            end_episode(session, at=at)


def decide(database, act, *, now=NOW + HOUR, **values):
    with database.write() as session:
        return act(session, "e1", "press", by="ana", now=now, **values)


def test_nothing_is_sent_before_a_person_has_approved_it(database):
    kind = Keeps()
    happen(database)
    assert run(database, kind) == DeliverResult(held=1)
    assert reasons(database) == ["awaiting_approval"]
    assert run(database, kind, now=NOW + 48 * HOUR).delivered == 0
    decide(database, approve, now=NOW + 49 * HOUR)
    assert run(database, kind, now=NOW + 49 * HOUR).delivered == 1
    assert kind.types == ["firing"]
    assert kind.events[0]["data"]["suppressedWhile"] == ["awaiting_approval"]


def test_a_route_that_asks_for_none_sends_at_once(database):
    kind = Keeps()
    happen(database, route="free")
    assert run(database, kind).delivered == 1


def test_what_follows_is_sent_until_the_concern_rises(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    decide(database, approve)
    run(database, kind, now=NOW + HOUR)
    happen(database, 2, EventType.CONCERN_LOWERED, at=NOW + 2 * HOUR, concern=Concern.WATCH)
    assert run(database, kind, now=NOW + 2 * HOUR).delivered == 1
    happen(database, 3, UP, at=NOW + 3 * HOUR, concern=Concern.CRITICAL)
    assert run(database, kind, now=NOW + 3 * HOUR) == DeliverResult(held=1)
    decide(database, approve, now=NOW + 4 * HOUR, concern=Concern.CRITICAL)
    assert run(database, kind, now=NOW + 4 * HOUR).delivered == 1


def test_what_was_raised_since_it_was_read_must_be_read_again(database):
    happen(database)
    run(database, Keeps())
    happen(database, 2, UP, concern=Concern.CRITICAL)
    run(database, Keeps())
    with pytest.raises(Conflict, match="raised to critical meanwhile"):
        decide(database, approve, concern=Concern.HIGH)


def test_what_is_dismissed_goes_nowhere_and_says_why(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    decide(database, dismiss, reason="a typing error")
    assert run(database, kind, now=NOW + HOUR) == DeliverResult(cancelled=1)
    assert reasons(database) == ["dismissed by ana: a typing error"]
    happen(database, 2, EventType.CONCERN_LOWERED, at=NOW + 2 * HOUR, concern=Concern.WATCH)
    assert run(database, kind, now=NOW + 2 * HOUR) == DeliverResult(cancelled=1)
    happen(database, 3, UP, at=NOW + 3 * HOUR, concern=Concern.CRITICAL)
    assert run(database, kind, now=NOW + 3 * HOUR) == DeliverResult(held=1)
    assert kind.events == []


def test_who_was_told_hears_the_resolved_without_approval(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    decide(database, approve)
    run(database, kind, now=NOW + HOUR)
    happen(database, 2, UP, at=NOW + 2 * HOUR, concern=Concern.CRITICAL)
    run(database, kind, now=NOW + 2 * HOUR)
    happen(database, 3, RESOLVED, at=NOW + 3 * HOUR, concern=Concern.NORMAL)
    run(database, kind, now=NOW + 3 * HOUR)
    assert kind.types == ["firing", "resolved"]


def test_what_resolved_before_anybody_read_it_is_not_sent(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, RESOLVED, at=NOW + HOUR, concern=Concern.NORMAL)
    assert run(database, kind, now=NOW + HOUR) == DeliverResult(cancelled=2)
    with database.read() as session:
        assert approvals.awaiting(session) == []


def test_the_drafts_are_listed_the_worst_first(database):
    happen(database, concern=Concern.WATCH)
    happen(database, alert="b" * 16, episode="e2", concern=Concern.HIGH)
    run(database, Keeps())
    with database.read() as session:
        view = approvals_page(session, now=NOW)
        assert [each.episode_id for each in view.drafts] == ["e2", "e1"]
        assert (view.drafts[0].route, view.drafts[0].concern) == ("press", Concern.HIGH)
        assert view.routes == ("default", "press")


def test_every_decision_is_audited_with_its_author(database):
    happen(database)
    run(database, Keeps())
    decide(database, dismiss, reason="false")
    with database.read() as session:
        (entry,) = [each for each in audit.find_all(session) if each.action == "message.dismiss"]
    assert (entry.actor, entry.target, entry.reason) == ("ana", "e1", "false")


def test_mistakes_are_named(database):
    with pytest.raises(NotFound, match="nothing of e1 waits"):
        decide(database, approve)
    happen(database)
    run(database, Keeps())
    with pytest.raises(InvalidInput, match="say why"):
        decide(database, dismiss, reason=" ")
