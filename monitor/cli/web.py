"""`heatwatch web`: serve the pages."""

import click

from monitor.cli.application import opened


@click.command()
def web() -> None:
    """Serve the pages on HEATWATCH_BIND. Run `heatwatch worker` beside it, or `heatwatch up` for both."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from monitor.cli.start import require_assets, require_free_address

    with opened(quiet=False) as application:
        settings = application.settings
    require_free_address("HEATWATCH_BIND", settings.bind)
    require_assets()
    Server(
        "monitor.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.threads,
        workers_kill_timeout=3,
        log_access=False,
        # Not warnings: one says at every start that a thread for each open stream is too many.
        log_level=LogLevels.error,
        websockets=False,
    ).serve()
