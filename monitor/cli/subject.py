"""`heatwatch subject`: set a subject's clock."""

import click

from monitor.cli.application import actor, opened


@click.group()
def subject() -> None:
    """Set the clocks of subjects; `heatwatch status` lists them."""


@subject.command()
@click.argument("slug")
@click.option("--live", "is_live", is_flag=True, help="Wall time: from now on old values count as old.")
@click.option(
    "--standing", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Stand at this UTC moment."
)
@click.option("--reason", default="", help="Kept in the audit log.")
def clock(slug: str, *, is_live: bool, standing: object, reason: str) -> None:
    """Set the clock of the subject SLUG to live or to a standing moment, and assess it again."""
    from datetime import UTC, datetime

    from monitor.cli.stages import drain
    from monitor.domain.clock import Clock, ClockMode
    from monitor.services.set_clock import set_clock

    if is_live == isinstance(standing, datetime):
        raise click.UsageError("give either --live or --standing")
    new = Clock()
    if isinstance(standing, datetime):
        new = Clock(mode=ClockMode.STANDING, stands_at=standing.replace(tzinfo=UTC))
    with opened() as application:
        with application.writing() as (session, now):
            set_clock(session, slug, clock=new, actor=actor(), reason=reason, now=now)
        drain(application)
    click.echo(f"{slug}: clock {new.mode.value}")
