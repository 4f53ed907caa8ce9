"""A desk of its own in a folder: settings, tables, an opened application, processes."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from monitor.bootstrap import Application, build, migrate
from monitor.config import load_settings


def environ_of(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a desk: this one's, without settings of Heatwatch, and its own."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("HEATWATCH_")}
    return inherited | {
        "HEATWATCH_HOME": str(home),
        "HEATWATCH_EGRESS_ALLOW_CIDRS": "127.0.0.0/8",
        "HEATWATCH_ADMIN_PASSWORD": "correct horse battery",
        **more,
    }


@contextmanager
def open_desk(home: Path, **more: str) -> Iterator[Application]:
    """Make the tables in a folder and open the application on them, in this process."""
    settings = load_settings(environ_of(home, **more))
    migrate(settings)
    application = build(settings)
    try:
        yield application
    finally:
        application.close()


def start(*arguments: str, environ: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a command of Heatwatch as a process of its own."""
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments],
            env=dict(environ), stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
