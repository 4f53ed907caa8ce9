"""`kill -9` at named points between a value and its message: each leaves what the contract says."""

import signal
import sys

import pytest

from tests.reliability.alarms import Alarms

pytestmark = pytest.mark.reliability

KILLS, FEWER_KILLS = 20, 4
LONG_SECONDS = 60
# What is seen of one alert after the kill: notifications written, how its delivery stands, messages arrived.
POINTS = {
    "before_commit": (0, [], 0),
    "after_commit": (1, [], 0),
    "after_claim": (1, ["leased"], 0),
    "after_send": (1, ["leased"], 1),
    "after_finish": (1, ["delivered"], 1),
}


@pytest.fixture
def alarms(tmp_path, receiver, database_url):
    alarms = Alarms(
        tmp_path / "alarms", receiver, alerts=KILLS, channels=("hook",), database_url=database_url
    )
    yield alarms
    alarms.close()


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_point_loses_nothing_and_doubles_only_what_was_sent(alarms, receiver, point, capsys):
    kills = KILLS if alarms.engine == "sqlite" else FEWER_KILLS
    alarms.work_here()
    for number in range(kills):
        alarms.fire(1)
        assert alarms.start_worker(dies_at=point).wait(LONG_SECONDS) == -signal.SIGKILL
        assert _seen(alarms, receiver, number) == POINTS[point]
        # Another process goes on, once nobody can still be at it.
        alarms.let_leases_run_out()
        alarms.work_here()
    tally = alarms.tally()
    with capsys.disabled():
        sys.stdout.write(
            f"\npoint={point} kills={kills} events={tally.events} lost={tally.lost} dup={tally.doubled} "
            f"changed={tally.changed} disorder={tally.disorder} on={alarms.engine}\n"
        )
    assert (tally.events, tally.lost, tally.changed, tally.disorder) == (kills, 0, 0, 0)
    assert tally.doubled == (kills if point == "after_send" else 0)
    assert alarms.integrity() <= {"ok"}


def _seen(alarms, receiver, number):
    """Return what one more alert has left: those before it were told."""
    [(notifications,)] = alarms.query("select count(*) from notification")
    statuses = alarms.query("select status from delivery order by formed_at, id")[number:]
    arrived = {each.message_id for each in receiver.arrivals.all()}
    return notifications - number, [status for (status,) in statuses], len(arrived) - number
