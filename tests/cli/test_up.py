"""`heatwatch up`: a part that dies comes back, and nothing of it stays behind."""

import os
import signal
import time
from pathlib import Path

import pytest

from monitor.cli.up import MAX_QUICK_DEATHS, Supervisor
from monitor.domain.errors import ConfigError

# Stands for a web server: it has a child of its own, as the real one has.
PART = """#!/bin/sh
sleep 600 &
echo $! > {child}.new && mv {child}.new {child}
wait
"""


@pytest.fixture
def child_file(tmp_path, monkeypatch):
    program = tmp_path / "part.sh"
    program.write_text(PART.format(child=tmp_path / "child"))
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program))
    return tmp_path / "child"


@pytest.fixture
def supervisor(child_file, settings):
    supervisor = Supervisor(settings, parts=("web",))
    yield supervisor
    supervisor._stop_parts()


def until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it did not come to that within 5 s")


def child_of(part, child_file):
    until(child_file.exists)
    child = int(child_file.read_text())
    child_file.unlink()
    assert is_alive(child)
    assert part.poll() is None
    return child


def is_alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_part_that_is_killed_comes_back_and_its_child_ends(supervisor, child_file, capfd):
    supervisor._start("web")
    first = supervisor._parts["web"]
    child = child_of(first, child_file)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert is_alive(child)
    supervisor._supervise()
    until(lambda: not is_alive(child))
    assert "the web process ended with code -9; starting it again" in capfd.readouterr().err
    second = supervisor._parts["web"]
    assert second.pid != first.pid
    child_of(second, child_file)


def test_a_part_that_is_killed_again_and_again_comes_back_each_time(supervisor, child_file):
    supervisor._start("web")
    for _ in range(MAX_QUICK_DEATHS + 1):
        part = supervisor._parts["web"]
        child_of(part, child_file)
        part.kill()
        part.wait()
        supervisor._supervise()


def test_a_part_that_cannot_start_ends_it_all(supervisor, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    supervisor._start("web")
    for _ in range(MAX_QUICK_DEATHS - 1):
        supervisor._parts["web"].wait()
        supervisor._supervise()
    supervisor._parts["web"].wait()
    with pytest.raises(ConfigError, match="the web process ended 5 times at once, exit code 1"):
        supervisor._supervise()


def test_nothing_is_left_when_it_stops(supervisor, child_file):
    supervisor._start("web")
    part = supervisor._parts["web"]
    child = child_of(part, child_file)
    supervisor._stop_parts()
    assert part.poll() is not None
    until(lambda: not is_alive(child))


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_closed_terminal_stops_it_as_a_signal_does(supervisor, child_file, monkeypatch, asked):
    kept = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    monkeypatch.setattr(supervisor, "_announce", lambda: signal.raise_signal(asked))
    try:
        supervisor.run()
    finally:
        for name, handler in kept.items():
            signal.signal(name, handler)
    assert supervisor._parts["web"].poll() is not None
