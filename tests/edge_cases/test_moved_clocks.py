"""Cases 7 to 9 and 13: clocks that leap, zones that change, periods that have yet to come."""

from datetime import UTC, datetime, timedelta

from monitor.services.beat import SinceLast, beat
from monitor.services.judge_readings import judge_readings, keep_quarantined
from monitor.services.next_due import next_due
from monitor.storage import clock_moves, observations, quarantine, subjects
from tests.factories import a_reading, a_rule, a_source
from tests.timeline.harness import BEGIN

LEAP = timedelta(hours=6)
WAITS = a_rule("waits", for_count=1, for_seconds=40 * 60.0, keep_firing_seconds=900.0)
FAST = a_rule(for_count=1, keep_firing_seconds=900.0)


def leap(told, by):
    """The clock leaps between two beats of the worker that lie five seconds apart."""
    before = told.now
    with told.database.write() as session:
        beat(session, worker="w", now=before)
    told.now = before + by + timedelta(seconds=5)
    with told.database.write() as session:
        found = beat(session, worker="w", now=told.now, since=SinceLast(beat_at=before, seconds=5.0))
        [move] = clock_moves.between(session, told.now, told.now)
    assert found.leapt == by == timedelta(seconds=move.seconds)


def test_case_7_a_clock_that_leaps_ahead_makes_one_repeat_and_fires_nothing_sooner(line):
    told = line(rules=(FAST, WAITS))
    told.observe("0s", 520)
    told.want("hook", "firing", after="0s", before="1s", rule="fuel-high")
    told.run(until="20m")
    leap(told, LEAP)
    told.observe("395m", 530)
    told.want("hook", "repeated", after="380m", before="382m", rule="fuel-high")
    told.want("hook", "firing", after="400m", before="402m", rule="waits")
    told.run(until="410m")


def test_case_7_after_a_leap_back_nothing_waits_for_the_old_time_to_come_again(line):
    told = line()
    told.now = BEGIN + LEAP
    told.observe("6h", 400)
    told.want("hook", "firing", after="6h", before="361m")
    told.run(until="370m")
    told.kind.down.add("hook")
    told.observe("375m", 520)
    told.run(until="376m")
    leap(told, -LEAP)
    told.kind.down.clear()
    told.want("hook", "concern_raised", after="16m", before="20m", concern="critical")
    told.run(until="20m")
    told.now = BEGIN + timedelta(minutes=74)
    told.at("80m", lambda *_: None)
    told.want("hook", "repeated", after="77m", before="82m")
    told.run(until="82m")


def test_case_8_a_source_whose_turn_falls_into_the_spring_gap_is_asked_once_right_after_it():
    source = a_source(interval_seconds=None, cron="30 2 * * *", timezone="Europe/Stockholm")
    turns = [datetime(2025, 3, 29, 12, tzinfo=UTC)]
    for _ in range(2):
        turns.append(next_due(source, now=turns[-1], failures=0, last_new_at=turns[-1]))
    assert turns[1:] == [datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 3, 31, 0, 30, tzinfo=UTC)]


def test_case_9_a_source_whose_turn_comes_twice_in_autumn_is_asked_the_first_time():
    source = a_source(interval_seconds=None, cron="30 2 * * *", timezone="Europe/Stockholm")
    turns = [datetime(2025, 10, 25, 12, tzinfo=UTC)]
    for _ in range(2):
        turns.append(next_due(source, now=turns[-1], failures=0, last_new_at=turns[-1]))
    assert turns[1:] == [datetime(2025, 10, 26, 0, 30, tzinfo=UTC), datetime(2025, 10, 27, 1, 30, tzinfo=UTC)]


def test_case_13_a_period_that_has_yet_to_come_waits_for_a_person_and_raises_nothing(line):
    told = line()

    def learn(session, now):
        early = a_reading(900.0, ends=now + timedelta(hours=2), days=1 / 24, known_at=now)
        judged = judge_readings(session, a_source(), [early], now=now)
        keep_quarantined(session, judged, source="feed", run_id=None, now=now)
        observations.add(session, judged.accepted, source="feed", author="", note="", now=now)
        subjects.mark_due(session, ["goita"], now=now)

    told.observe("0s", 120)
    told.at("1h", learn)
    told.run(until="2h")
    with told.database.read() as session:
        assert [each.gate.value for each in quarantine.find(session, quarantine.Which())] == ["future"]
