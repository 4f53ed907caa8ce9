"""`heatwatch definition`: fit the yardsticks of definitions to what is known."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli.application import actor, opened, print_json
from monitor.cli.definition_draft import preview, save
from monitor.cli.definition_versions import history, list_definitions, show
from monitor.cli.moments import WRITTEN, end_of
from monitor.cli.tables import print_table

if TYPE_CHECKING:
    from monitor.services.fit_definitions import Fitting, Fittings


@click.group()
def definition() -> None:
    """Work on definitions: indicators, thresholds, weights, rules."""


for _command in (list_definitions, show, history, preview, save):
    definition.add_command(_command)


@definition.command()
@click.argument("indicators", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Every indicator that has a yardstick.")
@click.option(
    "--until", type=WRITTEN, help="Use values up to this UTC moment, as known then; a day is its end."
)
@click.option("--reason", default="", help="Kept with the new versions and in the audit log.")
@click.option("--dry-run", is_flag=True, help="Show how pressures would move and save nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, every pressure before and after.")
def fit(
    indicators: tuple[str, ...],
    *,
    is_all: bool,
    until: datetime | None,
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Lay the yardsticks (`relative`) of INDICATORS on what is known, and save that as new versions.

    Until then no pressure is rescaled. Exit code 1 where one could not be fitted.
    """
    from monitor.cli.stages import drain
    from monitor.services.fit_definitions import fit_definitions

    if bool(indicators) is is_all:
        raise click.UsageError("name indicators, or give --all")
    with opened() as application:
        with application.writing() as (session, now):
            found = fit_definitions(
                session, indicators, until=end_of(until, now), author=actor(), reason=reason or "fitted",
                now=now, is_dry=dry_run,
            )  # fmt: skip
        if found.is_saved:
            drain(application)
    if as_json:
        print_json(_as_data(found))
    else:
        _print(found)
    if found.failures:
        raise SystemExit(1)


def _print(found: "Fittings") -> None:
    table = Table("definition", "by", "values", "treatment", "pressures moved", "by at most", box=None)
    for each in found.fitted:
        made = each.normalisation.fit
        moves = _moves(each)
        table.add_row(
            escape(each.name), each.normalisation.by.value, "" if made is None else str(made.count),
            "" if made is None or made.treated is None else made.treated.words,
            f"{sum(1 for move in moves if move)} of {len(each.moved)}", f"{max(moves, default=0.0):.1f}",
        )  # fmt: skip
    print_table(table)
    for each in found.fitted:
        for line in _winsorised(each):
            click.echo(f"{each.name}: {line}")
    for failure in found.failures:
        click.secho(f"not fitted: {failure}", fg="red")
    saved = "saved" if found.is_saved else "nothing saved"
    click.echo(f"{len(found.fitted)} fitted ({saved}); {len(found.subjects)} subjects are scored by them.")


def _winsorised(each: "Fitting") -> Iterator[str]:
    """Yield whose values were drawn in, from what to what; of several periods the newest is shown."""
    made = each.normalisation.fit
    done = None if made is None else made.treated
    if done is None or not done.points:
        return
    values = {moved.series.partition(":")[2]: moved.value for moved in each.moved}
    for unit in dict.fromkeys(done.units):
        value = values.get(unit)
        if value is not None and (kept := done.kept(value)) != value:
            yield f"{unit} winsorised from {value:g} to {kept:g}"
        else:
            yield f"{unit} winsorised"


def _moves(each: "Fitting") -> list[float]:
    return [
        abs(moved.after - moved.before)
        for moved in each.moved
        if moved.before is not None and moved.after is not None
    ]


def _as_data(found: "Fittings") -> dict[str, Any]:
    return {
        "is_saved": found.is_saved,
        "failures": list(found.failures),
        "subjects": list(found.subjects),
        "fitted": [
            {
                "definition": each.name,
                "by": each.normalisation.by.value,
                "count": None if each.normalisation.fit is None else each.normalisation.fit.count,
                "knots": None if each.normalisation.fit is None else each.normalisation.fit.knots,
                "winsorised": list(_winsorised(each)),
                "moved": [{name: getattr(moved, name) for name in moved.__slots__} for moved in each.moved],
            }
            for each in found.fitted
        ],
    }
