"""`heatwatch verify`: check that what was recorded still follows from what it was recorded from."""

import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.application import opened, print_json

if TYPE_CHECKING:
    from monitor.services.verify_heat import Verified


@click.group()
def verify() -> None:
    """Check that what was recorded still follows from what it was recorded from."""


@verify.command()
@click.argument("subject", required=False)
@click.option(
    "--tolerance", type=click.FloatRange(min=0), default=0.0, help="Points of heat; 1e-9 on another machine."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def heat(subject: str | None, *, tolerance: float, as_json: bool) -> None:
    """Score every published point of SUBJECT (or of all) again from what it names, to the last bit.

    Exit code 1, and the first difference of each subject, where something differs.
    """
    from monitor.services.verify_heat import verifiable, verify_heat

    with opened() as application, application.reading() as (session, _):
        slugs = [subject] if subject else verifiable(session)
        found = [verify_heat(session, slug, tolerance=tolerance) for slug in slugs]
    differing = [each for each in found if each.first is not None]
    if as_json:
        print_json({"is_sound": not differing, "subjects": found})
    else:
        for each in found:
            click.echo(_sentence(each))
    if differing:
        sys.exit(1)


def _sentence(found: "Verified") -> str:
    from monitor.domain.spoken import count

    points = count(found.points, "published point")
    if found.first is not None:
        differing = f"{count(found.differing, 'point')} of {found.points} differ"
        return f"{found.subject}: {differing}; the first: {found.first.sentence}"
    older = f"; {count(found.unlevelled, 'older one')} without levels to compare" if found.unlevelled else ""
    return f"{found.subject}: {points} found again to the last bit{older}"
