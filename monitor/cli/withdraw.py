"""`heatwatch withdraw`: take a value back that was entered by hand."""

import click

from monitor.cli.application import actor, opened


@click.command()
@click.argument("series")
@click.argument("row")
@click.option("--reason", required=True, help="Why; kept with the value and in the audit log.")
def withdraw(*, series: str, row: str, reason: str) -> None:
    """Take the value back that `heatwatch observe` stored as ROW of SERIES; what held before holds again."""
    from monitor.cli.stages import drain
    from monitor.services.withdraw_observation import row_named, withdraw_observation

    with opened() as application:
        with application.writing() as (session, now):
            now_holds = withdraw_observation(
                session, row_named(row, series), reason=reason, by=actor(), now=now
            )
        drain(application)
    click.echo(f"{series} row {row} withdrawn; what held before holds again as row {now_holds.address}")
