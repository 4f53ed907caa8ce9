"""What must hold before a server starts, said in one clear sentence instead of a stack trace."""

import socket

from monitor.cli.checks import missing_assets
from monitor.domain.errors import ConfigError


def require_free_address(variable: str, bind: str) -> None:
    """Refuse an address that something else listens on, before anything starts."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise ConfigError(
                f"{variable}={bind} cannot be used: {error.strerror or error}. Is Heatwatch already running? "
                f"Stop it, or set {variable} to another host:port."
            ) from None


def require_assets() -> None:
    """Refuse to serve pages without their style and scripts."""
    if missing := missing_assets():
        raise ConfigError(
            f"the browser's files are not built ({', '.join(missing)}); run `make assets` first"
        )
