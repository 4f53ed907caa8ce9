"""Attending: what still fires is told again, once an interval; newcomers to a changed tree hear of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.errors import Conflict, NotFound
from monitor.domain.scale import Concern
from monitor.services.acknowledge import acknowledge
from monitor.services.add_silence import add_silence
from monitor.services.assess import assess, claim_assessment
from monitor.services.attend import Attended, attend, is_attention_due
from monitor.services.raise_alerts import raise_next
from monitor.services.save_draft import save_draft
from monitor.storage import (
    alerts,
    channels,
    definitions,
    deliveries,
    episode_routes,
    notifications,
    observations,
    subjects,
)
from monitor.storage.engine import open_database
from monitor.storage.rows.deliveries import NotificationRow
from monitor.storage.rows.routes import EpisodeRouteRow
from tests.factories import FUEL, NOW, a_channel, a_reading, a_rule, install_desk, standing

HOUR = timedelta(hours=1)
ALERT = fingerprint("fuel-high", FUEL)
RULE = a_rule(keep_firing_seconds=0.0, labels={"team": "sahel"})


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        install_desk(session, rules=(RULE,))
        add_channel(session, "mail")
        yield session
    database.dispose()


def add_channel(session, slug, **values):
    channels.add(session, a_channel(slug, **values), box=None, now=NOW)


def learn(session, value, *, now=NOW):
    observations.add(session, [a_reading(value, ends=now)], source="feed", author="", note="", now=now)
    subjects.mark_due(session, ["goita"], now=now)
    claim = claim_assessment(session, now=now)
    assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
    raise_next(session, now=now)


def define(session, *routes, channels=("mail",), now=NOW, **values):
    tree = Route(slug="default", channels=channels, routes=tuple(routes), **values)
    save_draft(session, [Routing(route=tree)], author="ana", reason="why", now=now)


def told(session):
    row = NotificationRow
    rows = session.scalars(select(row).order_by(row.id))
    return [(each.channel, each.event_seq) for each in rows]


def types(session):
    return [each.type.value.removeprefix("alert.") for each in alerts.events(session, episode(session))]


def episode(session):
    return alerts.get(session, ALERT).episode_id


def kept(session):
    return {each.route: each for each in episode_routes.of_episode(session, episode(session))}


@pytest.mark.parametrize("value,concern,hours", [(360.0, Concern.HIGH, 4), (500.0, Concern.CRITICAL, 1)])
def test_what_still_fires_is_told_again_after_the_interval_of_its_concern(session, value, concern, hours):
    learn(session, value)
    due = NOW + hours * HOUR
    assert not is_attention_due(session, now=due - timedelta(seconds=1))
    assert is_attention_due(session, now=due)
    assert attend(session, now=due) == Attended(repeated=1, looked_at=1)
    assert types(session) == ["firing", "repeated"]
    event = alerts.events(session, episode(session))[1]
    assert (event.concern, event.reason, event.at) == (concern, "repeat_interval", due)
    assert f"still {concern.word}" in event.body["summary"]
    assert told(session) == [("mail", 1), ("mail", 2)]
    assert kept(session)["mail"].repeat_due_at == due + hours * HOUR


def test_case_7_however_late_it_is_told_again_once(session):
    learn(session, 500.0)
    assert attend(session, now=NOW + 30 * HOUR).repeated == 1
    assert attend(session, now=NOW + 30 * HOUR) == Attended()
    assert attend(session, now=NOW + 31 * HOUR).repeated == 1


def test_an_ack_stops_repeats_until_it_runs_out(session):
    learn(session, 500.0)
    acknowledge(session, ALERT, by="ana", now=NOW, until=NOW + 8 * HOUR)
    assert attend(session, now=NOW + HOUR) == Attended(looked_at=1)
    assert kept(session)["mail"].repeat_due_at == NOW + 8 * HOUR
    subjects.mark_alerts_due(session, ["goita"], now=NOW + 8 * HOUR)
    raise_next(session, now=NOW + 8 * HOUR)
    assert types(session) == ["firing", "acknowledged", "unacknowledged"]
    assert kept(session)["mail"].repeat_due_at == NOW + 9 * HOUR
    assert attend(session, now=NOW + 9 * HOUR).repeated == 1


def test_a_raise_begins_the_interval_of_the_new_concern(session):
    learn(session, 360.0)
    learn(session, 500.0, now=NOW + HOUR)
    assert kept(session)["mail"].repeat_due_at == NOW + 2 * HOUR


def test_what_resolved_is_not_told_again(session):
    learn(session, 500.0)
    name = episode(session)
    learn(session, 100.0, now=NOW + HOUR / 2)
    assert episode_routes.of_episode(session, name) == []
    assert attend(session, now=NOW + 9 * HOUR) == Attended()


def test_what_is_silenced_waits_for_the_end_of_the_silence(session):
    learn(session, 500.0)
    silence = Silence(
        matchers=parse_matchers(["subject=goita"]), author="ana", comment="known", starts_at=NOW,
        ends_at=NOW + 5 * HOUR,
    )  # fmt: skip
    add_silence(session, silence, now=NOW)
    assert attend(session, now=NOW + HOUR).repeated == 0
    # Within minutes, in case it is ended before its time.
    assert kept(session)["mail"].repeat_due_at == NOW + HOUR + timedelta(minutes=5)
    assert attend(session, now=NOW + 5 * HOUR - timedelta(seconds=1)).repeated == 0
    assert attend(session, now=NOW + 5 * HOUR).repeated == 1


def test_the_interval_is_counted_from_the_last_message_that_left(session):
    learn(session, 500.0)
    [firing] = notifications.take_due(session, now=NOW, limit=9)
    late = NOW + HOUR / 2
    first = deliveries.form(session, firing, recipients=["desk"], now=late)
    notifications.mark_sent(session, firing.id, delivery_id=first)
    assert attend(session, now=NOW + HOUR).repeated == 0
    assert kept(session)["mail"].repeat_due_at == late + HOUR
    assert attend(session, now=late + HOUR).repeated == 1


def test_what_was_held_and_is_let_go_is_told_once_and_not_repeated_beside_it(session):
    learn(session, 500.0)
    [firing] = notifications.take_due(session, now=NOW, limit=9)
    notifications.hold(session, firing.id, reason="silence:7", until=NOW + HOUR)
    assert attend(session, now=NOW + HOUR).repeated == 0
    assert kept(session)["mail"].repeat_due_at == NOW + HOUR + timedelta(minutes=1)


def test_what_recovers_is_looked_at_again_soon(session):
    definitions.save_all(
        session, [a_rule(keep_firing_seconds=36_000.0)], author="a", reason="r", effective_at=NOW, now=NOW
    )
    learn(session, 500.0)
    learn(session, 100.0, now=NOW + HOUR / 2)
    assert alerts.get(session, ALERT).state.value == "recovering"
    assert attend(session, now=NOW + HOUR).repeated == 0
    assert kept(session)["mail"].repeat_due_at == NOW + HOUR + timedelta(minutes=5)


def test_an_archive_is_not_told_again(session):
    subjects.set_clock(session, "goita", standing())
    learn(session, 500.0)
    assert types(session) == ["firing"]
    assert session.scalars(select(EpisodeRouteRow)).all() == []


def test_a_route_has_its_own_interval_and_repeats_only_to_its_own(session):
    add_channel(session, "phone")
    soon = Route(slug="soon", channels=("phone",), repeat_seconds=600.0, continues=True)
    define(session, soon, Route(slug="never", channels=("mail",), repeat_seconds=0.0))
    learn(session, 500.0)
    assert {slug: each.repeat_due_at for slug, each in kept(session).items()} == {
        "soon": NOW + timedelta(minutes=10), "never": None,
    }  # fmt: skip
    assert attend(session, now=NOW + HOUR).repeated == 1
    assert told(session) == [("phone", 1), ("mail", 1), ("phone", 2)]


def test_case_6_who_a_changed_tree_leads_to_is_told_the_firing_and_the_old_ones_the_end(session):
    learn(session, 360.0)
    learn(session, 500.0, now=NOW + HOUR / 4)
    add_channel(session, "sahel")
    define(session, Route(slug="team", matchers=(Matcher(name="team", value="sahel"),), channels=("sahel",)),
           now=NOW + HOUR / 2)  # fmt: skip
    at = NOW + HOUR / 2
    assert is_attention_due(session, now=at)
    assert attend(session, now=at) == Attended(introduced=1, looked_at=1)
    assert not is_attention_due(session, now=at)
    assert told(session)[2:] == [("sahel", 1), ("sahel", 2)]
    assert set(kept(session)) == {"team"}
    learn(session, 100.0, now=NOW + HOUR)
    assert sorted(told(session)[-2:]) == [("mail", 3), ("sahel", 3)]


def test_case_6_a_rule_that_moves_to_another_route_while_firing_is_told_there(session):
    add_channel(session, "coast")
    define(session, Route(slug="coast", matchers=(Matcher(name="team", value="coast"),), channels=("coast",)))
    learn(session, 500.0)
    assert told(session) == [("mail", 1)]
    moved = a_rule(keep_firing_seconds=0.0, labels={"team": "coast"})
    save_draft(session, [moved], author="ana", reason="moved", now=NOW + HOUR / 4)
    assert attend(session, now=NOW + HOUR / 4).introduced == 1
    assert told(session) == [("mail", 1), ("coast", 1)]
    assert attend(session, now=NOW + HOUR / 4) == Attended()


def test_a_tree_that_led_nowhere_tells_what_is_open_once_it_leads_somewhere(session):
    define(session, channels=())
    learn(session, 500.0)
    assert told(session) == []
    define(session, now=NOW + HOUR)
    assert attend(session, now=NOW + HOUR).introduced == 1
    assert told(session) == [("mail", 1)]


def test_one_that_fails_is_put_off_and_the_others_go_on(session, monkeypatch):
    learn(session, 500.0)
    definitions.archive(session, type(RULE), "fuel-high", author="a", reason="r", now=NOW)
    monkeypatch.setattr("monitor.services.attend.load_alert_inputs", _fails)
    assert attend(session, now=NOW + HOUR) == Attended(looked_at=1)
    assert kept(session)["mail"].repeat_due_at == NOW + HOUR + timedelta(minutes=5)
    assert EventType.REPEATED not in {each.type for each in alerts.events(session, episode(session))}


def test_whoever_is_faster_wins_and_the_next_round_looks_again(session, monkeypatch):
    learn(session, 500.0)
    monkeypatch.setattr("monitor.services.attend.load_alert_inputs", _is_slower)
    assert attend(session, now=NOW + HOUR) == Attended(looked_at=1)
    monkeypatch.undo()
    assert attend(session, now=NOW + HOUR).repeated == 1
    [route] = kept(session).values()
    with pytest.raises(Conflict, match="changed meanwhile"):
        episode_routes.save(session, replace(route, version=route.version - 1))


def _is_slower(*_, **__):
    raise Conflict("another was faster")


def _fails(*_, **__):

    raise NotFound("it is gone")
