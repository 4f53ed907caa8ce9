"""A web process that is asked to stop says so to the application, so that open streams let go."""

import os
import signal
import threading

from monitor.bootstrap import Application


def notice_signals(application: Application) -> None:
    """Note it when a signal ends this process; the server's own handlers stay as they are.

    A handler runs in the main thread, which the server keeps. The pipe is written before any handler runs.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def wait() -> None:
        while heard := os.read(reader, 1):
            if heard[0] in {signal.SIGTERM, signal.SIGINT}:
                application.stopping.set()
                return

    threading.Thread(target=wait, name="signals", daemon=True).start()
