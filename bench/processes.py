"""Processes: how long commands take to start, and how much memory worker and web process hold."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench.desks import environ_of, start
from bench.measure import Figure, Skipped, compare, seconds, single
from bench.memory import megabytes
from monitor.cli.checks import missing_assets

BARE = (sys.executable, "-c", "pass")
IDLE = (sys.executable, "-c", "import time; time.sleep(60)")
VERSION = (sys.executable, "-m", "monitor", "--version")
SLOWEST_SECONDS = 60.0
SETTLE_SECONDS = 2.0
STARTED = "worker started"
SECOND_STARTS = 3


def run(folder: Path) -> list[Figure]:
    """Time starts, then look at the memory of each process by itself."""
    if missing := missing_assets():
        raise Skipped(f"the browser's files are not built ({', '.join(missing)}); run `make assets`")
    port = _free_port()
    environ = environ_of(folder, HEATWATCH_BIND=f"127.0.0.1:{port}")
    log, worker = folder / "processes.log", folder / "worker.log"
    first = _up(environ, port, log)
    return [
        compare(
            "heatwatch --version", lambda: _ran(*VERSION), "the bare interpreter", lambda: _ran(*BARE),
            runs=5, unit="ms", scale=1000,
        ),
        single("heatwatch up until it answers, first start", [first], unit="s"),
        single(
            "heatwatch up until it answers, second start",
            [_up(environ, port, log) for _ in range(SECOND_STARTS)], unit="s",
        ),
        *_memory("worker", start("worker", environ=environ, log=worker), lambda: _has_started(worker)),
        *_memory("web", start("web", environ=environ, log=log), lambda: _answers(port)),
        *_memory("bare interpreter", subprocess.Popen(IDLE, start_new_session=True), lambda: True),
    ]  # fmt: skip


def _ran(*command: str) -> float:
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def _up(environ: dict[str, str], port: int, log: Path) -> float:
    """Start everything; return the seconds until the web process answers, and stop it."""
    begun = time.perf_counter()
    process = start("up", environ=environ, log=log)
    try:
        _wait_until(lambda: _answers(port), process)
        return time.perf_counter() - begun
    finally:
        _stop(process)


def _memory(name: str, process: "subprocess.Popen[bytes]", is_up: Callable[[], bool]) -> list[Figure]:
    """Look at a process that is up and has nothing to do, then stop it."""
    try:
        _wait_until(is_up, process)
        time.sleep(SETTLE_SECONDS)
        now, peak = megabytes(process.pid)
    finally:
        _stop(process)
    return [
        single(f"{name}, memory after start (shared pages once)", [now], unit="MB"),
        single(f"{name}, peak resident", [peak], unit="MB"),
    ]


def _wait_until(is_up: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + SLOWEST_SECONDS
    while not is_up():
        if process.poll() is not None or time.monotonic() > until:
            raise Skipped(f"a process did not come up: {process.args!r}")
        time.sleep(0.02)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(timeout=SLOWEST_SECONDS)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _has_started(log: Path) -> bool:
    return STARTED in log.read_text(encoding="utf-8", errors="replace")
