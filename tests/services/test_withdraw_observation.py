"""An entered value taken back: what held before it holds again, and nothing is rewritten."""

from dataclasses import replace

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.services.record_observation import Recorded, record_observation
from monitor.services.withdraw_observation import row_named, withdraw_observation
from monitor.storage import audit, observations, series
from monitor.storage.engine import open_database
from tests.factories import FUEL, NOW, install_desk
from tests.services.test_record_observation import ENTRY


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_desk(opened)
        yield opened
    database.dispose()


def enter(session, value):
    return record_observation(session, replace(ENTRY, value=value), author="ben", now=NOW)


def withdraw(session, row, reason="typed twice"):
    return withdraw_observation(session, row, reason=reason, by="ana", now=NOW)


def values(session):
    return [each.reading.value for each in reversed(observations.history(session, FUEL))]


def test_values_are_taken_back_one_after_the_other_until_none_is_left(session):
    first, second = enter(session, "310"), enter(session, "320")
    with pytest.raises(Conflict, match="withdraw that one first"):
        withdraw(session, first)
    again = withdraw(session, second)
    assert series.latest(session, [FUEL])[FUEL].reading.value == 310
    assert series.latest(session, [FUEL])[FUEL].reading.grade == "B2"
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw(session, second)
    with pytest.raises(Conflict, match="what held before"):
        withdraw(session, again)
    withdraw(session, first)
    assert FUEL not in series.latest(session, [FUEL])
    assert values(session) == [310, 320, 310, None]
    third = enter(session, "330")
    withdraw(session, third)
    assert values(session) == [310, 320, 310, None, 330, None]
    newest = audit.find_all(session)[0]
    assert (newest.action, newest.actor, newest.reason) == ("observation.withdraw", "ana", "typed twice")
    assert (newest.before["value"], newest.after["value"]) == (330, None)


def test_only_what_there_is_can_be_taken_back_and_for_a_short_reason(session):
    row = enter(session, "310")
    with pytest.raises(NotFound):
        withdraw(session, replace(row, seq=row.seq + 1))
    with pytest.raises(InvalidInput):
        withdraw(session, row, reason="x" * 1001)
    assert values(session) == [310]


@pytest.mark.parametrize("text", ["", "5", "5.x", "x.5", "99999999999999999999.1"])
def test_an_address_that_names_no_row_is_not_found(text):
    with pytest.raises(NotFound):
        row_named(text, FUEL)
    assert row_named("1764547200.7", FUEL) == Recorded(series=FUEL, start=1764547200, seq=7)
