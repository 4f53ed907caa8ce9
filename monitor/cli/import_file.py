"""`heatwatch import`: store the values of a CSV file."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import actor, opened, print_json
from monitor.domain.spoken import count
from monitor.packs.read_import import ImportOptions
from monitor.services.import_observations import ImportFile, ImportResult, import_observations

if TYPE_CHECKING:
    from monitor.domain.observation import Reading
    from monitor.domain.problem import Problem

_MOST_ROWS, _MOST_JSON_ROWS = 20, 10_000
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "\\t": "\t"}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--series", default="", metavar="KEY", help="The series, indicator:unit, of a file of date and value."
)
@click.option("--incidents", is_flag=True, help="The file lists incidents; --source says whose.")
@click.option("--dry-run", is_flag=True, help="Show what would be stored and store nothing.")
@click.option("--keep-good", is_flag=True, help="Store the good lines though others are wrong.")
@click.option("--force", is_flag=True, help="Store values too that do not pass their quality gates.")
@click.option("--source", default="", metavar="SLUG", help="Who gave them; left out: the indicator's source.")
@click.option(
    "--delimiter", default="", help="comma, semicolon, tab, bar or the sign itself; left out: recognised."
)
@click.option("--decimal", type=click.Choice([".", ","]), help="The decimal sign; left out: recognised.")
@click.option(
    "--date-format",
    default="",
    metavar="dmy|mdy|PATTERN",
    help="Day or month first, or a pattern such as %d.%m.%y.",
)
@click.option(
    "--ends",
    type=click.Choice(["last-day", "day-after"]),
    help="What an end date is: the period's last day, or the day after; left out: recognised.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found and stored as JSON.")
def import_file(  # noqa: PLR0913 - one parameter an option
    file: Path, *, series: str, incidents: bool, dry_run: bool, keep_good: bool, force: bool, source: str,
    delimiter: str, decimal: str | None, date_format: str, ends: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Store the values of FILE: CSV, TSV or semicolons, in any common encoding and number form.

    A missing value stays missing. Exit code 1 where lines are wrong or something has to be asked.
    """
    if incidents:
        from monitor.cli.import_incidents import run_import

        run_import(
            file, source=source, delimiter=_delimiter(delimiter), is_dry_run=dry_run, keep_good=keep_good,
            as_json=as_json,
        )  # fmt: skip
        return
    options = ImportOptions(
        series=series,
        delimiter=_delimiter(delimiter),
        decimal=decimal or "",
        date_format=_date_format(date_format),
        ends=ends or "",
    )
    wanted = ImportFile(name=file.name, data=file, options=options, source=source)
    result = _run(wanted, dry_run=dry_run, keep_good=keep_good, force=force)
    if as_json:
        print_json(_as_data(result, is_dry_run=dry_run))
    else:
        _print(result, is_dry_run=dry_run, is_forced=force)
    if result.refused or result.read.wrong or (result.doubtful and not force):
        raise SystemExit(1)


def _run(wanted: ImportFile, *, dry_run: bool, keep_good: bool, force: bool) -> ImportResult:
    with opened() as application:
        if dry_run:
            with application.database.read() as session:
                now = application.database.now(session)
                return import_observations(
                    session, wanted, author=actor(), now=now, keep_good=keep_good, is_dry_run=True,
                    is_forced=force,
                )  # fmt: skip
        from monitor.cli.stages import drain

        with application.database.write() as session:
            now = application.database.now(session)
            result = import_observations(
                session, wanted, author=actor(), now=now, keep_good=keep_good, is_forced=force
            )
        if result.stored:
            drain(application)
        return result


def _delimiter(text: str) -> str:
    sign = _DELIMITERS.get(text, text)
    if len(sign) > 1:
        raise click.UsageError(f"--delimiter {text}: expected comma, semicolon, tab, bar or one sign")
    return sign


def _date_format(text: str) -> str:
    if text and "%" not in text and text not in {"dmy", "mdy"}:
        raise click.UsageError(f"--date-format {text}: expected dmy, mdy or a pattern such as %d.%m.%y")
    return text


def _print(result: ImportResult, *, is_dry_run: bool, is_forced: bool) -> None:
    read = result.read
    click.echo(", ".join(f"{name} {value}" for name, value in read.recognised.items()))
    if read.ignored:
        click.echo(f"columns not read: {', '.join(read.ignored)}")
    for each in (*read.questions, *read.faults):
        click.secho(str(each), fg="red")
    if read.more_faults:
        click.secho(f"and {count(read.more_faults, 'line')} more with faults", fg="red")
    for line, doubt in result.doubtful:
        click.secho(f"line {line}: {doubt.reading.series}: {doubt.reason}", fg="red")
    if read.missing:
        click.echo(f"{count(len(read.missing), 'line')} without a value: {_some(read.missing)}")
    if is_dry_run:
        _print_rows(result)
    if result.refused:
        click.echo(f"Nothing stored: {result.refused}.")
    elif not is_dry_run:
        left_out = read.wrong + (0 if is_forced else len(result.doubtful))
        click.echo(
            f"{result.new} new, {result.revised} revised, {result.unchanged} known already, "
            f"{count(left_out, 'line')} left out."
        )


def _print_rows(result: ImportResult) -> None:
    total = len(result.read.lines)
    days = "; days are included" if total else ""
    click.echo(f"{count(total, 'value')} would be stored if new{days}:")
    for line, reading in result.read.first(_MOST_ROWS):
        click.echo(
            f"  line {line}: {reading.series} {_days(reading)} = {reading.value}, "
            f"known {reading.known_at:%Y-%m-%d}{' (reckoned)' if reading.is_reconstructed else ''}"
        )
    if total > _MOST_ROWS:
        click.echo(f"  and {total - _MOST_ROWS} more")


def _days(reading: "Reading") -> str:
    """2025-11-24 to 2025-11-30, the last day included; with times where the period is not of whole days."""
    start, end = reading.period_start, reading.period_end
    if any((moment.hour, moment.minute, moment.second) != (0, 0, 0) for moment in (start, end)):
        return f"{start:%Y-%m-%dT%H:%M} to {end:%Y-%m-%dT%H:%M}"
    last = end - timedelta(days=1)
    return f"{start:%Y-%m-%d} to {last:%Y-%m-%d}" if last > start else f"{start:%Y-%m-%d}"


def _some(lines: tuple[int, ...]) -> str:
    return ", ".join(map(str, lines[:_MOST_ROWS])) + (" ..." if len(lines) > _MOST_ROWS else "")


def _as_data(result: ImportResult, *, is_dry_run: bool) -> dict[str, Any]:
    read = result.read
    return {
        "is_dry_run": is_dry_run,
        "refused": result.refused,
        "new": result.new,
        "revised": result.revised,
        "unchanged": result.unchanged,
        "withdrawn": result.withdrawn,
        "recognised": dict(read.recognised),
        "columns_not_read": list(read.ignored),
        "questions": [_problem(each) for each in read.questions],
        "faults": [_problem(each) for each in read.faults],
        "doubtful": [
            {"line": line, "series": each.reading.series, "gate": each.gate.value, "reason": each.reason}
            for line, each in result.doubtful
        ],
        "more_faults": read.more_faults,
        "rows_left_out": max(0, len(read.lines) - _MOST_JSON_ROWS),
        "missing_lines": list(read.missing),
        "rows": [
            {
                "line": line,
                "series": reading.series,
                "period_start": reading.period_start,
                "period_end": reading.period_end,
                "value": reading.value,
                "known_at": reading.known_at,
                "is_reconstructed": reading.is_reconstructed,
            }
            for line, reading in read.first(_MOST_JSON_ROWS)
        ],
    }


def _problem(each: "Problem") -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__slots__}
