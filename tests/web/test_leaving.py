"""A process that is asked to stop: the application learns it, and the server's own handler still runs."""

import os
import signal

import pytest

from monitor.web.leaving import notice_signals


@pytest.fixture
def handled():
    """Signals the process got, by a handler as the server has one."""
    got = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: got.append(number))
    yield got
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, before)


def test_a_signal_that_ends_the_process_is_noted_beside_the_servers_handler(desk, handled):
    notice_signals(desk)
    assert not desk.should_stop()
    os.kill(os.getpid(), signal.SIGTERM)
    assert desk.stopping.wait(10)
    assert handled == [signal.SIGTERM]
