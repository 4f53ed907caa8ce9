"""`heatwatch status`: every subject's level in one look, for people and programs."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli.application import opened, print_json
from monitor.cli.tables import print_table

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.services.status import SubjectStatus

RIGHT = frozenset({"heat", "coverage\nconfidence", "alerts"})
MOST_MOVERS = 3


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
    from monitor.services.readiness import readiness

    with opened() as application, application.reading() as (session, now):
        view = read_status(session, now=now, since=since, with_exercises=exercises)
        problems = [*readiness(session, now=now).problems, *_full_disk(application.settings)]
    if as_json:
        print_json(view)
    elif view["subjects"]:
        print_table(_table(view["subjects"]))
    else:
        click.echo("No subjects yet. `heatwatch pack install` brings some.")
    if problems and not as_json:
        click.echo(f"\nNot all is well: {'; '.join(problems)}. `heatwatch doctor` says more.", err=True)


def _full_disk(settings: "Settings") -> list[str]:
    """Say it where the disk is so full that soon, or already, nothing can be stored."""
    from monitor.cli.checks import check_disk
    from monitor.domain.check import Outcome

    found = check_disk(settings)
    return [f"{found.message}: when it is full nothing is stored"] if found.outcome is Outcome.WRONG else []


def _table(subjects: "list[SubjectStatus]") -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="dim")
    for name in ("subject", "level", "heat", "what moved it", "coverage\nconfidence", "alerts", "as of"):
        table.add_column(
            name,
            justify="right" if name in RIGHT else "left",
            no_wrap=name != "subject",
            overflow="fold",
        )
    for subject in subjects:
        table.add_row(*_cells(subject))
    return table


def _cells(subject: "SubjectStatus") -> tuple[str, ...]:
    from monitor.domain.spoken import number, percent

    shares = (subject["coverage"], subject["confidence"])
    return (
        escape(subject["name"]),
        _level(subject),
        "–" if subject["heat"] is None else number(subject["heat"]),
        _movers(subject),
        "\n".join("–" if share is None else percent(share) for share in shares),
        number(subject["open_alerts"]),
        _as_of(subject),
    )


def _as_of(subject: "SubjectStatus") -> str:
    """Say that an archive is one: what it tells held then, not now."""
    if subject["clock"] == "live":
        return "now"
    return f"{subject['as_of'][:10]}\n{'archive' if subject['clock'] == 'standing' else 'exercise'}"


def _level(subject: "SubjectStatus") -> str:
    """Cold, below it critical; what alarms is bold."""
    if subject["concern"] is None:
        last = (f"last {subject['last_level']}", (subject["last_level_at"] or "")[:10])
        return escape("\n".join(("Unknown", *last)) if subject["last_level"] else "Unknown")
    words = escape(f"{subject['level']}\n{subject['concern']}")
    return f"[bold]{words}[/bold]" if subject["concern"] in {"high", "critical"} else words


def _movers(subject: "SubjectStatus") -> str:
    """One driver a line, the furthest first; what rounds to nothing is left out."""
    from monitor.domain.spoken import capital, signed

    moved = [
        f"{signed(mover['delta'])} {capital(mover['driver'].replace('-', ' ')) or 'Method'}"
        for mover in subject["movers"][:MOST_MOVERS]
        if signed(mover["delta"])[0] in "+\N{MINUS SIGN}"
    ]
    return escape("\n".join(moved)) or "nothing"
