"""Claims of several workers at once: what one is claiming, another passes over without waiting."""

from sqlalchemy import text

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
