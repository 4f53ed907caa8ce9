"""`heatwatch revisions`: what was known of a series when."""

from typing import TYPE_CHECKING

import click
from rich.table import Table

from monitor.cli.application import opened, print_json
from monitor.cli.tables import print_table

if TYPE_CHECKING:
    from monitor.services.revisions import PeriodRow, Revisions

SHOWN = 24
_CONFIRMED = " confirmed"


@click.command()
@click.argument("series")
@click.option("--json", "as_json", is_flag=True, help="For programs: every value of every period.")
@click.option("--all", "is_all", is_flag=True, help="Every period, not only the newest 24 that were revised.")
def revisions(series: str, *, as_json: bool, is_all: bool) -> None:
    """Show for each period of SERIES (indicator:unit) what was first known, what is now, and when it changed.

    Measures how long a value takes to settle, where enough periods were followed for long enough.
    """
    from monitor.services.revisions import revisions as read_revisions

    with opened() as application, application.reading() as (session, now):
        found = read_revisions(session, series, now=now)
    if as_json:
        print_json(found)
        return
    rows = found.rows if is_all else found.revised[:SHOWN]
    if rows:
        print_table(_table(found, rows))
    else:
        click.echo(f"{series}: no period was ever revised")
    click.echo(_settling(found))


def _table(found: "Revisions", rows: "tuple[PeriodRow, ...]") -> Table:
    from monitor.domain.spoken import number, period, signed

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("period", "first", "last", "largest", "values, and since when they were known"):
        table.add_column(name, justify="right" if name in {"first", "last", "largest"} else "left")
    for row in rows:
        said = [
            f"{_value(each.value, found.decimals)}{_CONFIRMED if each.is_confirmed else ''}"
            f" {each.known_at:%Y-%m-%d}"
            for each in row.vintages
        ]
        table.add_row(
            period(row.period_start, row.period_end) + (" (provisional)" if row.is_provisional else ""),
            _value(row.first, found.decimals),
            _value(row.last, found.decimals),
            signed(row.largest, found.decimals) if row.largest else number(0),
            ", ".join(said),
        )
    return table


def _value(value: float | None, decimals: int) -> str:
    from monitor.domain.spoken import number

    return "withdrawn" if value is None else number(value, decimals)


def _settling(found: "Revisions") -> str:
    from monitor.domain.spoken import number, percent

    set_to = f"settles_after_days is {number(found.settles_after_days)}"
    if not found.ages:
        few = "too few periods were followed for long enough to measure it"
        return f"{set_to}; {few if found.revised else 'there are no revisions to measure it by'}."
    shares = ", ".join(f"{number(age.days)} d {percent(age.median)}" for age in found.ages[:12])
    measured = f"Share of the final value known after (median): {shares}."
    if found.suggested_days is None:
        return (
            f"{measured}\n{set_to}; at no age measured were nine in ten values within a tenth of their last."
        )
    days = number(found.suggested_days)
    return f"{measured}\n{set_to}; nine in ten values were within a tenth of their last after {days} days."
