"""`heatwatch up`: web and worker as two supervised processes on one machine."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

import click

from monitor.cli.first_start import prepare
from monitor.cli.start import require_assets, require_free_address
from monitor.config import Settings, load_settings
from monitor.domain.errors import ConfigError

PARTS = ("worker", "web")
STOP_SECONDS = 25
# What a killed `up` left behind stops by itself within this time.
PATIENCE_SECONDS = 10.0
QUICK_DEATH_SECONDS = 5
MAX_QUICK_DEATHS = 5


@click.command()
def up() -> None:
    """Run the whole desk on this machine: migrate, install the bundled packs on first start, serve.

    Data lies in HEATWATCH_HOME, the address is HEATWATCH_BIND. Ctrl-C lets what is under way finish.
    """
    settings = load_settings()
    require_assets()
    require_free_address("HEATWATCH_BIND", settings.bind, patience_seconds=PATIENCE_SECONDS)
    prepare(settings)
    Supervisor(settings).run()


class Supervisor:
    """Keeps one process for each part running, until told to stop."""

    def __init__(
        self, settings: Settings, *, parts: tuple[str, ...] = PARTS, environ: Mapping[str, str] | None = None
    ) -> None:
        """Remember what to run; nothing starts before `run`."""
        self._settings = settings
        self._names = parts
        self._environ = {**os.environ, **(environ or {})}
        self._parts: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._quick_deaths: dict[str, int] = dict.fromkeys(parts, 0)
        self._is_stopping = False

    def run(self) -> None:
        """Start the parts, say where the board is, and supervise until a signal arrives."""
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, self._stop_asked)
        for part in self._names:
            self._start(part)
        self._announce()
        try:
            while not self._is_stopping:
                self._supervise()
                time.sleep(0.3)
        finally:
            self._stop_parts()

    def _start(self, part: str) -> None:
        # A process group of its own: Ctrl-C in the terminal reaches only the supervisor, which stops them.
        # Its standard input is ours alone to hold open: it closes, and the part stops, however we end.
        self._parts[part] = subprocess.Popen(
            [sys.executable, "-m", "monitor", "--supervised", part],
            env=self._environ,
            start_new_session=True,
            stdin=subprocess.PIPE,
        )
        self._started[part] = time.monotonic()

    def _announce(self) -> None:
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound
        address = f"http://{host}:{self._settings.port}"
        for _ in range(100):
            if _answers(f"{address}/healthz") or self._is_stopping:
                break
            time.sleep(0.1)
        click.echo(f"\nHeatwatch is up: {self._settings.base_url or address}   (Ctrl-C stops it)\n")

    def _supervise(self) -> None:
        for part, process in list(self._parts.items()):
            if process.poll() is None:
                continue
            _end_group(process)
            _let_go(process)
            is_quick = time.monotonic() - self._started[part] < QUICK_DEATH_SECONDS
            # Killed from outside, by a person or for want of memory, says nothing about the program.
            is_own = process.returncode not in {-signal.SIGKILL, -signal.SIGTERM}
            quick = self._quick_deaths[part] + 1 if is_quick and is_own else 0
            self._quick_deaths[part] = quick
            if quick >= MAX_QUICK_DEATHS:
                message = f"the {part} process ended {quick} times at once, exit code {process.returncode}"
                raise ConfigError(message)
            click.echo(
                f"the {part} process ended with code {process.returncode}; starting it again", err=True
            )
            self._start(part)

    def _stop_asked(self, *_: object) -> None:
        self._is_stopping = True

    def _stop_parts(self) -> None:
        for process in self._parts.values():
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in self._parts.values():
            try:
                process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
            _end_group(process)
            _let_go(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what a part that has ended left behind: the server's child would keep the address."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _let_go(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - our own address
            return True
    except (urllib.error.URLError, OSError):
        return False
