"""`heatwatch observe`: store one value by hand."""

from datetime import datetime

import click

from monitor.cli.application import actor, opened
from monitor.domain.errors import InvalidInput

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("series")
@click.argument("value")
@click.option("--from", "starts_on", type=DAY, required=True, help="First day, UTC.")
@click.option("--to", "ends_on", type=DAY, help="Last day, included; without it one day.")
@click.option("--low", default="", help="The lowest it could be.")
@click.option("--high", default="", help="The highest it could be.")
@click.option("--grade", default="", help="Source A to F, information 1 to 6, such as B2.")
@click.option("--citation", required=True, help="Where the value comes from.")
@click.option("--link", default="", help="An address that belongs to the value, https or http.")
@click.option("--note", default="", help="Kept with the value and in the audit log.")
@click.option("--yes", is_flag=True, help="Store it though it looks like a slip or sets an archive live.")
def observe(  # noqa: PLR0913 - one parameter an option
    *,
    series: str,
    value: str,
    starts_on: datetime,
    ends_on: datetime | None,
    low: str,
    high: str,
    grade: str,
    citation: str,
    link: str,
    note: str,
    yes: bool,
) -> None:
    """Store VALUE (a number, or one of the indicator's words) for SERIES, written indicator:unit.

    An earlier value of the same days is kept beside it. A negative number stands after two dashes:
    heatwatch observe --from 2025-11-01 --citation "..." -- fuel-margin:mali -4.5
    """
    from monitor.cli.stages import drain
    from monitor.services.attach import Target, attach_link, read_link
    from monitor.services.doubt_entry import doubts
    from monitor.services.record_observation import Entry, parse_bound, record_observation

    link = read_link(link) if link else ""
    entry = Entry(
        series=series,
        value=value,
        starts_on=starts_on.date(),
        ends_on=ends_on.date() if ends_on else None,
        low=parse_bound(low, field="low"),
        high=parse_bound(high, field="high"),
        grade=grade.upper(),
        citation=citation,
        note=note,
    )
    with opened() as application:
        with application.reading() as (session, now):
            asked = () if yes else doubts(session, entry, now=now)
        if asked:
            raise InvalidInput(
                f"{' '.join(asked)} Nothing is stored; add --yes if it is right.", field="value"
            )
        with application.writing() as (session, now):
            row = record_observation(session, entry, author=actor(), now=now)
            if row is not None and link:
                attach_link(session, Target(row=row), link, by=actor(), now=now)
        if row is not None:
            drain(application)
    click.echo(
        f"{series} holds this value already" if row is None else f"{series} stored as row {row.address}"
    )
