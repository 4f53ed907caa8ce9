"""`kill -9` of the worker at random moments of a replay: nothing lost, nothing doubled but by its own id."""

import random
import sys
import time

import pytest

from monitor.dev.receiver import build_receiver
from tests.reliability.desk import Desk

pytestmark = pytest.mark.reliability

KILLS = 10
IN_FLIGHT = 16


@pytest.fixture
def receiver(tmp_path):
    with build_receiver(tmp_path / "receiver") as receiver:
        yield receiver


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
