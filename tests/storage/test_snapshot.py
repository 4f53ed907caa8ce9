"""A kept snapshot of the definitions is used until any of them changes, and never shows what was undone."""

from monitor.storage import definitions, snapshot
from tests.storage.values import NOW, indicator

BY = {"author": "ada", "reason": "", "effective_at": NOW, "now": NOW}


def test_nothing_is_read_again_while_nothing_changes(database):
    with database.write() as session:
        definitions.save(session, indicator(), **BY)
    with database.read() as session:
        first = snapshot.current(session)
    with database.write() as session:
        assert snapshot.current(session) is first


def test_a_change_is_seen_by_the_next_session(database):
    with database.read() as session:
        assert snapshot.current(session).indicators == {}
    with database.write() as session:
        definitions.save(session, indicator(), **BY)
        assert snapshot.current(session).indicators == {"fuel-price": indicator()}
    with database.read() as session:
        assert snapshot.current(session).indicators == {"fuel-price": indicator()}


def test_what_was_undone_is_not_kept_though_its_number_is_taken_again(database):
    with database._write() as session:
        definitions.save(session, indicator(decimals=7), **BY)
        assert snapshot.current(session).indicators["fuel-price"].decimals == 7
        session.rollback()
    with database.write() as session:
        definitions.save(session, indicator(decimals=2), **BY)
    with database.read() as session:
        assert snapshot.current(session).indicators["fuel-price"].decimals == 2
