"""`heatwatch import --incidents`: store the incidents of a CSV file."""

from pathlib import Path

import click

from monitor.cli.application import actor, opened, print_json
from monitor.domain.spoken import count
from monitor.packs.read_incidents import IncidentFile
from monitor.services.import_incidents import IncidentResult, import_incidents


def run_import(
    path: Path, *, source: str, delimiter: str, is_dry_run: bool, keep_good: bool, as_json: bool
) -> None:
    """Store or only read the incidents of a file, and say what became of them."""
    if not source:
        raise click.UsageError("--incidents needs --source SLUG: whose incidents they are")
    file = IncidentFile(name=path.name, data=path, delimiter=delimiter)
    result = _run(file, source=source, is_dry_run=is_dry_run, keep_good=keep_good)
    if as_json:
        print_json(_as_data(result, is_dry_run=is_dry_run))
    else:
        _print(result, is_dry_run=is_dry_run)
    if result.refused or file.wrong:
        raise SystemExit(1)


def _run(file: IncidentFile, *, source: str, is_dry_run: bool, keep_good: bool) -> IncidentResult:
    with opened() as application:
        if is_dry_run:
            with application.database.read() as session:
                now = application.database.now(session)
                return import_incidents(
                    session,
                    file,
                    source=source,
                    author=actor(),
                    now=now,
                    keep_good=keep_good,
                    is_dry_run=True,
                )
        from monitor.cli.stages import drain

        with application.database.write() as session:
            now = application.database.now(session)
            result = import_incidents(
                session, file, source=source, author=actor(), now=now, keep_good=keep_good
            )
        if result.stored:
            drain(application)
        return result


def _print(result: IncidentResult, *, is_dry_run: bool) -> None:
    file = result.file
    if file.ignored:
        click.echo(f"columns not read: {', '.join(file.ignored)}")
    for each in file.faults:
        click.secho(str(each), fg="red")
    if file.more_faults:
        click.secho(f"and {count(file.more_faults, 'fault')} more", fg="red")
    if is_dry_run:
        click.echo(f"{count(file.read, 'incident')} would be stored if new.")
    if result.refused:
        click.echo(f"Nothing stored: {result.refused}.")
    elif not is_dry_run:
        click.echo(
            f"{result.stored} new or revised, {result.unchanged} known already, {count(file.wrong, 'fault')}."
        )


def _as_data(result: IncidentResult, *, is_dry_run: bool) -> dict[str, object]:
    file = result.file
    return {
        "is_dry_run": is_dry_run,
        "refused": result.refused,
        "read": file.read,
        "stored": result.stored,
        "unchanged": result.unchanged,
        "columns_not_read": list(file.ignored),
        "faults": [{name: getattr(each, name) for name in each.__slots__} for each in file.faults],
        "more_faults": file.more_faults,
    }
