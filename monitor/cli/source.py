"""`heatwatch source`: list, run, cut off and restore sources."""

from dataclasses import asdict

import click

from monitor.cli.application import actor, opened, print_json
from monitor.cli.source_backfill import backfill, backfills
from monitor.cli.source_calendar import calendar
from monitor.cli.source_preset import preset
from monitor.cli.source_runs import reparse, show
from monitor.cli.source_token import token
from monitor.cli.source_trial import test


@click.group()
def source() -> None:
    """List sources, run one now, cut one off or restore it."""


@source.command("list")
@click.option("--exercises", is_flag=True, help="Those of exercises too, to cut one off in a rehearsal.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_sources(*, exercises: bool, as_json: bool) -> None:
    """Show every source with its last run and what is due next."""
    from monitor.services.source_list import source_list

    with opened() as application, application.reading() as (session, _):
        rows = source_list(session, with_exercises=exercises)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        click.echo(f"{row.slug:<32} {row.kind:<10} {row.condition:<12} {row.name}")


@source.command()
@click.argument("slug")
@click.option("--background", is_flag=True, help="Leave it to a worker, and do not wait for it.")
@click.option("--reason", default="", help="Kept in the audit log; with --background.")
@click.option("--anew", is_flag=True, help="Ask for all, also what did not change since the last run.")
def run(slug: str, *, background: bool, reason: str, anew: bool) -> None:
    """Fetch the source SLUG now, store what is new, assess and raise alerts."""
    from monitor.cli.stages import drain
    from monitor.services.observe import observe

    if background:
        _run_later(slug, reason=reason)
        return
    with opened() as application:
        outcome = observe(application.database, application.outside, slug, is_anew=anew)
        drain(application)
    click.echo(outcome.sentence)
    if outcome.is_error:
        raise SystemExit(1)


def _run_later(slug: str, *, reason: str) -> None:
    from monitor.services.run_source import run_source

    with opened() as application, application.writing() as (session, now):
        run_source(session, slug, kinds=application.source_kinds, actor=actor(), reason=reason, now=now)
    click.echo(f"{slug} is asked by the next worker that is free")


@source.command()
@click.argument("slugs", nargs=-1, required=True)
@click.option("--reason", default="", help="Kept in the audit log.")
def cut(slugs: tuple[str, ...], reason: str) -> None:
    """Cut the sources SLUGS off: nothing more is fetched or replayed from them until they are restored."""
    _set_cut(slugs, is_cut=True, reason=reason)


@source.command()
@click.argument("slugs", nargs=-1, required=True)
@click.option("--reason", default="", help="Kept in the audit log.")
def restore(slugs: tuple[str, ...], reason: str) -> None:
    """Let the sources SLUGS speak again; what they said meanwhile comes in at their next run."""
    _set_cut(slugs, is_cut=False, reason=reason)


def _set_cut(slugs: tuple[str, ...], *, is_cut: bool, reason: str) -> None:
    from monitor.services.cut_source import cut_source

    with opened() as application, application.writing() as (session, now):
        for slug in slugs:
            cut_source(session, slug, is_cut=is_cut, actor=actor(), reason=reason, now=now)
    click.echo(f"{', '.join(slugs)} {'cut off' if is_cut else 'restored'}")


for each in (show, test, reparse):
    source.add_command(each)
source.add_command(backfill)
source.add_command(backfills)
source.add_command(calendar)
source.add_command(preset)
source.add_command(token)
