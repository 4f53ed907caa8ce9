"""Groups: one message of many alerts, at most one an interval, in order, none lost; criticals never wait."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import DeliveryStatus, NotificationState
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.services.add_silence import add_silence
from monitor.services.deliver import DeliverResult
from monitor.services.purge import purge
from monitor.storage import attempts, definitions, message_groups, notifications
from monitor.storage.notifications import Told
from monitor.storage.rows.alerts import EpisodeRow
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import Keeps, run

F, UP, RESOLVED = EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WAIT = 30 * SECOND
DOWN = DeliveryError("the receiver answered 503", status_code=503)


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session)
    return database


class Groups(Keeps):
    """A kind that groups."""

    is_grouped = True

    @property
    def told(self):
        """Each message as the alerts and event numbers it tells."""
        return [
            [(event["data"]["fingerprint"][0], event["data"]["eventSeq"]) for event in message.events]
            for message in self.messages
        ]


class Alone(Groups):
    """A kind that does not group of itself."""

    is_grouped = False


def happen(database, alert, number=1, kind=F, *, at=NOW, wait=WAIT, key="r", concern=Concern.HIGH, **values):
    with database.write() as session:
        raise_event(
            session, number, kind, alert=alert * 16, episode=f"e-{alert}", at=at, due_at=at + wait,
            concern=concern, told=Told(route="r", group_key=key), **values,
        )  # fmt: skip
        if kind is RESOLVED:
            episode = EpisodeRow.id == f"e-{alert}"
            session.execute(update(EpisodeRow).where(episode).values(ended_at=at))


def define(database, **values):
    routing = Routing(route=Route(slug="default", routes=(Route(slug="r", **values),)))
    with database.write() as session:
        definitions.save_all(session, [routing], author="ana", reason="why", effective_at=NOW, now=NOW)


def states(database, alert):
    with database.read() as session:
        return [each.state.value for each in notifications.of_episode(session, f"e-{alert}")]


def deliveries(database, alert):
    with database.read() as session:
        return attempts.of_episode(session, f"e-{alert}")


def test_alerts_of_one_group_are_one_message_once_its_wait_is_over(database):
    kind = Groups()
    happen(database, "a")
    happen(database, "b", at=NOW + 10 * SECOND)
    assert run(database, kind, now=NOW + WAIT - SECOND) == DeliverResult()
    assert run(database, kind, now=NOW + WAIT) == DeliverResult(formed=2, delivered=1)
    assert kind.told == [[("a", 1), ("b", 1)]]
    assert (states(database, "a"), states(database, "b")) == (["sent"], ["sent"])
    assert [each.status for each in deliveries(database, "b")] == [DeliveryStatus.DELIVERED]
    assert [each.outcome for each in deliveries(database, "b")[0].attempts] == ["delivered"]


def test_the_next_message_of_a_group_waits_for_its_interval(database):
    kind = Groups()
    happen(database, "a")
    run(database, kind, now=NOW + WAIT)
    happen(database, "b", at=NOW + MINUTE)
    happen(database, "c", at=NOW + 2 * MINUTE)
    for minutes in (2, 3, 5):
        assert run(database, kind, now=NOW + minutes * MINUTE) == DeliverResult()
    run(database, kind, now=NOW + WAIT + 5 * MINUTE)
    assert kind.told == [[("a", 1)], [("b", 1), ("c", 1)]]


def test_what_is_critical_waits_for_no_interval_and_takes_the_rest_along(database):
    kind = Groups()
    happen(database, "a")
    run(database, kind, now=NOW + WAIT)
    happen(database, "b", at=NOW + MINUTE)
    happen(database, "c", at=NOW + 2 * MINUTE, wait=timedelta(0), concern=Concern.CRITICAL)
    run(database, kind, now=NOW + 2 * MINUTE)
    assert kind.told == [[("a", 1)], [("b", 1), ("c", 1)]]


def test_the_end_of_what_was_critical_waits_for_the_interval(database):
    kind = Groups()
    happen(database, "a", wait=timedelta(0), concern=Concern.CRITICAL)
    run(database, kind)
    happen(database, "a", 2, RESOLVED, at=NOW + MINUTE, concern=Concern.NORMAL)
    assert run(database, kind, now=NOW + 2 * MINUTE) == DeliverResult()
    run(database, kind, now=NOW + 5 * MINUTE)
    assert kind.told == [[("a", 1)], [("a", 2)]]


def test_a_route_has_its_own_interval(database):
    define(database, group_interval_seconds=60.0)
    kind = Groups()
    happen(database, "a")
    run(database, kind, now=NOW + WAIT)
    happen(database, "b", at=NOW + WAIT)
    assert run(database, kind, now=NOW + WAIT + 59 * SECOND) == DeliverResult()
    run(database, kind, now=NOW + WAIT + MINUTE)
    assert len(kind.told) == 2


def test_groups_of_other_labels_and_other_channels_go_by_themselves(database):
    kind = Groups()
    with database.write() as session:
        add_channel(session, "other")
    happen(database, "a", key='r{subject="x"}', channels=("hook", "other"))
    happen(database, "b", key='r{subject="y"}')
    run(database, kind, now=NOW + WAIT)
    assert sorted(kind.told) == [[("a", 1)], [("a", 1)], [("b", 1)]]
    assert max(each.group_key for each in kind.messages) == 'r{subject="y"}'


def test_a_kind_that_does_not_group_does_so_where_the_route_says(database):
    kind = Alone()
    happen(database, "a")
    happen(database, "b")
    run(database, kind, now=NOW + WAIT)
    assert sorted(kind.told) == [[("a", 1)], [("b", 1)]]
    assert {each.group_key for each in kind.messages} == {""}
    happen(database, "c", key="r{}")
    happen(database, "d", key="r{}")
    run(database, kind, now=NOW + WAIT)
    assert kind.told[-1] == [("c", 1), ("d", 1)]


def test_several_events_of_one_alert_go_in_order_and_ends_absorb_beginnings(database):
    kind = Groups()
    happen(database, "a")
    happen(database, "a", 2, UP)
    happen(database, "b")
    happen(database, "b", 2, RESOLVED, concern=Concern.NORMAL)
    run(database, kind, now=NOW + WAIT)
    assert kind.told == [[("a", 1), ("a", 2), ("b", 2)]]
    assert kind.messages[0].events[2]["data"]["firingUndelivered"] is True
    assert states(database, "b") == ["absorbed", "sent"]


def test_a_group_that_fails_is_tried_again_with_the_same_bytes_and_nothing_overtakes_it(database):
    kind = Groups(DOWN)
    happen(database, "a")
    happen(database, "b")
    assert run(database, kind, now=NOW + WAIT) == DeliverResult(formed=2, retried=1)
    happen(database, "b", 2, UP, at=NOW + WAIT, wait=timedelta(0), concern=Concern.CRITICAL)
    happen(database, "c", at=NOW + WAIT, wait=timedelta(0), concern=Concern.CRITICAL, key='r{x="1"}')
    assert run(database, kind, now=NOW + WAIT + SECOND).delivered == 1
    assert kind.told == [[("c", 1)]]
    run(database, kind, now=NOW + MINUTE)
    assert kind.told == [[("c", 1)], [("a", 1), ("b", 1)], [("b", 2)]]
    first = deliveries(database, "a")[0]
    assert (first.attempt_count, first.carries) == (2, 1)
    assert len({body for _, body in kind.sent}) == 3


def test_an_end_absorbs_what_is_carried_while_that_is_not_written_yet(database, monkeypatch):
    kind = Groups()
    happen(database, "a", wait=timedelta(0))
    happen(database, "b", wait=timedelta(0))
    monkeypatch.setattr("monitor.services.deliver.find_claimable", lambda *_, **__: [])
    run(database, kind)
    happen(
        database,
        "b",
        2,
        RESOLVED,
        at=NOW + SECOND,
        wait=timedelta(0),
        concern=Concern.NORMAL,
        key="r{1}",
    )
    run(database, kind, now=NOW + SECOND)
    monkeypatch.undo()
    run(database, kind, now=NOW + 2 * SECOND)
    assert sorted(kind.told) == [[("a", 1)], [("b", 2)]]
    assert states(database, "b") == ["absorbed", "sent"]


def test_an_alert_that_changes_its_group_is_told_in_order_and_no_two_groups_wait_for_each_other(database):
    kind = Groups(DOWN, DOWN)
    first, second = 'r{c="high"}', 'r{c="critical"}'
    happen(database, "a", key=first)
    happen(database, "b", key=second)
    happen(database, "b", 2, UP, key=first)
    happen(database, "a", 2, UP, key=second)
    run(database, kind, now=NOW + WAIT)
    run(database, kind, now=NOW + MINUTE)
    assert sorted(kind.told) == [[("a", 1), ("a", 2)], [("b", 1), ("b", 2)]]


def test_a_dead_group_is_dead_for_all_it_carried(database):
    kind = Groups(DeliveryError("refused for good", permanent=True))
    happen(database, "a")
    happen(database, "b")
    assert run(database, kind, now=NOW + WAIT) == DeliverResult(formed=2, dead=1)
    assert [deliveries(database, alert)[0].dead_reason for alert in "ab"] == ["refused for good"] * 2


def test_each_recipient_gets_the_group_and_fails_alone(database):
    with database.write() as session:
        add_channel(session, "two", settings={"to": ["x@x", "y@x"]})
    kind = Groups()
    happen(database, "a", channels=("two",))
    happen(database, "b", channels=("two",))
    assert run(database, kind, now=NOW + WAIT) == DeliverResult(formed=2, delivered=2)
    assert kind.told == [[("a", 1), ("b", 1)]] * 2
    assert {each.recipient for each in kind.messages} == {"x@x", "y@x"}


def test_what_is_silenced_stays_out_of_the_group(database):
    kind = Groups()
    happen(database, "a", labels={"subject": "goita"})
    happen(database, "b", labels={"subject": "other"})
    with database.write() as session:
        new = Silence(
            matchers=parse_matchers(["subject=goita"]), author="ana", comment="known",
            starts_at=NOW, ends_at=NOW + 60 * MINUTE,
        )  # fmt: skip
        add_silence(session, new, now=NOW)
    assert run(database, kind, now=NOW + WAIT) == DeliverResult(formed=1, held=1, delivered=1)
    assert kind.told == [[("b", 1)]]
    assert states(database, "a") == ["held"]


def test_case_20_of_a_storm_the_worst_are_shown_and_the_rest_counted(database, monkeypatch):
    monkeypatch.setattr("monitor.services.compose_messages.MOST_EVENTS", 2)
    kind = Groups()
    for alert, concern in zip("abcd", (1, 3, 2, 3), strict=True):
        happen(database, alert, concern=Concern(concern))
    run(database, kind, now=NOW + WAIT)
    assert kind.told == [[("b", 1), ("d", 1)]]
    assert kind.messages[0].truncated == 2
    assert [states(database, alert) for alert in "abcd"] == [["sent"]] * 4


def test_case_20_five_hundred_alerts_in_a_minute_are_one_message_and_none_is_lost(database):
    kind = Groups()
    with database.write() as session:
        for number in range(500):
            raise_event(
                session, alert=f"{number:016}", episode=f"e{number}", at=NOW + number * SECOND / 10,
                due_at=NOW + WAIT + number * SECOND / 10, told=Told(route="r", group_key="r"),
            )  # fmt: skip
    assert run(database, kind, now=NOW + WAIT) == DeliverResult(formed=500, delivered=1)
    assert (len(kind.told[0]), kind.messages[0].truncated) == (100, 400)
    with database.read() as session:
        every = [notifications.of_episode(session, f"e{number}")[0].state for number in range(500)]
    assert set(every) == {NotificationState.SENT}


def test_groups_long_without_a_message_are_forgotten(database):
    happen(database, "a")
    run(database, Groups(), now=NOW + WAIT)
    with database.write() as session:
        assert message_groups.formed_at(session, "hook", ["r"]) == {"r": NOW + WAIT}
        purge(session, days=90, now=NOW + timedelta(days=30))
        assert message_groups.formed_at(session, "hook", ["r"]) != {}
        purge(session, days=90, now=NOW + timedelta(days=31))
        assert message_groups.formed_at(session, "hook", ["r"]) == {}
