"""What must hold before a server starts, said in one clear sentence instead of a stack trace."""

import errno
import socket
import time

from monitor.cli.checks import missing_assets
from monitor.domain.errors import ConfigError


def require_free_address(variable: str, bind: str, *, patience_seconds: float = 0.0) -> None:
    """Refuse an address that something else listens on, before anything starts.

    With patience, what is about to let go of it (a desk whose supervisor was killed) gets that long.
    """
    until = time.monotonic() + patience_seconds
    while (problem := _problem(bind)) is not None:
        if problem.errno != errno.EADDRINUSE or time.monotonic() >= until:
            raise ConfigError(
                f"{variable}={bind} cannot be used: {problem.strerror or problem}. Is Heatwatch already "
                f"running? Stop it, or set {variable} to another host:port."
            )
        time.sleep(0.1)


def _problem(bind: str) -> OSError | None:
    """Try to bind; return why it cannot be."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            return error
    return None


def require_assets() -> None:
    """Refuse to serve pages without their style and scripts."""
    if missing := missing_assets():
        raise ConfigError(
            f"the browser's files are not built ({', '.join(missing)}); run `make assets` first"
        )
