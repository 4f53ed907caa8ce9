"""A part that `heatwatch up` started: it stops when its supervisor is gone, however that ended."""

import os
import signal
import threading
import time

STOP_SECONDS = 25.0
_STANDARD_INPUT = 0


def stop_with_supervisor(*, stop_seconds: float = STOP_SECONDS) -> None:
    """Stop this process, as SIGTERM does, once the supervisor's end of standard input is closed.

    The system closes it however the supervisor ends, by `kill -9` too. What does not stop in time is
    killed with its whole process group.
    """
    threading.Thread(target=_watch, args=(stop_seconds,), name="supervisor watch", daemon=True).start()


def _watch(stop_seconds: float) -> None:
    while os.read(_STANDARD_INPUT, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(stop_seconds)
    os.killpg(os.getpgrp(), signal.SIGKILL)
