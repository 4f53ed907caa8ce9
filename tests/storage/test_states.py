"""What a worker looks for at every turn it finds by the index of what is unfinished, not in the past."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from monitor.storage import claims, deliveries, holding, notifications
from monitor.storage.due import due
from monitor.storage.engine import open_database
from tests.factories import NOW

LOOKS = {
    "due": lambda session: due(session, now=NOW),
    "anything held that is over": lambda session: holding.is_any_over(session, now=NOW),
    "busy channels": lambda session: claims.busy_channels(session, now=NOW),
    "claimable": lambda session: claims.claimable(session, channel="hook", now=NOW, limit=16),
    "any notification due": lambda session: notifications.is_any_due(session, now=NOW),
    "notifications due": lambda session: notifications.take_due(session, now=NOW, limit=200),
    "open of a channel": lambda session: notifications.open_of(session, ["hook"]),
    "queue": lambda session: deliveries.queue(session, channel="hook", fingerprint="f"),
    "crowded": lambda session: deliveries.crowded(session, [("hook", "f")]),
    "expired": lambda session: deliveries.is_any_expired(session, ["hook"], now=NOW),
}


@pytest.fixture
def session(sqlite_url):
    database = open_database(sqlite_url)
    with database.write() as session:
        yield session
    database.dispose()


@contextmanager
def asked(session):
    found, engine = [], session.get_bind()

    def note(_connection, _cursor, statement, parameters, *_rest):
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_at_what_is_unfinished_reads_no_history(session, name):
    with asked(session) as statements:
        LOOKS[name](session)
    plans = [
        step[3]
        for statement, parameters in statements if statement.startswith(("SELECT", "WITH"))
        for step in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]  # fmt: skip
    steps = [each for each in plans if "delivery" in each.lower() or "notification" in each.lower()]
    assert steps
    scans = [each for each in steps if each.startswith("SCAN") and "_waiting" not in each]
    assert [each for each in scans if "_unfinished" not in each and "_lane" not in each] == []
