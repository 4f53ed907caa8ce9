"""`heatwatch ledger`: why heat differs between any two moments."""

from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli.application import opened, print_json
from monitor.cli.moments import WRITTEN, end_of
from monitor.cli.tables import print_table

if TYPE_CHECKING:
    from monitor.services.ledger_between import LedgerBetween


@click.command()
@click.argument("subject")
@click.option("--from", "start", type=WRITTEN, required=True, help="UTC day (its end) or moment.")
@click.option("--to", "end", type=WRITTEN, help="UTC day (its end) or moment; else where the clock stands.")
@click.option("--as-of-from", "start_as_of", type=WRITTEN, help="The earlier heat as known then.")
@click.option("--as-of-to", "end_as_of", type=WRITTEN, help="The later heat as known then.")
@click.option(
    "--by", type=click.Choice(["cause", "driver", "indicator"]), default="indicator", show_default=True,
    help="What terms are added up by.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For programs: every term.")
def ledger(
    *,
    subject: str,
    start: datetime,
    end: datetime | None,
    start_as_of: datetime | None,
    end_as_of: datetime | None,
    by: str,
    as_json: bool,
) -> None:
    """Say what changed SUBJECT's heat between two moments; the terms add up to the change exactly."""
    from monitor.services.ledger_between import By, ledger_between

    with opened() as application, application.reading() as (session, now):
        found = ledger_between(
            session, subject, start=end_of(start, now) or now, end=end_of(end, now),
            start_as_of=end_of(start_as_of, now), end_as_of=end_of(end_as_of, now), by=By(by), now=now,
        )  # fmt: skip
    if as_json:
        print_json(found)
        return
    print_table(_table(found))
    click.echo(_ends(found))


def _table(found: "LedgerBetween") -> Table:
    from monitor.domain.spoken import signed

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("points", justify="right")
    table.add_column(found.by.value)
    table.add_column("causes")
    for each in found.sums:
        table.add_row(signed(each.heat_delta, 2), escape(each.name), ", ".join(each.causes).replace("_", " "))
    table.add_row(signed(found.delta_heat, 2), "[bold]in all[/bold]", "")
    return table


def _ends(found: "LedgerBetween") -> str:
    from monitor.domain.spoken import number

    ends = (
        (found.start, found.before_heat, found.before_level, found.lines[0]),
        (found.end, found.after_heat, found.after_level, found.lines[1]),
    )
    said = []
    for at, heat, level, line in ends:
        told = "no data" if heat is None else number(heat, 2)
        said.append(f"{at:%Y-%m-%d %H:%M} {told} {level} ({line.replace('_', ' ')})")
    return " to ".join(said)
