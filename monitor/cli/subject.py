"""`heatwatch subject`: set a subject's clock."""

from datetime import UTC, datetime

import click

from monitor.cli.application import actor, opened
from monitor.cli.moments import WRITTEN


@click.group()
def subject() -> None:
    """Set the clocks of subjects; `heatwatch status` lists them."""


@subject.command()
@click.argument("slug")
@click.option("--live", "is_live", is_flag=True, help="Wall time: from now on old values count as old.")
@click.option(
    "--standing", type=WRITTEN, help="Stand at this UTC moment; a day alone means the end of that day."
)
@click.option("--reason", default="", help="Kept in the audit log.")
def clock(slug: str, *, is_live: bool, standing: datetime | None, reason: str) -> None:
    """Set the clock of the subject SLUG to live or to a standing moment, and assess it again."""
    from monitor.cli.stages import drain
    from monitor.domain.clock import Clock, ClockMode
    from monitor.services.set_clock import set_clock

    if is_live == bool(standing):
        raise click.UsageError("give either --live or --standing")
    new = Clock(mode=ClockMode.STANDING, stands_at=_moment(standing)) if standing else Clock()
    with opened() as application:
        with application.writing() as (session, now):
            set_clock(session, slug, clock=new, actor=actor(), reason=reason, now=now)
        drain(application)
    at = f" at {new.stands_at:%Y-%m-%d %H:%M:%S} UTC" if new.stands_at else ""
    click.echo(f"{slug}: clock {new.mode.value}{at}")


def _moment(written: datetime) -> datetime:
    """Return a moment as written; a day is over at its last second, as what holds for it says."""
    if written.tzinfo is not None:
        return written
    return written.replace(hour=23, minute=59, second=59, tzinfo=UTC)
