"""Claims of several workers at once: what one is claiming, another passes over without waiting."""

from sqlalchemy import text

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Attempt
from monitor.storage import claims, deliveries, notifications
from monitor.storage.engine import open_database
from tests.services.alert_rows import NOW, add_channel, raise_event


def test_what_another_is_claiming_is_passed_over_at_once(postgres_url):
    database = open_database(postgres_url)
    with database.write() as session:
        add_channel(session)
        raise_event(session)
        [waiting] = notifications.take_due(session, now=NOW, limit=10)
        formed = [deliveries.form(session, waiting, recipients=["desk"], now=NOW)]
    with database.write() as first, database.write() as second:
        second.execute(text("SET LOCAL lock_timeout = '2s'"))
        assert [each.id for each in claims.claim(first, formed, owner="one", now=NOW)] == formed
        assert claims.claim(second, formed, owner="two", now=NOW) == []
    database.dispose()


def test_a_recipient_waits_for_its_own_messages_and_for_nobody_elses(session):
    add_channel(session)
    raise_event(session)
    raise_event(session, 2, EventType.CONCERN_RAISED)
    for waiting in notifications.take_due(session, now=NOW, limit=10):
        deliveries.form(session, waiting, recipients=["ana", "ben"], now=NOW)
    first = claims.claimable(session, channel="hook", now=NOW, limit=9)
    assert [(each.recipient, each.event_seq) for each in first] == [("ana", 1), ("ben", 1)]
    [ana] = claims.claim(session, [first[0].id], owner="one", now=NOW)
    arrived = Attempt(number=1, started_at=NOW, ended_at=NOW, outcome="delivered")
    assert deliveries.finish_delivered(session, ana, arrived)
    session.expire_all()
    left = claims.claimable(session, channel="hook", now=NOW, limit=9)
    assert sorted((each.recipient, each.event_seq) for each in left) == [("ana", 2), ("ben", 1)]
