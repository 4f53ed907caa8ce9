"""`heatwatch source backfill` and `source backfills`: the history of a source, and how far it is."""

from dataclasses import asdict
from datetime import datetime

import click

from monitor.cli.application import actor, opened, print_json

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("slug", required=False)
@click.option("--since", type=DAY, help="First day of the history.")
@click.option("--until", type=DAY, help="Last day, included; without it today.")
@click.option("--step-days", type=int, default=90, show_default=True, help="Days asked for at once.")
@click.option("--cancel", "number", type=int, metavar="ID", help="Cancel a backfill; what is there stays.")
@click.option("--reason", default="", help="Kept in the audit log; with --cancel.")
def backfill(
    slug: str | None,
    *,
    since: datetime | None,
    until: datetime | None,
    step_days: int,
    number: int | None,
    reason: str,
) -> None:
    """Ask for the history of the source SLUG since a day; a worker does it, the newest days first.

    Progress is seen with `heatwatch source backfills`; it goes on where it was if a worker is killed.
    """
    if number is not None:
        _cancel(number, reason=reason)
        return
    if slug is None or since is None:
        raise click.UsageError("a source and --since are needed, or --cancel with the number of a backfill")
    from monitor.services.start_backfill import start_backfill

    with opened() as application, application.writing() as (session, now):
        found = start_backfill(
            session, slug, since=since.date(), until=until.date() if until else None, step_days=step_days,
            kinds=application.source_kinds, actor=actor(), now=now,
        )  # fmt: skip
    left = found.stretches_left
    count = f"{left} {'stretch' if left == 1 else 'stretches'}"
    click.echo(
        f"backfill {found.id} of {slug}, {found.since} to {found.until}, in {count}; "
        "a worker does it, `heatwatch source backfills` says how far"
    )


@click.command()
@click.argument("slug", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def backfills(*, slug: str | None, as_json: bool) -> None:
    """Show the backfills of all sources, or of SLUG, with how far each is; the newest first."""
    from monitor.services.backfill_list import backfill_list

    with opened() as application, application.reading() as (session, _):
        found = backfill_list(session, source=slug)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.id:>4}  {each.sentence}")
    if not found:
        click.echo("no history was asked for")


def _cancel(number: int, *, reason: str) -> None:
    from monitor.services.start_backfill import cancel_backfill

    with opened() as application, application.writing() as (session, now):
        found = cancel_backfill(session, number, actor=actor(), reason=reason, now=now)
    click.echo(f"backfill {number} of {found.source} is cancelled; what is there stays")
