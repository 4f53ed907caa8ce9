"""A fault kills the process at its point and time, as a power cut would; unarmed it does nothing."""

import signal
import subprocess
import sys

from monitor.faults import passing

PROGRAM = """
from monitor.faults import arm, passing
arm("after_send:2")
for word in ("first", "second", "third"):
    passing("after_claim")
    print(word, flush=True)
    passing("after_send")
"""


def test_a_process_dies_at_the_point_and_time_it_was_armed_for():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["first", "second"])


def test_unarmed_a_point_does_nothing():
    assert passing("after_send") is None
