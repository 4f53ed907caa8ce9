"""A part of `heatwatch up` stops with its supervisor, however that one ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

PART = """
import subprocess, signal, sys, time
from monitor.cli.supervised import stop_with_supervisor
child = subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL)
{before}
stop_with_supervisor(stop_seconds=0.2)
print(child.pid, flush=True)
time.sleep(600)
"""
SUPERVISOR = """
from monitor.cli.up import Supervisor
from monitor.config import load_settings
Supervisor(load_settings(), parts=("receiver",)).run()
"""


@pytest.fixture
def started():
    """Start processes as groups of their own; nothing of them stays."""
    processes = []

    def start(program, **options):
        process = subprocess.Popen(
            [sys.executable, "-c", program], start_new_session=True, stdout=subprocess.PIPE, **options
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until(condition, *, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"it did not come to that within {seconds} s")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_part_whose_input_is_closed_stops_as_by_sigterm(started):
    part = started(PART.format(before=""), stdin=subprocess.PIPE)
    part.stdout.readline()
    assert part.poll() is None
    part.stdin.close()
    part.stdin = None
    assert part.wait(20) == -signal.SIGTERM


def test_a_part_that_does_not_stop_is_killed_with_its_children(started):
    ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    part = started(PART.format(before=ignoring), stdin=subprocess.PIPE)
    part.stdout.readline()
    part.stdin.close()
    part.stdin = None
    assert part.wait(20) == -signal.SIGKILL
    assert part.stdout.read() == b"", "the child, which holds the other end, is gone too"


def test_a_killed_supervisor_leaves_no_part_that_keeps_its_address(started, tmp_path):
    page, mail = free_port(), free_port()
    clean = {name: text for name, text in os.environ.items() if not name.startswith("HEATWATCH_")}
    environ = clean | {
        "HEATWATCH_HOME": str(tmp_path),
        "HEATWATCH_RECEIVER_BIND": f"127.0.0.1:{page}",
        "HEATWATCH_RECEIVER_SMTP_BIND": f"127.0.0.1:{mail}",
        "HEATWATCH_BIND": f"127.0.0.1:{free_port()}",
    }
    supervisor = started(SUPERVISOR, env=environ)
    until(lambda: is_listening(page))
    supervisor.kill()
    until(lambda: not is_listening(page) and not is_listening(mail))
