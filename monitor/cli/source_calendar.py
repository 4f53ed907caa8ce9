"""`heatwatch source calendar`: expected releases and next runs."""

from dataclasses import asdict

import click

from monitor.cli.application import opened, print_json


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How many days from now on."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--ics", "as_ics", is_flag=True, help="The releases as an iCalendar file (RFC 5545).")
def calendar(*, days: int, as_json: bool, as_ics: bool) -> None:
    """List the releases expected of the sources and when each is asked next, in UTC.

    Releases that have not come stand first.
    """
    from monitor.services.calendar_file import calendar_file
    from monitor.services.source_calendar import source_calendar

    with opened() as application, application.reading() as (session, now):
        found = source_calendar(session, days=days, now=now)
    if as_ics:
        click.echo(calendar_file(found.entries, now=now), nl=False)
    elif as_json:
        print_json(asdict(found))
    else:
        for sentence in found.owed:
            click.echo(sentence)
        for entry in found.entries:
            click.echo(f"{entry.at:%a %d %b %H:%M}  {entry.what:<8} {entry.sentence}")
        if not found.entries:
            click.echo(f"nothing is planned in the next {days} days")
