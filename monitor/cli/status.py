"""`heatwatch status`: every subject's level in one look, for people and programs."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.application import opened, print_json

if TYPE_CHECKING:
    from monitor.services.status import SubjectStatus


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="For programs; the format is documented in docs/status.md."
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Movers since this day; default 90 days.")
@click.option("--exercises", is_flag=True, help="Count exercises too.")
def status(*, as_json: bool, since: datetime | None, exercises: bool) -> None:
    """Show level, concern, heat, coverage, confidence, movers and open alerts of every subject."""
    from monitor.services.status import status as read_status

    since = since.replace(tzinfo=UTC) if since else None
    with opened() as application, application.reading() as (session, now):
        view = read_status(session, now=now, since=since, with_exercises=exercises)
    if as_json:
        print_json(view)
        return
    for subject in view["subjects"]:
        click.echo(_line(subject))


def _line(subject: "SubjectStatus") -> str:
    heat = "  ?" if subject["heat"] is None else f"{subject['heat']:3.0f}"
    level = subject["level"]
    if level == "Unknown" and subject["last_level"]:
        level = f"Unknown, last known {subject['last_level']}"
    movers = ", ".join(f"{mover['driver']} {mover['delta']:+.1f}" for mover in subject["movers"][:2])
    coverage = "" if subject["coverage"] is None else f"coverage {subject['coverage']:.0%}"
    clock = "" if subject["clock"] == "live" else f"as of {subject['as_of'][:10]}, {subject['clock']}"
    count = subject["open_alerts"]
    alerts = f"{count} open alert{'' if count == 1 else 's'}"
    return (
        f"{heat}  {level:<12} {subject['name']:<24} {coverage:<14} {alerts:<15} {movers:<44} {clock}".rstrip()
    )
