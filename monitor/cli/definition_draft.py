"""`heatwatch definition preview` and `save`: an edit tried on history before it is saved."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.ago import AGO
from monitor.cli.application import actor, opened, print_json
from monitor.cli.moments import WRITTEN, end_of

if TYPE_CHECKING:
    from monitor.bootstrap import SessionAt
    from monitor.domain.pack import Definition
    from monitor.packs.read_draft import DraftRead
    from monitor.services.time_machine import Preview

DRAFT = click.Path(exists=True, dir_okay=False, path_type=Path)
OTHER = 3


@click.command()
@click.argument("draft", type=DRAFT)
@click.option("--since", type=AGO, help="A day, or how long before the end: 90d, 12w, 10y; default one year.")
@click.option("--until", type=WRITTEN, help="A UTC moment; a day is its end; default each subject's now.")
@click.option("--subject", default="", help="Only this one of the subjects the draft touches.")
@click.option("--json", "as_json", is_flag=True, help="For programs; docs/time-machine.md has the format.")
@click.option("--exit-code", is_flag=True, help="End with 3 if heat, a level or an alert were another.")
def preview(
    draft: Path,
    since: datetime | timedelta | None,
    until: datetime | None,
    subject: str,
    *,
    as_json: bool,
    exit_code: bool,
) -> None:
    """Run DRAFT, pack tables with what differs, over history beside what is in force."""
    from monitor.services.time_machine import preview as run

    with opened() as application, application.reading() as (session, now):
        values = values_of((session, now), draft)
        found = run(session, values, since=since, until=end_of(until, now), now=now, only=subject)
    show_preview(found, as_json=as_json)
    if exit_code and found.has_changed:
        raise SystemExit(OTHER)


@click.command()
@click.argument("draft", type=DRAFT)
@click.option("--reason", required=True, help="Why; kept with every version and in the audit log.")
@click.option("--since", type=AGO, help="From when the preview kept with it looks; default one year.")
@click.option("--json", "as_json", is_flag=True, help="For programs: the versions written, and the preview.")
def save(draft: Path, reason: str, since: datetime | timedelta | None, *, as_json: bool) -> None:
    """Save DRAFT as new versions, its preview in the audit log, and score by it from now on."""
    from monitor.cli.stages import drain
    from monitor.services.preview_data import preview_data
    from monitor.services.save_draft import save_draft

    with opened() as application:
        with application.writing() as (session, now):
            read = read_of((session, now), draft)
            found = save_draft(
                session, read.values, author=actor(), reason=reason, now=now, since=since, seen=read.seen
            )
        drain(application)
    if as_json:
        versions = [
            {"kind": each.kind, "slug": each.slug, "version": each.version} for each in found.versions
        ]
        print_json({"versions": versions, "preview": preview_data(found.preview)})
        return
    show_preview(found.preview, as_json=False)
    for each in found.versions:
        click.echo(f"Saved {each.kind} {each.slug}, version {each.version}.")


def values_of(
    opened: "SessionAt", draft: Path, *, kinds: Iterable[str] | None = None
) -> "tuple[Definition, ...]":
    """Return the definitions of a draft, or print its problems and end with exit code 1."""
    return read_of(opened, draft, kinds=kinds).values


def read_of(opened: "SessionAt", draft: Path, *, kinds: Iterable[str] | None = None) -> "DraftRead":
    """Return a draft as it was read, or print its problems and end with exit code 1."""
    from monitor.services.draft import load_draft

    found = load_draft(opened[0], draft, kinds=kinds)
    for each in found.problems:
        click.secho(f"{each}", fg="red", err=True)
    if found.problems:
        raise SystemExit(1)
    return found


def show_preview(found: "Preview", *, as_json: bool) -> None:
    """Print a preview for people or for programs."""
    from monitor.cli.preview_text import print_subject
    from monitor.services.preview_data import preview_data

    if as_json:
        print_json(preview_data(found))
        return
    for each in found.subjects:
        print_subject(each)
    if not found.subjects:
        click.echo("No subject's heat or alerts depend on what the draft changes.")
    elif not found.has_changed:
        click.echo("Nothing would have been another.")
