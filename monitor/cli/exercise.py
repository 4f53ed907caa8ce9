"""`heatwatch exercise`: the exercises that `replay` and `demo` started."""

from dataclasses import asdict

import click

from monitor.cli.application import actor, opened, print_json


@click.group()
def exercise() -> None:
    """List exercises, stop one, or remove one; `heatwatch replay` starts them."""


@exercise.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_exercises(*, as_json: bool) -> None:
    """Show every exercise, what it plays and how far it has come."""
    from monitor.services.end_exercise import exercise_list

    with opened() as application, application.reading() as (session, _):
        lines = exercise_list(session)
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    for line in lines:
        played = f"played to {line.played_until:%Y-%m-%d}" if line.played_until else "not begun"
        span = f"{line.runs_from:%Y-%m-%d} to {line.runs_until:%Y-%m-%d}"
        click.echo(f"{line.slug:<14} {line.state:<8} {line.subject:<36} {span}, {played}")
    if not lines:
        click.echo("No exercises. `heatwatch replay SUBJECT --from DAY --to DAY` starts one.")


@exercise.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def stop(slug: str, reason: str) -> None:
    """Play the exercise SLUG no further; its subject stays where it was played to."""
    from monitor.services.end_exercise import stop_exercise

    with opened() as application, application.writing() as (session, now):
        stop_exercise(session, slug, actor=actor(), reason=reason, now=now)
    click.echo(f"{slug} stopped")


@exercise.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def remove(slug: str, reason: str) -> None:
    """Take the exercise SLUG away: its alerts end, its subject leaves the board. Its history stays stored."""
    from monitor.services.end_exercise import remove_exercise

    with opened() as application, application.writing() as (session, now):
        remove_exercise(session, slug, actor=actor(), reason=reason, now=now)
    click.echo(f"{slug} removed")
