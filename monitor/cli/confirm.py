"""`heatwatch confirm`: say that a provisional value stands."""

import click

from monitor.cli.application import actor, opened


@click.command()
@click.argument("series")
@click.argument("period")
@click.option("--reason", required=True, help="Why it can be relied on already; kept in the audit log.")
def confirm(series: str, period: str, reason: str) -> None:
    """Let the value of SERIES for PERIOD (2025-11 or 2025-11-01) count before it has settled.

    A later revision of the period withdraws the confirmation.
    """
    from monitor.cli.stages import drain
    from monitor.domain.spoken import period as spoken_period
    from monitor.domain.spoken import plain
    from monitor.services.confirm import confirm as confirm_period

    with opened() as application:
        with application.writing() as (session, now):
            found = confirm_period(session, series, period, reason=reason, actor=actor(), now=now)
        if found.is_new:
            drain(application)
    when = spoken_period(found.period_start, found.period_end)
    said = "confirmed" if found.is_new else "had been confirmed already"
    click.echo(f"{series}, {when}: {plain(found.value)} {said}")
