"""`heatwatch worker`: fetch, assess, raise alerts and deliver until told to stop."""

import click

from monitor.cli.application import opened

# Whoever has waited for the disk or the network waits so long again for a thread that reckons. Python's own
# 5 ms, several times a message, is more than all the rest of its way.
SWITCH_SECONDS = 0.0005


@click.command()
def worker() -> None:
    """Run the scheduled work: fetch, assess, raise alerts, deliver.

    Several workers may run on one PostgreSQL; on SQLite run one. SIGTERM finishes what is under way.
    """
    import signal
    import sys

    import structlog

    from monitor.faults import arm
    from monitor.scheduling.runner import Runner

    with opened(quiet=False) as application:
        log = structlog.get_logger()
        if application.settings.test_faults:
            arm(application.settings.test_faults)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: application.stopping.set())
        sys.setswitchinterval(SWITCH_SECONDS)
        runner = Runner(application)
        runner.start()
        log.info("worker started", worker=application.worker_name)
        application.stopping.wait()
        log.info("worker stopping")
        runner.stop()
        log.info("worker stopped")
