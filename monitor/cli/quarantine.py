"""`heatwatch quarantine`: what did not pass its quality gates, and what is done with it."""

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import actor, opened, print_json

if TYPE_CHECKING:
    from monitor.domain.quarantine import Held
    from monitor.services.decide_quarantined import Decided

_reason = click.option("--reason", required=True, help="Why; kept with the row and in the audit log.")
_run = click.option("--run", "run_id", type=int, help="All that waits of this run.")


@click.group()
def quarantine() -> None:
    """List, release, correct or dismiss readings that did not pass a quality gate."""


@quarantine.command("list")
@click.option(
    "--state",
    type=click.Choice(["open", "released", "corrected", "dismissed", "all"]),
    default="open",
    show_default=True,
)
@click.option("--source", default="", help="Of this source only.")
@click.option("--series", default="", help="Of this series only.")
@click.option("--run", "run_id", type=int, help="Of this run only.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_quarantine(*, as_json: bool, **which: Any) -> None:
    """Show what waits for a person, those that came last first."""
    from monitor.services.quarantine_list import quarantine_list

    with opened() as application, application.reading() as (session, _):
        found = quarantine_list(session, **which)
    if as_json:
        print_json({"total": found.total, "rows": [_plain(row) for row in found.rows]})
        return
    for row in found.rows:
        click.echo(_line(row))
    if found.total > len(found.rows):
        click.echo(f"{len(found.rows)} of {found.total} shown")
    elif not found.total:
        click.echo("Nothing.")


@quarantine.command()
@click.argument("numbers", type=int, nargs=-1)
@_run
@_reason
def release(numbers: tuple[int, ...], *, run_id: int | None, reason: str) -> None:
    """Store the values NUMBERS as they were given; the same pass from then on."""
    from monitor.services.decide_quarantined import release, release_run

    _require_one(numbers, run_id)
    with opened() as application, application.writing() as (session, now):
        if run_id is not None:
            done = release_run(session, run_id, author=actor(), reason=reason, now=now)
        else:
            done = release(session, numbers, author=actor(), reason=reason, now=now)
    _tell(done, "released")


@quarantine.command()
@click.argument("numbers", type=int, nargs=-1)
@_run
@_reason
def dismiss(numbers: tuple[int, ...], *, run_id: int | None, reason: str) -> None:
    """Take the values NUMBERS as wrong: they stay in the list, and the same do not come back."""
    from monitor.services.decide_quarantined import dismiss, dismiss_run

    _require_one(numbers, run_id)
    with opened() as application, application.writing() as (session, now):
        if run_id is not None:
            done = dismiss_run(session, run_id, author=actor(), reason=reason, now=now)
        else:
            done = dismiss(session, numbers, author=actor(), reason=reason, now=now)
    _tell(done, "dismissed")


@quarantine.command()
@click.argument("number", type=int)
@click.option("--value", required=True, help="The right value: a number, or a word of the indicator.")
@_reason
def correct(number: int, *, value: str, reason: str) -> None:
    """Store the right value in place of the value NUMBER."""
    from monitor.services.decide_quarantined import correct

    with opened() as application, application.writing() as (session, now):
        done = correct(session, number, value, author=actor(), reason=reason, now=now)
    _tell(done, "corrected")


@quarantine.command()
@click.argument("numbers", type=int, nargs=-1)
@_run
@click.option("--by", "factor", required=True, help="What each value is multiplied by, such as 0.001.")
@_reason
def rescale(numbers: tuple[int, ...], *, run_id: int | None, factor: str, reason: str) -> None:
    """Store the values NUMBERS times a factor, as after a source switched its unit; all of them or none."""
    from monitor.services.decide_quarantined import rescale, rescale_run

    _require_one(numbers, run_id)
    with opened() as application, application.writing() as (session, now):
        if run_id is not None:
            done = rescale_run(session, run_id, factor, author=actor(), reason=reason, now=now)
        else:
            done = rescale(session, numbers, factor, author=actor(), reason=reason, now=now)
    _tell(done, "rescaled")


def _require_one(numbers: tuple[int, ...], run_id: int | None) -> None:
    if bool(numbers) == (run_id is not None):
        raise click.UsageError("give either numbers or --run")


def _tell(done: "Decided", verb: str) -> None:
    click.echo(f"{done.decided} {verb}, {done.stored} stored")
    if done.left:
        click.echo(f"{done.left} wait on: there is no such series")


def _line(row: "Held") -> str:
    value = "withdrawn" if row.reading.value is None else f"{row.reading.value:g}"
    period = f"{row.reading.period_start:%Y-%m-%d} to {row.reading.period_end:%Y-%m-%d}"
    told = f"{row.id:>6} {row.source:<20} {row.reading.series:<32} {period} {value:>12}  "
    if row.decided_at is None:
        return f"{told}{row.gate.value}: {row.reason}"
    return f"{told}{row.state.value} by {row.decided_by}: {row.why} ({row.gate.value}: {row.reason})"


def _plain(row: "Held") -> dict[str, Any]:
    reading = row.reading
    return {
        "number": row.id, "state": row.state.value, "gate": row.gate.value, "reason": row.reason,
        "source": row.source, "run": row.run_id, "series": reading.series,
        "period_start": reading.period_start.isoformat(), "period_end": reading.period_end.isoformat(),
        "value": reading.value, "low": reading.low, "high": reading.high, "unit": reading.unit,
        "known_at": reading.known_at.isoformat(), "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(), "corrected_value": row.corrected_value,
        "decided_by": row.decided_by, "why": row.why,
        "decided_at": None if row.decided_at is None else row.decided_at.isoformat(),
    }  # fmt: skip
