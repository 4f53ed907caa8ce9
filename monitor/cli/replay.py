"""`heatwatch replay`: play a subject's history as an exercise on a subject of its own."""

from datetime import UTC, datetime

import click

from monitor.bootstrap import Application
from monitor.cli.application import opened

DAY_SECONDS = 86_400


@click.command()
@click.argument("subject")
@click.option("--from", "runs_from", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day, UTC.")
@click.option("--to", "runs_until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day, UTC.")
@click.option(
    "--speed",
    default=2.0,
    show_default=True,
    type=click.FloatRange(min=0.001),
    help="Days of history a second.",
)
@click.option(
    "--wait", "is_waiting", is_flag=True, help="Play here until the end instead of leaving it to the worker."
)
def replay(
    subject: str, runs_from: datetime, runs_until: datetime, *, speed: float, is_waiting: bool
) -> None:
    """Play SUBJECT's history as an exercise: own series, heat and alerts, every message marked Exercise.

    Only channels that take exercises get messages; the subject itself is not touched. A running worker
    plays it; `--wait` plays it in this process.
    """
    from monitor.services.exercise import start_exercise

    with opened() as application:
        with application.database.write() as session:
            slug = start_exercise(
                session,
                subject,
                runs_from=runs_from.replace(tzinfo=UTC),
                runs_until=runs_until.replace(tzinfo=UTC, hour=23, minute=59, second=59),
                speed=speed * DAY_SECONDS,
                now=application.database.now(session),
            )
        click.echo(f"{slug} runs from {runs_from:%Y-%m-%d} to {runs_until:%Y-%m-%d}")
        if is_waiting:
            _play(application)


def _play(application: Application) -> None:
    import time

    from monitor.scheduling.jobs import advance_exercises, any_exercise_runs, deliver_due

    while any_exercise_runs(application):
        advance_exercises(application)
        deliver_due(application)
        time.sleep(0.2)
    deliver_due(application)
