"""Memory and processor time of processes, as Linux keeps them.

Not `ru_maxrss`: that of a child begins at the size of the process that started it.
"""

import os
from pathlib import Path

from bench.measure import Skipped

PROC = Path("/proc")
_SESSION_FIELD, _USER_FIELD, _SYSTEM_FIELD = 3, 11, 12


def megabytes(session: int) -> tuple[float, float]:
    """Return what all processes of a session hold now, shared pages counted once, and their summed peaks."""
    if not PROC.is_dir():
        raise Skipped("memory is read from /proc, which this system does not have")
    found = [process for process in PROC.glob("[0-9]*") if _session_of(process) == session]
    now = sum(_kilobytes(process / "smaps_rollup", "Pss:") for process in found)
    peak = sum(_kilobytes(process / "status", "VmHWM:") for process in found)
    return now * 1024 / 1e6, peak * 1024 / 1e6


def processor_seconds(pid: int) -> float:
    """Return the processor time that all threads of a process have had so far."""
    if not PROC.is_dir():
        raise Skipped("processor time is read from /proc, which this system does not have")
    found = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(found[_USER_FIELD]) + int(found[_SYSTEM_FIELD])) / os.sysconf("SC_CLK_TCK")


def _session_of(process: Path) -> int | None:
    """Return the session of a process; None if it has just ended."""
    try:
        after_name = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(after_name[_SESSION_FIELD])


def _kilobytes(file: Path, name: str) -> int:
    """Return a line's number; 0 for a process that has just ended."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(name))
