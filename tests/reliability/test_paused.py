"""A worker stopped past its lease and let go again: another sent its message, and its own word is void."""

import os
import signal
import sys
import threading

import pytest

from tests.reliability.alarms import Alarms

pytestmark = pytest.mark.reliability

PAUSES, FEWER_PAUSES, LEASE_SECONDS = 10, 3, 2.0
# What a worker says that comes back: its claim is another's, or PostgreSQL has ended its transaction.
VOID = (b"a lease was lost", b"idle-in-transaction timeout")


class Gate:
    """Lets the first message of each round wait for its answer until it opens."""

    def __init__(self, receiver) -> None:
        self._add, self._lock = receiver.arrivals.add, threading.Lock()
        self._open = threading.Event()
        self._is_shut = False
        receiver.arrivals.add = self._let_in

    def shut(self) -> None:
        self._open.clear()
        self._is_shut = True

    def open(self) -> None:
        self._open.set()

    def _let_in(self, incoming):
        arrival = self._add(incoming)
        with self._lock:
            waits, self._is_shut = self._is_shut, False
        if waits:
            self._open.wait(60)
        return arrival


@pytest.fixture
def alarms(tmp_path, receiver, database_url):
    alarms = Alarms(
        tmp_path / "alarms", receiver, alerts=PAUSES, channels=("hook",), database_url=database_url,
        lease_seconds=LEASE_SECONDS,
    )  # fmt: skip
    yield alarms
    alarms.close()


def test_a_worker_paused_past_its_lease_changes_nothing_when_it_comes_back(alarms, receiver, capsys):
    pauses = PAUSES if alarms.engine == "postgresql" else FEWER_PAUSES
    gate = Gate(receiver)
    for _ in range(2):
        alarms.start_worker()
        alarms.wait_for_beat()
    for number in range(pauses):
        gate.shut()
        alarms.fire(1)
        alarms.wait(lambda n=number: len(receiver.arrivals.all()) == 2 * n + 1, "nothing arrived")
        [(owner,)] = alarms.query("select lease_owner from delivery where status = 'leased'")
        paused = int(owner.rpartition(":")[2])
        os.kill(paused, signal.SIGSTOP)
        alarms.wait(lambda n=number: _delivered(alarms) == n + 1, "no other worker sent it")
        before = _attempts(alarms)
        gate.open()
        os.kill(paused, signal.SIGCONT)
        alarms.wait(lambda n=number: _void(alarms) > n, "the paused worker said nothing")
        assert _attempts(alarms) == before
    alarms.wait_until_sent(pauses)
    tally = alarms.tally()
    with capsys.disabled():
        sys.stdout.write(
            f"\npauses={pauses} events={tally.events} lost={tally.lost} dup={tally.doubled} "
            f"changed={tally.changed} disorder={tally.disorder} void={_void(alarms)} on={alarms.engine}\n"
        )
    assert (tally.events, tally.lost, tally.changed, tally.disorder) == (pauses, 0, 0, 0)
    assert tally.doubled == pauses
    assert {tuple(outcomes) for outcomes in _attempts(alarms).values()} == {("lost", "delivered")}


def _delivered(alarms) -> int:
    return alarms.query("select count(*) from delivery where status = 'delivered'")[0][0]


def _void(alarms) -> int:
    said = alarms.log_file.read_bytes()
    return sum(said.count(words) for words in VOID)


def _attempts(alarms):
    found = {}
    for delivery, outcome in alarms.query("select delivery_id, outcome from attempt order by number"):
        found.setdefault(delivery, []).append(outcome)
    return found
