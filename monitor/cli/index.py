"""`heatwatch index`: the subjects stamped from one template as an index: ranks, levels, tables."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich.markup import escape
from rich.table import Table

from monitor.cli.application import opened, print_json
from monitor.cli.ceilings import ceiling_of, ceiling_options
from monitor.cli.moments import WRITTEN, end_of
from monitor.cli.tables import print_table
from monitor.domain.missing import number_or_none

if TYPE_CHECKING:
    from monitor.services.index_table import IndexTable

_AT = click.option("--at", type=WRITTEN, help="Score at this UTC moment; a day is its end.")
_AS_OF = click.option("--as-of", type=WRITTEN, help="From what was known by this UTC moment.")

_PERIOD = click.option(
    "--period",
    default="",
    help="Of this year, month or day (2021, 2021-08, 2021-08-01), alone.",
)


@click.group()
def index() -> None:
    """Show and export indices: the subjects that were stamped from one template, compared."""


@index.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_all(*, as_json: bool) -> None:
    """List the templates that subjects were stamped from."""
    from monitor.services.index_table import list_indices

    with opened() as application, application.database.read() as session:
        found = list_indices(session)
    if as_json:
        print_json([{name: getattr(each, name) for name in each.__slots__} for each in found])
        return
    table = Table("index", "subjects", "groups", box=None)
    for each in found:
        table.add_row(each.template, str(each.subjects), escape(", ".join(each.groups)))
    print_table(table)


@index.command()
@click.argument("template")
@_AT
@_PERIOD
@_AS_OF
@click.option("--json", "as_json", is_flag=True, help="Print every level as JSON.")
def show(template: str, *, at: datetime | None, period: str, as_of: datetime | None, as_json: bool) -> None:
    """Show the index TEMPLATE: its units by rank, with the drivers at the top."""
    found = _read(template, at=at, period=period, as_of=as_of)
    if as_json:
        print_json(_as_data(found))
        return
    top = found.drivers[0] if found.drivers else None
    names = [] if top is None else [escape(column.name) for column in top.columns]
    table = Table("rank", "unit", "name", "group", "heat", "level", *names, "coverage", "imputed", box=None)
    heats = np.zeros((len(found.units), 0)) if top is None else top.heat
    for number in _by_rank(found):
        each = found.units[number]
        table.add_row(
            _shown(each.rank), each.unit, escape(each.name), escape(each.group), _shown(each.heat),
            each.level, *(_shown(value) for value in heats[number].tolist()), f"{each.coverage:.0%}",
            f"{each.imputed:.0%}",
        )  # fmt: skip
    print_table(table)


@index.command()
@click.argument("template")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_AT
@_PERIOD
@_AS_OF
@ceiling_options
@click.option("--json", "as_json", is_flag=True, help="Print the names of the files as JSON.")
def export(  # noqa: PLR0913 - one parameter an option
    template: str, folder: Path, *, at: datetime | None, period: str, as_of: datetime | None, as_json: bool,
    ceiling: str | None, closed: bool,
) -> None:  # fmt: skip
    """Write the index TEMPLATE to FOLDER, one CSV table a level; files of the same name are replaced."""
    from monitor.services.index_files import index_files

    found = _read(template, at=at, period=period, as_of=as_of)
    found, left_out = _below(found, ceiling, closed=closed)
    files = index_files(found)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    if as_json:
        print_json({"folder": str(folder), "files": sorted(files), "left_out": left_out})
    else:
        for each in left_out:
            click.echo(f"left out: {each['name']} ({each['unit']}): {each['reason']}")
        click.echo(f"Wrote {len(files)} tables to {folder}: {', '.join(sorted(files))}")


def _below(
    found: "IndexTable", ceiling: str | None, *, closed: bool
) -> tuple["IndexTable", list[dict[str, str]]]:
    """Return the index without the units that may not be exported, and those with the reason."""
    from monitor.services.markings import markings

    with opened() as application, application.reading() as (session, _):
        most, told = ceiling_of(application.settings, ceiling, closed=closed), markings(session)
        told.of_subjects(each.subject for each in found.units)  # reads for all of them at once
        refused = [most.refusal(told.of_subject(each.subject)) for each in found.units]
    left_out = [
        {"unit": each.unit, "name": each.name, "reason": reason}
        for each, reason in zip(found.units, refused, strict=True)
        if reason
    ]
    return found.only(np.array([not reason for reason in refused], dtype=np.bool_)), left_out


def _read(template: str, *, at: datetime | None, period: str, as_of: datetime | None) -> "IndexTable":
    from monitor.services.index_table import index_table

    if at is not None and period:
        raise click.UsageError("give --at or --period, not both")
    with opened() as application, application.reading() as (session, now):
        return index_table(
            session, template, now=now, at=end_of(at, now), as_of=end_of(as_of, now), period=period
        )


def _by_rank(found: "IndexTable") -> list[int]:
    ranks = [each.rank or len(found.units) + 1 for each in found.units]
    return sorted(range(len(ranks)), key=lambda number: ranks[number])


def _shown(value: float | None) -> str:
    if value is None or np.isnan(value):
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def _as_data(found: "IndexTable") -> dict[str, Any]:
    indicators = [column.key for column in found.indicators]
    steps = {name: getattr(found, name) for name in ("raw", "value", "treated", "pressure", "heat")}
    return {
        "template": found.template,
        "scale": found.scale.slug,
        "known_at": found.known_at,
        "period": found.period or None,
        "periods": list(found.periods),
        "units": [
            {
                name: getattr(each, name) for name in each.__slots__ if name != "concern"
            }
            | {
                "concern": None if each.concern is None else each.concern.word,
                "drivers": {
                    column.key: number_or_none(level.heat[number, place])
                    for level in found.drivers
                    for place, column in enumerate(level.columns)
                },
                "indicators": {
                    key: {name: number_or_none(array[number, place]) for name, array in steps.items()}
                    | {"is_imputed": bool(found.imputed[number, place])}
                    for place, key in enumerate(indicators)
                },
            }
            for number, each in enumerate(found.units)
        ],
    }  # fmt: skip
