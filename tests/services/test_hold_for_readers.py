"""Quiet hours and digests keep messages for one reader, never from others, and never what is critical."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.rota import Rota, Turns
from monitor.domain.alerting.silence import parse_matchers
from monitor.domain.alerting.subscription import Subscription
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.scale import Concern
from monitor.render.messages import mail
from monitor.services.arrange import arrange
from monitor.services.deliver import DeliverResult
from monitor.services.due_work import due_work
from monitor.storage import notifications
from monitor.storage.rows.deliveries import DeliveryRow
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import Keeps, end_episode, run

ANA, BEN = "ana@example.org", "ben@example.org"
HOUR = timedelta(hours=1)
F, UP, RESOLVED = EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED
MORNING = NOW + 6 * HOUR


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session, settings={"to": [ANA, BEN]})
    return database


def wish(database, slug=ANA, **values):
    with database.write() as session:
        arrange(session, Subscription(slug=slug, **values), by=slug, reason="", now=NOW)


def rests(database, **values):
    wish(database, quiet=parse_windows("12:00-18:00", zone="UTC"), **values)


def happen(database, number=1, kind=F, *, at=NOW, **values):
    with database.write() as session:
        raise_event(session, number, kind, at=at, due_at=at, **values)
        if kind is RESOLVED:
            end_episode(session, at=at)


def held(database):
    with database.read() as session:
        query = select(DeliveryRow.recipient, DeliveryRow.held_by).where(DeliveryRow.held_by != "")
        return [tuple(row) for row in session.execute(query.order_by(DeliveryRow.id))]


def test_quiet_hours_keep_a_message_for_one_reader_and_from_no_other(database):
    rests(database)
    kind = Keeps()
    happen(database)
    assert run(database, kind).delivered == 1
    assert kind.told == [(BEN, "firing")]
    assert held(database) == [(ANA, "quiet_hours")]
    assert run(database, kind, now=MORNING - timedelta(seconds=1)) == DeliverResult()
    assert run(database, kind, now=MORNING).delivered == 1
    assert kind.told[1:] == [(ANA, "firing")]
    assert held(database) == []


def test_nothing_is_due_while_it_is_kept(database):
    rests(database)
    happen(database)
    run(database, Keeps())
    with database.read() as session:
        assert not due_work(session, now=MORNING - timedelta(seconds=1)).messages
        assert due_work(session, now=MORNING).messages


def test_what_is_critical_breaks_through(database):
    rests(database)
    kind = Keeps()
    happen(database, concern=Concern.CRITICAL)
    assert run(database, kind).delivered == 2


def test_a_raise_to_critical_takes_along_what_was_kept_before_it_in_order(database):
    rests(database)
    kind = Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, UP, at=NOW + HOUR, concern=Concern.CRITICAL)
    run(database, kind, now=NOW + HOUR)
    assert [told for told in kind.told if told[0] == ANA] == [(ANA, "firing"), (ANA, "concern_raised")]
    assert held(database) == []


def test_what_came_and_went_at_night_is_one_message_in_the_morning(database):
    rests(database)
    kind = Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, RESOLVED, at=NOW + HOUR)
    run(database, kind, now=NOW + HOUR)
    run(database, kind, now=MORNING)
    assert [told for told in kind.told if told[0] == ANA] == [(ANA, "resolved")]


def test_the_end_of_what_broke_through_is_told_at_once(database):
    rests(database)
    kind = Keeps()
    happen(database, concern=Concern.CRITICAL)
    run(database, kind)
    happen(database, 2, RESOLVED, at=NOW + HOUR, concern=Concern.NORMAL)
    run(database, kind, now=NOW + HOUR)
    assert (ANA, "resolved") in kind.told


def test_all_that_was_kept_comes_in_one_message(database):
    rests(database)
    kind = Keeps()
    for number in range(3):
        happen(database, alert=f"{number}" * 16, episode=f"e{number}", at=NOW + number * HOUR)
        run(database, kind, now=NOW + number * HOUR)
    assert run(database, kind, now=MORNING).delivered == 1
    assert kind.told[-1] == (ANA, "firing", "firing", "firing")
    assert run(database, kind, now=MORNING + HOUR) == DeliverResult()


def test_whoever_is_on_duty_is_spared_nothing(database):
    rests(database)
    with database.write() as session:
        turns = Turns(members=(ANA,), starts_on=date(2026, 1, 1))
        rota = Rota(slug="desk", name="Desk", zone="UTC", turns=(turns,))
        arrange(session, rota, by="ana", reason="", now=NOW)
    kind = Keeps()
    happen(database)
    assert run(database, kind).delivered == 2


def test_a_digest_gathers_what_is_mild_and_lets_through_what_is_not(database):
    wish(database, digest=(18 * 60,))
    kind = Keeps()
    happen(database, concern=Concern.WATCH)
    happen(database, alert="b" * 16, episode="e2", concern=Concern.ELEVATED)
    happen(database, alert="c" * 16, episode="e3", concern=Concern.HIGH)
    run(database, kind)
    assert [told for told in kind.told if told[0] == ANA] == [(ANA, "firing")]
    assert held(database) == [(ANA, "digest"), (ANA, "digest")]
    run(database, kind, now=MORNING)
    assert kind.told[-1] == (ANA, "firing", "firing")


def test_subscribers_get_what_they_want_and_how_it_goes_on(database):
    with database.write() as session:
        add_channel(session, "list", settings={"to": ["subscribers"]})
    wish(database, is_subscribed=True, matchers=parse_matchers(["subject=goita"]))
    wish(database, BEN, is_subscribed=True, lowest_concern=Concern.CRITICAL)
    kind = Keeps()
    happen(database, channels=("list",), labels={"subject": "goita"})
    run(database, kind)
    happen(database, 2, UP, channels=("list",), concern=Concern.CRITICAL, at=NOW + HOUR)
    run(database, kind, now=NOW + HOUR)
    happen(database, 3, RESOLVED, channels=("list",), concern=Concern.NORMAL, at=NOW + 2 * HOUR)
    run(database, kind, now=NOW + 2 * HOUR)
    assert sorted(kind.told) == [
        (ANA, "concern_raised"), (ANA, "firing"), (ANA, "resolved"),
        (BEN, "concern_raised"), (BEN, "resolved"),
    ]  # fmt: skip


def test_what_nobody_subscribed_to_goes_nowhere_and_says_so(database):
    with database.write() as session:
        add_channel(session, "list", settings={"to": ["subscribers"]})
    happen(database, channels=("list",), labels={"subject": "goita"})
    assert run(database, Keeps()) == DeliverResult(cancelled=1)
    with database.read() as session:
        (found,) = notifications.of_episode(session, "e1")
    assert found.reason == "nobody subscribed to it"


def test_the_mail_of_the_morning_tells_of_every_alert(database):
    rests(database)
    kind = Keeps()
    happen(database)
    happen(database, alert="b" * 16, episode="e2", concern=Concern.WATCH)
    run(database, kind)
    run(database, kind, now=MORNING)
    made = mail(kind.messages[-1])
    assert made.problem == ""
    assert "2 alerts" in made.text
    assert kind.messages[-1].formed_at == MORNING
