"""`kill -9` of the worker at random moments of a replay: nothing lost, nothing doubled but by its own id."""

import random
import sys
import time

import pytest

from tests.reliability.alarms import CHANNELS, Alarms
from tests.reliability.desk import Desk

pytestmark = pytest.mark.reliability

KILLS, MANY_KILLS, FEWER_KILLS, ALERTS = 10, 25, 8, 200
IN_FLIGHT = 16


@pytest.fixture
def alarms(tmp_path, receiver, database_url):
    alarms = Alarms(tmp_path / "alarms", receiver, alerts=ALERTS, database_url=database_url)
    yield alarms
    alarms.close()


@pytest.fixture
def desk(tmp_path, receiver):
    desk = Desk(tmp_path / "home", receiver)
    yield desk
    desk.close()


def test_ten_kills_during_a_replay_lose_no_alert(desk, receiver, capsys):
    generator = random.Random(20251130)
    subject = desk.start_exercise(days_a_second=4.0)
    for _ in range(KILLS):
        desk.start_worker()
        time.sleep(generator.uniform(2.0, 6.0))
        desk.kill_worker()
    desk.start_worker()
    desk.wait_until_played()
    killed = desk.tally()
    quiet = desk.start_exercise(days_a_second=40.0)
    desk.wait_until_played()
    integrity = desk.query("pragma integrity_check")
    with capsys.disabled():
        sys.stdout.write(
            f"\nkills={KILLS} events={killed.events} lost={killed.lost} dup={killed.doubled} "
            f"changed={killed.changed} disorder={killed.disorder}\n"
        )
    assert killed.events > 0
    assert (killed.lost, killed.changed, killed.disorder) == (0, 0, 0)
    assert killed.doubled <= IN_FLIGHT * KILLS
    assert desk.story(subject) == desk.story(quiet)
    assert integrity == [("ok",)]
    assert all(each.is_exercise for each in receiver.arrivals.all())


@pytest.mark.parametrize("when", ["random", "burst"])
def test_kills_among_two_hundred_alerts_to_three_channels_lose_none(alarms, receiver, when, capsys):
    """At any moment while alerts come one by one; or each in the middle of a burst of messages."""
    generator = random.Random(200)
    kills = MANY_KILLS if alarms.application.database.is_sqlite else FEWER_KILLS
    rounds = {"random": _trickle, "burst": _burst}[when]
    integrity = set()
    alarms.raise_here()
    for each in range(kills):
        alarms.start_worker()
        alarms.wait_for_beat()
        rounds(alarms, ALERTS * (each + 1) // kills - ALERTS * each // kills, generator)
        integrity |= alarms.integrity()
    alarms.start_worker()
    alarms.wait_until_sent(ALERTS * len(CHANNELS))
    tally = alarms.tally()
    integrity |= alarms.integrity()
    with capsys.disabled():
        sys.stdout.write(
            f"\nkills={kills} events={tally.events} lost={tally.lost} dup={tally.doubled} "
            f"changed={tally.changed} disorder={tally.disorder} integrity={','.join(sorted(integrity))} "
            f"when={when} on={alarms.engine}\n"
        )
    assert tally.events == ALERTS * len(CHANNELS)
    assert (tally.lost, tally.changed, tally.disorder) == (0, 0, 0)
    assert tally.doubled <= IN_FLIGHT * kills
    assert integrity <= {"ok"}
    assert {each.signature for each in receiver.arrivals.all()} == {"verified"}


def _trickle(alarms, count, generator):
    """Alerts at random moments of a second or so, and the end at another; some come while nobody works."""
    ends_at, begun = generator.uniform(0.2, 1.2), time.monotonic()
    moments = [at for at in sorted(generator.uniform(0.0, 1.0) for _ in range(count)) if at < ends_at]
    for moment in moments:
        time.sleep(max(0.0, moment - (time.monotonic() - begun)))
        alarms.fire(1)
    time.sleep(max(0.0, ends_at - (time.monotonic() - begun)))
    alarms.kill_worker()
    alarms.fire(count - len(moments))


def _burst(alarms, count, generator):
    """All at once, and the end while their messages are on the way."""
    alarms.fire(count)
    alarms.wait_for_arrival()
    time.sleep(generator.uniform(0.0, 0.2))
    alarms.kill_worker()
