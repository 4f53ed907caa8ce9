"""`heatwatch flip`: the smallest single change that would take a subject to the next level."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from monitor.cli.application import opened, print_json

if TYPE_CHECKING:
    from monitor.domain.suggestions.flip import Crossing
    from monitor.services.flip_level import LevelFlips


@click.command()
@click.argument("subject")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def flip(subject: str, *, as_json: bool) -> None:
    """Show what would flip the level of SUBJECT, towards alarm and towards calm, smallest change first."""
    from monitor.services.flip_level import as_data, flip_level

    with opened() as application, application.reading() as (session, _):
        found = flip_level(session, subject)
    if as_json:
        print_json(as_data(found))
    else:
        click.echo("\n".join(_lines(found)))


def _lines(found: "LevelFlips") -> Iterator[str]:
    from monitor.domain.spoken import number

    if found.heat is None or found.as_of is None:
        yield f"{found.name} has no heat yet: nothing to flip"
        return
    yield f"{found.name}: {found.level}, heat {number(found.heat, 1)}, as of {found.as_of:%Y-%m-%d}"
    for each in found.crossings:
        yield from _crossing(found, each)


def _crossing(found: "LevelFlips", each: "Crossing") -> Iterator[str]:
    from monitor.domain.spoken import number
    from monitor.services.overview.flips import flip_rows

    stay = f", and stay for {each.dwell} input periods" if each.dwell > 1 else ""
    yield f"\nto {each.level} (heat {number(each.must_clear)}{stay})"
    for row in flip_rows(found.known, found.model, each):
        spreads = "" if row.spreads is None else f", {row.spreads:.1f} sd of its past changes"
        yield f"  {row.name}: {row.value} to {row.wanted} ({row.steps:.1f} threshold steps{spreads})"
    if not each.flips:
        yield "  no single indicator can"
