"""What waits is released, corrected or dismissed once, with a reason that is kept."""

from datetime import timedelta

import pytest

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.quarantine import State
from monitor.services.decide_quarantined import (
    Decided,
    correct,
    dismiss,
    dismiss_run,
    release,
    release_run,
    rescale,
    rescale_run,
)
from monitor.services.judge_readings import judge_readings, keep_quarantined
from monitor.services.quarantine_list import quarantine_list
from monitor.storage import audit, observations, quarantine, subjects
from monitor.storage.engine import open_database
from tests.factories import DEATHS, FUEL, NOW, a_reading, a_source, an_indicator, install_desk

WEEK = timedelta(days=7)
LATER = NOW + timedelta(hours=2)
SAID = {"author": "ana", "reason": "the ministry confirms", "now": LATER}


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as session:
        states = an_indicator("conflict-deaths", words={"calm": 1.0, "war": 9.0}, plausible_high=5)
        install_desk(session, indicators=(an_indicator(plausible_high=500), states))
        yield session
        session.rollback()
    database.dispose()


def hold(session, *readings, run_id=1):
    """Let readings fail their gates; return their numbers."""
    judged = judge_readings(session, a_source(), readings, now=NOW)
    keep_quarantined(session, judged, source="feed", run_id=run_id, now=NOW)
    return sorted(row.id for row in quarantine_list(session).rows)


def observed(session, key=FUEL):
    return observations.history(session, key)


def test_a_released_value_is_stored_as_it_was_given_and_known_from_then_on(session):
    numbers = hold(session, a_reading(900.0, low=850.0))
    assert release(session, numbers, **SAID) == Decided(decided=1, stored=1)
    (found,) = observed(session)
    assert (found.reading.value, found.reading.low, found.reading.known_at) == (900, 850, LATER)
    assert (found.source, found.author) == ("feed", "ana")
    assert subjects.state(session, "goita").assess_due_at is not None
    row = quarantine.one(session, numbers[0])
    assert (row.state, row.decided_by, row.why, row.decided_at) == (
        State.RELEASED, "ana", "the ministry confirms", LATER,
    )  # fmt: skip


def test_a_reckoned_time_of_history_stays(session):
    reading = a_reading(900.0, is_reconstructed=True)
    release(session, hold(session, reading), **SAID)
    assert observed(session)[0].reading.known_at == reading.known_at


def test_what_was_done_is_in_the_audit_log(session):
    (number,) = hold(session, a_reading(900.0))
    release(session, [number], **SAID)
    (entry,) = audit.find_all(session)
    assert (entry.action, entry.actor, entry.target) == ("quarantine.release", "ana", FUEL)
    assert entry.reason == "the ministry confirms"
    (held,) = entry.before["quarantined"]
    assert (held["number"], held["value"], held["gate"]) == (number, 900, "range")


def test_the_right_value_takes_the_place_of_the_wrong_one(session):
    (number,) = hold(session, a_reading(9000.0, low=8000.0, unit="index"))
    assert correct(session, number, "90,5", **SAID) == Decided(decided=1, stored=1)
    (found,) = observed(session)
    assert (found.reading.value, found.reading.low, found.reading.note) == (90.5, None, SAID["reason"])
    assert quarantine.one(session, number).corrected_value == 90.5
    assert audit.find_all(session)[0].after == {"value": 90.5}
    assert judge_readings(session, a_source(), [a_reading(9000.0, low=8000.0, unit="index")], now=NOW) == (
        judge_readings(session, a_source(), [], now=NOW).__class__(set_aside=1)
    )


def test_a_word_of_the_indicator_is_a_value_too(session):
    (number,) = hold(session, a_reading(9.0, series=DEATHS))
    correct(session, number, "calm", **SAID)
    assert observed(session, DEATHS)[0].reading.value == 1


def test_what_is_dismissed_is_kept_and_never_stored(session):
    numbers = hold(session, a_reading(900.0))
    assert dismiss(session, numbers, **SAID) == Decided(decided=1)
    assert observed(session) == []
    assert [row.state for row in quarantine_list(session, state="all").rows] == [State.DISMISSED]
    assert quarantine_list(session).total == 0


def test_all_of_a_run_are_decided_at_once_and_unknown_series_wait_on(session):
    hold(
        session, a_reading(900.0), a_reading(901.0, ends=NOW - WEEK), a_reading(1.0, series="no-such:x"),
        run_id=4,
    )  # fmt: skip
    hold(session, a_reading(902.0, ends=NOW - 2 * WEEK), run_id=5)
    assert release_run(session, 4, **SAID) == Decided(decided=2, stored=2, left=1)
    assert dismiss_run(session, 4, **SAID) == Decided(decided=1)
    assert [row.run_id for row in quarantine_list(session).rows] == [5]
    assert release_run(session, 4, **SAID) == dismiss_run(session, 4, **SAID) == Decided()
    assert len(audit.find_all(session)) == 2


@pytest.mark.parametrize("reason,told", [("", "say why"), ("  ", "say why"), ("x" * 501, "at most 500")])
@pytest.mark.parametrize("act", [release, dismiss])
def test_a_reason_is_required(session, act, reason, told):
    numbers = hold(session, a_reading(900.0))
    with pytest.raises(InvalidInput, match=told) as caught:
        act(session, numbers, **SAID | {"reason": reason})
    assert caught.value.field == "reason"


def test_nothing_is_decided_twice(session):
    numbers = hold(session, a_reading(900.0))
    dismiss(session, numbers, **SAID)
    with pytest.raises(InvalidInput, match=r"was dismissed by ana: the ministry confirms"):
        release(session, numbers, **SAID)
    with pytest.raises(NotFound, match="number 99"):
        release(session, [99], **SAID)


@pytest.mark.parametrize(
    "value,told",
    [("900", "above 500, the most that is plausible"), ("x", "not a number"), ("inf", "no")],
)
def test_a_right_value_that_cannot_be_right_is_refused(session, value, told):
    (number,) = hold(session, a_reading(9000.0))
    with pytest.raises(InvalidInput, match=told) as caught:
        correct(session, number, value, **SAID)
    assert caught.value.field == "value"
    assert quarantine.one(session, number).state is State.OPEN


def test_what_is_of_no_series_cannot_be_stored(session):
    (number,) = hold(session, a_reading(1.0, series="no-such:x"))
    with pytest.raises(InvalidInput, match="there is no series no-such:x"):
        release(session, [number], **SAID)
    with pytest.raises(InvalidInput, match="there is no series no-such:x"):
        correct(session, number, "5", **SAID)


def test_values_of_a_switched_unit_are_stored_times_a_factor(session):
    numbers = hold(session, a_reading(90_000.0, low=80_000.0), a_reading(91_000.0, ends=NOW - WEEK))
    assert rescale(session, numbers, "0,001", **SAID) == Decided(decided=2, stored=2)
    found = observed(session)
    assert sorted(row.reading.value for row in found) == [90, 91]
    assert {row.reading.low for row in found} == {80, None}
    rows = quarantine_list(session, state="corrected").rows
    assert sorted((row.reading.value, row.corrected_value) for row in rows) == [(90_000, 90), (91_000, 91)]
    entry = audit.find_all(session)[0]
    assert (entry.action, entry.after) == ("quarantine.rescale", {"value": 0.001})


def test_all_of_a_run_are_rescaled_and_unknown_series_wait_on(session):
    hold(session, a_reading(90_000.0), a_reading(7.0, series="lost:x"), run_id=4)
    hold(session, a_reading(95_000.0, ends=NOW - WEEK), run_id=5)
    assert rescale_run(session, 4, "0.001", **SAID) == Decided(decided=1, stored=1, left=1)
    assert [row.reading.value for row in observed(session)] == [90]


@pytest.mark.parametrize(
    "factor,told",
    [("x", "expected a number"), ("0", "expected a number"), ("-1", "expected a number"),
     ("1", "expected a number"), ("nan", "expected a number"), ("0.01", "900 is above 500")],
)  # fmt: skip
def test_a_factor_that_makes_nothing_right_stores_none_of_them(session, factor, told):
    numbers = hold(session, a_reading(90_000.0), a_reading(4_000.0, ends=NOW - WEEK))
    with pytest.raises(InvalidInput, match=told) as refused:
        rescale(session, numbers, factor, **SAID)
    assert refused.value.field == "value"
    assert observed(session) == []
    assert all(quarantine.one(session, number).state is State.OPEN for number in numbers)
