"""Workers in processes of their own, forked from one that has imported everything: a start costs little."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["__main__", "monitor.cli.worker", "monitor.scheduling.runner", __name__])


class Worker:
    """`heatwatch worker` in an environment, its output in a file; leases may run out sooner than they do."""

    def __init__(self, environ: Mapping[str, str], log: Path, *, lease_seconds: float | None = None) -> None:
        given = (dict(environ), str(log), lease_seconds)
        self._process = _context.Process(target=_work, args=given)
        self._process.start()
        self.pid = self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self.wait()

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self, seconds: float = 60.0) -> int | None:
        """Return its exit code, minus the signal where one ended it; None: it still runs."""
        self._process.join(seconds)
        return self._process.exitcode


def _work(environ, log, lease_seconds) -> None:
    os.environ.clear()
    os.environ.update(environ)
    file = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.dup2(file, 1)
    os.dup2(file, 2)
    if lease_seconds is not None:
        _hurry(lease_seconds)
    from monitor.cli.main import main

    sys.argv = ["heatwatch", "worker"]
    main()


def _hurry(seconds: float) -> None:
    from monitor.services import deliver
    from monitor.storage import claims, deliveries

    deliveries.LEASE = claims.LEASE = timedelta(seconds=seconds)
    deliver.RENEW_SECONDS = seconds * 0.8
