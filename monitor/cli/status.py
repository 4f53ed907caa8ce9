"""`heatwatch status`: every subject's level in one look, for people and programs."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from monitor.cli.application import opened, print_json

if TYPE_CHECKING:
    from monitor.services.status import SubjectStatus

COLUMNS = ("heat", "coverage", "alerts")


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
    elif view["subjects"]:
        Console().print(_table(view["subjects"]))
    else:
        click.echo("No subjects yet. `heatwatch pack install` brings some.")


def _table(subjects: "list[SubjectStatus]") -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("subject", "level", "concern", "heat", "what moved it", "coverage", "alerts", "as of"):
        table.add_column(name, justify="right" if name in COLUMNS else "left", overflow="fold")
    for subject in subjects:
        table.add_row(*_cells(subject))
    return table


def _cells(subject: "SubjectStatus") -> tuple[str, ...]:
    from monitor.domain.spoken import number, percent

    is_alarming = subject["concern"] in {"high", "critical"}
    level = subject["level"] if subject["concern"] else _unknown(subject)
    return (
        subject["name"],
        f"[bold]{level}[/bold]" if is_alarming else level,
        subject["concern"] or "–",
        "–" if subject["heat"] is None else number(subject["heat"]),
        _movers(subject),
        "–" if subject["coverage"] is None else percent(subject["coverage"]),
        number(subject["open_alerts"]),
        "now" if subject["clock"] == "live" else f"{subject['as_of'][:10]}, {subject['clock']}",
    )


def _unknown(subject: "SubjectStatus") -> str:
    return f"Unknown, last {subject['last_level']}" if subject["last_level"] else "Unknown"


def _movers(subject: "SubjectStatus") -> str:
    from monitor.domain.spoken import signed

    moved = [f"{mover['driver'] or 'method'} {signed(mover['delta'])}" for mover in subject["movers"][:2]]
    return ", ".join(moved) or "nothing"
