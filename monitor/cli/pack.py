"""`heatwatch pack`: check, list, install, compare and export packs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from monitor.cli.application import actor, opened, print_json
from monitor.cli.ceilings import ceiling_of, ceiling_options
from monitor.cli.tables import print_table
from monitor.domain.errors import InvalidInput
from monitor.packs.read_pack import PackRead, read_pack
from monitor.packs.toml_files import read_tables
from monitor.paths import packs_folder

if TYPE_CHECKING:
    from monitor.domain.pack import Pack
    from monitor.domain.problem import Problem
    from monitor.services.diff_pack import PackDiff

_MOST_VALUES = 20
_MARKS = {"added": "+", "changed": "~", "kept": "=", "conflicting": "!", "removed": "-"}


@click.group()
def pack() -> None:
    """Check, list, install, compare and export packs: definitions with their history and citations."""


@pack.command()
@click.argument("folder")
@click.option("--json", "as_json", is_flag=True, help="Print problems and warnings as JSON.")
@click.option("--strict", is_flag=True, help="Count warnings as problems.")
def check(folder: str, *, as_json: bool, strict: bool) -> None:
    """Check the pack in FOLDER, or the bundled pack of that slug. Exit code 1 where it has problems."""
    found = _read(_folder_of(folder))
    is_good = found.pack is not None and not (strict and found.warnings)
    if as_json:
        print_json(
            {
                "pack": found.pack.slug if found.pack else None,
                "is_good": is_good,
                "problems": [_problem(each) for each in found.problems],
                "warnings": [_problem(each) for each in found.warnings],
            }
        )
    else:
        _print_problems(found)
        if found.pack is not None:
            click.echo(_summary(found.pack))
    if not is_good:
        raise SystemExit(1)


@pack.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_packs(*, as_json: bool) -> None:
    """List the bundled packs and those installed."""
    from monitor.services.installed_packs import installed_packs

    with opened() as application, application.database.read() as session:
        rows: dict[str, dict[str, Any]] = {
            each.slug: {"slug": each.slug, "name": each.name, "installed": each.version, "bundled": ""}
            for each in installed_packs(session)
        }
    for path in sorted(packs_folder().glob("*/pack.toml")):
        found = read_pack(path.parent).pack
        slug, name = (
            (found.slug, found.name) if found else (path.parent.name, "has problems: see `pack check`")
        )
        row = rows.setdefault(slug, {"slug": slug, "name": name, "installed": "", "bundled": ""})
        row["bundled"] = found.version if found else ""
    if as_json:
        print_json(list(rows.values()))
        return
    table = Table("pack", "name", "installed", "bundled", box=None)
    for row in sorted(rows.values(), key=lambda each: str(each["slug"])):
        table.add_row(row["slug"], row["name"], row["installed"] or "-", row["bundled"] or "-")
    print_table(table)


@pack.command()
@click.argument("folder")
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@click.option(
    "--accept", multiple=True, metavar="SLUG", help="Give this edit up for the pack's; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Print what changed as JSON.")
def install(folder: str, *, dry_run: bool, accept: tuple[str, ...], as_json: bool) -> None:
    """Install or upgrade the pack in FOLDER, or the bundled pack of that slug.

    What was edited here since stays as it is unless --accept names it.
    """
    wanted = _good(folder)
    if dry_run:
        _compare(wanted, accept=accept, as_json=as_json)
        return
    from monitor.cli.stages import drain
    from monitor.services.install_pack import install_pack

    with opened() as application:
        with _named(folder), application.database.write() as session:
            now = application.database.now(session)
            result = install_pack(session, wanted, author=actor(), now=now, accept=accept)
        if result.has_changed:
            drain(application)
    if as_json:
        counts = {"versions": result.versions, "values": result.values, "incidents": result.incidents}
        print_json(_diff_as_data(result.diff) | {"written": counts})
        return
    _print_diff(result.diff)
    if result.has_changed:
        click.echo(
            f"Installed {wanted.slug} {wanted.version}: {result.versions} definitions, "
            f"{result.values} values, {result.incidents} incidents."
        )


@contextmanager
def _named(folder: str) -> Iterator[None]:
    """Say where the yardsticks stand that cannot be fitted: what is installed knows no files."""
    from monitor.services.fit_definitions import FITS

    try:
        yield
    except InvalidInput as error:
        if error.field != FITS:
            raise
        places = {
            str(each.values.get("slug")): f"{each.file}:{each.line}"
            for each in read_tables(_folder_of(folder))[0]
            if each.kind == "indicator"
        }
        head, *failures = str(error).splitlines()
        told = [f"  {places.get(each.strip().partition(':')[0], '')} {each.strip()}" for each in failures]
        raise InvalidInput("\n".join([f"{folder}: {head}", *told]), field=FITS) from error


@pack.command()
@click.argument("folder")
@click.option("--accept", multiple=True, metavar="SLUG", help="As if this edit were given up for the pack's.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def diff(folder: str, *, accept: tuple[str, ...], as_json: bool) -> None:
    """Show what installing the pack in FOLDER, or the bundled pack of that slug, would change."""
    _compare(_good(folder), accept=accept, as_json=as_json)


@pack.command()
@ceiling_options
@click.argument("slug")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def export(slug: str, folder: Path, *, as_json: bool, ceiling: str | None, closed: bool) -> None:
    """Write the installed pack SLUG, edits made here included, to the empty or new FOLDER."""
    from monitor.services.export_pack import export_pack

    with opened() as application, application.database.read() as session:
        most = ceiling_of(application.settings, ceiling, closed=closed)
        result = export_pack(session, slug, folder, ceiling=most)
    if as_json:
        print_json({name: getattr(result, name) for name in result.__slots__})
        return
    click.echo(
        f"Wrote {result.definitions} definitions, {result.values} values and {result.incidents} incidents "
        f"to {folder}."
    )
    for source, count, why in result.withheld:
        click.echo(f"{count} values or incidents of {source} were left out: {why}.")
    if result.left_out:
        click.echo(f"{result.left_out} values without a citation were left out: a pack may not hold them.")


def _folder_of(text: str) -> Path:
    """Return the folder a person means: a path that exists, else a bundled pack's slug."""
    path = Path(text)
    if path.is_dir():
        return path
    bundled = packs_folder() / text
    if path.name == text and bundled.is_dir():
        return bundled
    names = ", ".join(sorted(each.parent.name for each in packs_folder().glob("*/pack.toml")))
    raise click.UsageError(f"{text} is neither a folder nor a bundled pack (bundled: {names or 'none'})")


def _read(folder: Path) -> PackRead:
    """Read a pack, and let the kinds of its sources look at their settings."""
    from monitor.bootstrap import known_source_kinds
    from monitor.config import load_settings
    from monitor.services.source_problems import Place, source_problems

    found = read_pack(folder)
    if found.pack is None:
        return found
    places = {
        str(each.values.get("slug")): Place(file=each.file, line=each.line, table=each.label)
        for each in read_tables(folder)[0]
        if each.kind == "source"
    }
    problems = source_problems(found.pack.sources, known_source_kinds(load_settings()), places=places)
    return PackRead(pack=None, problems=tuple(problems)) if problems else found


def _good(text: str) -> "Pack":
    """Return the pack, or print its problems and end with exit code 1."""
    found = _read(_folder_of(text))
    if found.pack is None:
        _print_problems(found)
        raise SystemExit(1)
    return found.pack


def _compare(wanted: "Pack", *, accept: tuple[str, ...], as_json: bool) -> None:
    from monitor.services.diff_pack import diff_pack

    with opened() as application, application.database.read() as session:
        found = diff_pack(session, wanted, accept=accept)
    if as_json:
        print_json(_diff_as_data(found))
    else:
        _print_diff(found)


def _problem(each: "Problem") -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__slots__}


def _print_problems(found: PackRead) -> None:
    for each in found.problems:
        click.secho(f"{each}", fg="red")
    for each in found.warnings:
        click.secho(f"warning: {each}", fg="yellow")
    if found.problems:
        count = len(found.problems)
        click.echo(f"{count} problem{'s' if count != 1 else ''}; the pack cannot be installed.")


def _summary(found: "Pack") -> str:
    values = sum(len(each.readings) for each in found.history)
    return (
        f"{found.slug} {found.version} is good: {len(found.subjects)} subjects, {len(found.indicators)} "
        f"indicators, {len(found.rules)} rules, {values} values, {len(found.citations)} citations."
    )


def _print_diff(found: "PackDiff") -> None:
    if not (found.definitions or found.values or found.incidents):
        click.echo(f"{found.pack} {found.version}: no change.")
        return
    for change in found.definitions:
        reason = f": {change.reason}" if change.reason else ""
        click.echo(f"{_MARKS[change.change]} {change.name} {change.change}{reason}")
        if change.change != "added":
            for field in change.fields:
                click.echo(f"    {field.field}: {_short(field.before)} -> {_short(field.after)}")
    stored = [each for each in found.values if each.is_stored]
    new = f"{len(stored)} values and {len(found.incidents)} incidents to store"
    click.echo(f"{new}; {found.unchanged} definitions stay as they are.")
    for value in [each for each in found.values if each.change != "added"][:_MOST_VALUES]:
        reading = value.reading
        click.echo(
            f"{_MARKS[value.change]} {reading.series} {reading.period_start:%Y-%m-%d}: "
            f"{_short(value.before)} -> {_short(reading.value)} {value.change}: {value.reason}"
        )


def _short(value: object) -> str:
    return "nothing" if value is None else str(value)


def _diff_as_data(found: "PackDiff") -> dict[str, Any]:
    return {
        "pack": found.pack,
        "version": found.version,
        "installed_version": found.installed_version,
        "has_changes": not found.is_empty,
        "unchanged_definitions": found.unchanged,
        "incidents": len(found.incidents),
        "definitions": [
            {
                "name": each.name,
                "change": each.change.value,
                "reason": each.reason,
                "fields": [
                    {"field": field.field, "before": field.before, "after": field.after}
                    for field in each.fields
                ],
            }
            for each in found.definitions
        ],
        "values": [
            {
                "series": each.reading.series,
                "period_start": each.reading.period_start,
                "revision": each.reading.source_revision,
                "before": each.before,
                "after": each.reading.value,
                "change": each.change.value,
                "reason": each.reason,
            }
            for each in found.values
        ],
    }
