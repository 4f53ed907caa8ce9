"""`heatwatch heat`: a subject's line of heat, published, restated or reconstructed."""

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import opened, print_json
from monitor.cli.moments import WRITTEN, end_of, start_of

if TYPE_CHECKING:
    from monitor.services.lines import LineView

COLUMNS = (
    "at", "heat", "low", "high", "raw_heat", "level", "coverage", "confidence", "carried", "change_7d",
    "change_30d",
)  # fmt: skip
SHOWN = 40


@click.command()
@click.argument("subject")
@click.option(
    "--line",
    "which",
    type=click.Choice(["published", "restated", "reconstructed"]),
    default="published",
    show_default=True,
    help="As seen then; by today's data and definitions; or as it would have been before.",
)
@click.option("--since", type=WRITTEN, help="From this UTC day or moment on.")
@click.option("--until", type=WRITTEN, help="Up to this UTC day or moment, included.")
@click.option("--csv", "as_csv", is_flag=True, help="Every point as one line of CSV.")
@click.option("--json", "as_json", is_flag=True, help="For programs; with the momentum of every day.")
def heat(
    *,
    subject: str,
    which: str,
    since: datetime | None,
    until: datetime | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show SUBJECT's heat over time.

    Momentum is the change of heat before floors, over 7 and 30 days, also in units of its own past spread.
    """
    from monitor.services.lines import Which, line_of

    with opened() as application, application.reading() as (session, now):
        view = line_of(
            session, subject, Which(which), since=start_of(since), until=end_of(until, now), now=now
        )
    if as_json:
        print_json(_for_programs(view))
    elif as_csv:
        click.echo(_table(view), nl=False)
    else:
        _say(view)


def _for_programs(view: "LineView") -> dict[str, Any]:
    return {
        "subject": view.subject,
        "line": view.which.value,
        "scale": view.scale.slug,
        "points": [dict(zip(COLUMNS, row, strict=True)) for row in _rows(view)],
        "momentum": [
            {
                "days": line.days,
                "points": [
                    {"at": _moment(at), "change": _real(change), "unusual_sd": _real(unusual)}
                    for at, change, unusual in zip(line.at, line.change, line.unusual_sd, strict=True)
                ],
            }
            for line in view.momentum
        ],
    }


def _rows(view: "LineView") -> list[tuple[Any, ...]]:
    line, changes = view.line, view.changes
    numbers = (
        line.heat, line.heat_low, line.heat_high, line.raw_heat, line.coverage, line.confidence, line.carried,
        *changes,
    )  # fmt: skip
    rows = []
    for place, at in enumerate(line.at):
        heat, low, high, raw, *shares, week, month = (_real(column[place]) for column in numbers)
        rows.append((_moment(at), heat, low, high, raw, line.levels[place], *shares, week, month))
    return rows


def _table(view: "LineView") -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(view))
    return text.getvalue()


def _say(view: "LineView") -> None:
    from monitor.domain.spoken import number, percent, signed

    line = view.line
    if not len(line):
        click.echo(f"{view.name}: no {view.which.value} heat in this span")
        return
    for row in _rows(view)[-SHOWN:]:
        at, heat, _, _, _, level, coverage, confidence, _, week, month = row
        told = "no data" if heat is None else number(heat, 1)
        moved = ["" if each is None else signed(each) for each in (week, month)]
        shares = f"coverage {percent(coverage)}, confidence {percent(confidence)}"
        click.echo(
            f"{at[:16].replace('T', ' ')}  {told:>7}  {level:<10}  {moved[0]:>6} {moved[1]:>6}  {shares}"
        )
    if len(line) > SHOWN:
        click.echo(f"The last {SHOWN} of {len(line)} points; --csv and --json give all.")


def _moment(at: int) -> str:
    return datetime.fromtimestamp(int(at), tz=UTC).isoformat()


def _real(value: float) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124 - NaN differs from itself
