"""`heatwatch source show` and `source reparse`: the runs of a source, and their answers read again."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import actor, opened, print_json

if TYPE_CHECKING:
    from monitor.services.one_source import OneSource

_RUNS = 10


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="With samples of what was rejected, for programs.")
def show(slug: str, *, as_json: bool) -> None:
    """Show the source SLUG: where it stands, what its licence allows, its series and its last runs."""
    from monitor.services.one_source import one_source

    with opened() as application, application.reading() as (session, _):
        found = one_source(session, slug, kinds=application.source_kinds)
    if as_json:
        print_json(_data(found))
        return
    for line in _lines(found):
        click.echo(line)


@click.command()
@click.argument("slug")
@click.option("--run", "run_id", type=int, help="From this run on; without it, all whose answers are kept.")
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
def reparse(slug: str, *, run_id: int | None, dry_run: bool) -> None:
    """Read the kept answers of the source SLUG again, after its kind was mended; nothing is fetched.

    Runs are read oldest first, and what they give was known when they ran. Exit code 1 if one cannot be read.
    """
    from monitor.cli.stages import drain
    from monitor.services.reparse_source import reparse_source

    with opened() as application:
        done = reparse_source(
            application.database, application.outside, slug, run_id=run_id, is_dry=dry_run, actor=actor()
        )
        if not dry_run:
            drain(application)
    for each in done:
        click.echo(each.sentence)
    if dry_run:
        click.echo("nothing was changed")
    if any(each.outcome.is_error for each in done):
        raise SystemExit(1)


def _lines(found: "OneSource") -> Iterator[str]:
    source, state = found.source, found.state
    yield f"{source.slug}: {source.name} ({source.kind})"
    yield f"  licence {source.licence}, {source.marking}; {source.attribution}"
    if not source.may_redistribute:
        yield "  its data may not be passed on"
    if state is not None:
        for label, moment in (
            ("next turn", state.due_at), ("last run", state.last_run_at), ("last good run", state.last_ok_at),
            ("asked now, until", state.lease_until),
        ):  # fmt: skip
            if moment is not None:
                yield f"  {label} {moment:%Y-%m-%d %H:%M:%S} UTC"
        if state.failures:
            yield f"  failed {state.failures} times in a row"
    for each in found.series:
        value = "no value" if each.value is None else f"{each.value:g} {each.unit}"
        until = f" for the period to {each.period_end:%Y-%m-%d}" if each.period_end else ""
        yield f"  {each.key}: {value}{until}"
    for run in found.runs[:_RUNS]:
        yield _run(run, kept=found.kept.get(run.id))
        yield from (
            f"      {sample['where']}: {sample['reason']} ({sample['text']})" for sample in run.samples[:3]
        )


def _run(run: Any, *, kept: int | None) -> str:
    took = "under way" if run.seconds is None else f"{run.seconds:.1f} s"
    counts = ", ".join(
        f"{getattr(run, name)} {name}"
        for name in ("seen", "new", "revised", "withdrawn", "quarantined", "rejected")
        if getattr(run, name)
    )
    parts = [f"run {run.id}", f"{run.started_at:%Y-%m-%d %H:%M:%S}", run.outcome or "-", took, counts]
    parts += [f"{kept:,} bytes of answers kept" if kept else "", run.message]
    return "  " + "  ".join(filter(None, parts))


def _data(found: "OneSource") -> dict[str, Any]:
    return {
        "source": asdict(found.source),
        "state": None if found.state is None else asdict(found.state),
        "series": [asdict(each) for each in found.series],
        "runs": [
            asdict(run) | {"seconds": run.seconds, "kept_bytes": found.kept.get(run.id, 0)}
            for run in found.runs
        ],
    }
