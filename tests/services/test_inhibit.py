"""Inhibition: what another alert explains waits for its end, and one group wait more."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import update

from monitor.domain.alerting.alert import Alert, AlertState, EventType
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import FAILING_SOURCE, Routing, inhibitions_of
from monitor.domain.alerting.silence import parse_matchers
from monitor.domain.scale import Concern
from monitor.services.deliver import DeliverResult, deliver
from monitor.services.suppress import release_inhibited
from monitor.storage import alerts, definitions, notifications
from monitor.storage.rows.alerts import AlertRow, EpisodeRow
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

F, RESOLVED = EventType.FIRING, EventType.RESOLVED
WAITING, HELD, ABSORBED, SENT, CANCELLED = NotificationState
MINUTE = timedelta(minutes=1)
SOURCE, TARGET = "a" * 16, "b" * 16
FAILING = {"alertname": "SourceFailing", "source": "ucdp"}
BLIND = {"alertname": "SeriesBlind", "source": "ucdp"}


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session)
    return database


def fire(database, alert, episode, labels, *, at=NOW, concern=Concern.HIGH):
    with database.write() as session:
        raise_event(session, alert=alert, episode=episode, labels=labels, at=at, due_at=at, concern=concern)
        state = Alert(
            fingerprint=alert, rule=labels["alertname"], subject="goita", state=AlertState.FIRING,
            concern=concern, episode_id=episode, event_seq=1, started_at=at,
        )  # fmt: skip
        alerts.save(session, state)


def resolve(database, alert, episode, *, at):
    with database.write() as session:
        raise_event(session, 2, RESOLVED, alert=alert, episode=episode, at=at, due_at=at)
        session.execute(update(EpisodeRow).where(EpisodeRow.id == episode).values(ended_at=at))
        session.execute(update(AlertRow).where(AlertRow.fingerprint == alert).values(state="inactive"))
        release_inhibited(session, [episode], now=at)


def define(database, *inhibitions):
    routing = Routing(route=Route(slug="default", channels=("hook",)), inhibitions=inhibitions)
    with database.write() as session:
        definitions.save_all(session, [routing], author="ana", reason="why", effective_at=NOW, now=NOW)


def run(database, *, now=NOW):
    kind = FakeChannel()
    result = deliver(
        database, {"fake": kind}, secrets=BOX, now=now, owner="worker",
        generator=np.random.default_rng(1), stopwatch=lambda: 0.0,
    )  # fmt: skip
    return result, [body.decode().split()[0].removeprefix("alert.") for _, body in kind.sent]


def told(database, episode):
    with database.read() as session:
        return [(each.state, each.reason) for each in notifications.of_episode(session, episode)]


def test_a_source_that_fails_holds_back_the_series_it_leaves_blind(database):
    fire(database, SOURCE, "e1", FAILING)
    fire(database, TARGET, "e2", BLIND)
    assert run(database) == (DeliverResult(formed=1, held=1, delivered=1), ["firing"])
    assert told(database, "e1") == [(SENT, "")]
    assert told(database, "e2") == [(HELD, "inhibited_by:e1")]


def test_a_series_blind_for_another_reason_is_told(database):
    fire(database, SOURCE, "e1", FAILING)
    fire(database, TARGET, "e2", BLIND | {"source": "acled"})
    assert run(database)[1] == ["firing", "firing"]


def test_what_was_held_is_told_one_group_wait_after_its_source_resolved(database):
    fire(database, SOURCE, "e1", FAILING)
    fire(database, TARGET, "e2", BLIND)
    run(database)
    resolve(database, SOURCE, "e1", at=NOW + MINUTE)
    assert run(database, now=NOW + MINUTE)[1] == ["resolved"]
    assert run(database, now=NOW + MINUTE + timedelta(seconds=29)) == (DeliverResult(), [])
    assert run(database, now=NOW + MINUTE + timedelta(seconds=30))[1] == ["firing"]
    assert told(database, "e2") == [(SENT, "inhibited_by:e1 ended, still firing")]


def test_what_ends_before_its_source_is_spared_its_end_too(database):
    fire(database, SOURCE, "e1", FAILING)
    fire(database, TARGET, "e2", BLIND)
    run(database)
    resolve(database, TARGET, "e2", at=NOW + MINUTE)
    assert run(database, now=NOW + MINUTE) == (DeliverResult(cancelled=2), [])
    why = "inhibited_by:e1, resolved meanwhile, and nothing had been sent"
    assert told(database, "e2") == [(CANCELLED, why)] * 2


def test_an_end_passes_to_whom_the_beginning_was_told(database):
    fire(database, TARGET, "e2", BLIND)
    assert run(database)[1] == ["firing"]
    fire(database, SOURCE, "e1", FAILING, at=NOW + MINUTE)
    resolve(database, TARGET, "e2", at=NOW + 2 * MINUTE)
    assert sorted(run(database, now=NOW + 2 * MINUTE)[1]) == ["firing", "resolved"]


def test_rules_that_are_defined_see_the_concern_and_never_mute_their_own_kind(database):
    define(
        database,
        Inhibition(
            slug="worse", equal=("team",), source_matchers=parse_matchers(["concern=critical"]),
            target_matchers=parse_matchers(["concern=~watch|elevated|high"]),
        ),
    )  # fmt: skip
    labels = {"alertname": "fuel", "team": "sahel"}
    fire(database, SOURCE, "e1", labels, concern=Concern.CRITICAL)
    fire(database, TARGET, "e2", labels)
    fire(database, "c" * 16, "e3", labels | {"team": "coast"})
    fire(database, "d" * 16, "e4", labels, concern=Concern.CRITICAL)
    run(database)
    assert [told(database, episode)[0][0] for episode in ("e1", "e2", "e3", "e4")] == [SENT, HELD, SENT, SENT]


def test_the_rule_that_is_always_there_gives_way_to_one_of_its_name():
    assert inhibitions_of([]) == (FAILING_SOURCE,)
    own = Inhibition(
        slug="failing-source",
        source_matchers=parse_matchers(["a=b"]),
        target_matchers=parse_matchers(["c=d"]),
    )
    routing = Routing(route=Route(slug="default"), inhibitions=(own,))
    assert inhibitions_of([routing]) == (own,)
