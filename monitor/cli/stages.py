"""`heatwatch assess` and `heatwatch deliver`: the stages by hand."""

import click

from monitor.bootstrap import Application
from monitor.cli.application import opened


@click.command()
@click.argument("subjects", nargs=-1)
def assess(subjects: tuple[str, ...]) -> None:
    """Assess what is due now, or the SUBJECTS named, and raise their alerts."""
    from monitor.services.assess import mark_for_assessment

    with opened() as application:
        if subjects:
            with application.database.write() as session:
                mark_for_assessment(session, subjects, now=application.database.now(session))
        click.echo(f"assessed {drain(application)} subjects")


@click.command()
def deliver() -> None:
    """Form and send the messages that are due now."""
    from monitor.scheduling.jobs import deliver_due

    with opened() as application:
        click.echo(str(deliver_due(application)))


def drain(application: Application) -> int:
    """Assess every subject that is due and raise its alerts; return how many were assessed."""
    from monitor.scheduling.jobs import drain_pipeline

    return drain_pipeline(application)
