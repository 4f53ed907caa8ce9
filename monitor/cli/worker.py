"""`heatwatch worker`: fetch, assess, raise alerts and deliver until told to stop."""

import click

from monitor.cli.application import opened


@click.command()
def worker() -> None:
    """Run the scheduled work: fetch, assess, raise alerts, deliver.

    Several workers may run on one PostgreSQL; on SQLite run one. SIGTERM finishes what is under way.
    """
    import signal

    import structlog

    from monitor.faults import arm
    from monitor.scheduling.runner import Runner

    with opened(quiet=False) as application:
        log = structlog.get_logger()
        if application.settings.test_faults:
            arm(application.settings.test_faults)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: application.stopping.set())
        runner = Runner(application)
        runner.start()
        log.info("worker started", worker=application.worker_name)
        application.stopping.wait()
        log.info("worker stopping")
        runner.stop()
        log.info("worker stopped")
