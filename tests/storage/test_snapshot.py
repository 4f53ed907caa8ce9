"""A kept snapshot of the definitions is used until any of them changes, and never shows what was undone."""

from datetime import timedelta

from monitor.domain.derivations.member import MEMBER
from monitor.domain.indicator import Indicator
from monitor.storage import definitions, snapshot
from tests.storage.values import NOW, indicator

BY = {"author": "ada", "reason": "", "effective_at": NOW, "now": NOW}
BUILT_IN = {MEMBER.slug: MEMBER}


def test_nothing_is_read_again_while_nothing_changes(database):
    with database.write() as session:
        definitions.save(session, indicator(), **BY)
    with database.read() as session:
        first = snapshot.current(session)
    with database.write() as session:
        assert snapshot.current(session) is first


def test_a_change_is_seen_by_the_next_session(database):
    with database.read() as session:
        assert snapshot.current(session).indicators == BUILT_IN
    with database.write() as session:
        definitions.save(session, indicator(), **BY)
        assert snapshot.current(session).indicators == {"fuel-price": indicator()} | BUILT_IN
    with database.read() as session:
        assert snapshot.current(session).indicators == {"fuel-price": indicator()} | BUILT_IN


def test_what_was_undone_is_not_kept_though_its_number_is_taken_again(database):
    with database._write() as session:
        definitions.save(session, indicator(decimals=7), **BY)
        assert snapshot.current(session).indicators["fuel-price"].decimals == 7
        session.rollback()
    with database.write() as session:
        definitions.save(session, indicator(decimals=2), **BY)
    with database.read() as session:
        assert snapshot.current(session).indicators["fuel-price"].decimals == 2


def test_definitions_are_found_again_as_they_were_at_a_number(session):
    definitions.save(session, indicator(decimals=1), **BY)
    first = definitions.current_seq(session)
    definitions.save(session, indicator(decimals=2), **BY)
    second = definitions.current_seq(session)
    definitions.archive(session, Indicator, "fuel-price", author="ada", reason="", now=NOW)
    assert snapshot.at_seq(session, first - 1).indicators == BUILT_IN
    assert snapshot.at_seq(session, first).indicators == {"fuel-price": indicator(decimals=1)} | BUILT_IN
    assert snapshot.at_seq(session, second).version_of("indicator", "fuel-price") == 2
    assert snapshot.at_seq(session, second + 1).indicators == BUILT_IN


def test_definitions_are_found_again_as_they_were_in_force_at_a_moment(session):
    later = NOW + timedelta(days=30)
    definitions.save(session, indicator(decimals=1), **BY)
    definitions.save(session, indicator(decimals=2), **(BY | {"effective_at": later}))
    for moment, decimals in ((NOW, 1), (later - timedelta(seconds=1), 1), (later, 2)):
        known, early = snapshot.as_of(session, moment)
        assert known.indicators["fuel-price"].decimals == decimals
        assert early == frozenset()


def test_before_its_first_version_a_definition_is_used_as_it_began_and_named(session):
    definitions.save(session, indicator(decimals=1), **BY)
    definitions.save(session, indicator(decimals=2), **BY)
    known, early = snapshot.as_of(session, NOW - timedelta(days=1))
    assert known.indicators["fuel-price"].decimals == 1
    assert early == {("indicator", "fuel-price")}


def test_what_was_archived_by_then_is_not_in_force(session):
    definitions.save(session, indicator(), **BY)
    definitions.archive(session, Indicator, "fuel-price", author="ada", reason="", now=NOW)
    assert snapshot.as_of(session, NOW) == snapshot.as_of(session, NOW + timedelta(days=9))
    assert snapshot.as_of(session, NOW)[0].indicators == BUILT_IN
