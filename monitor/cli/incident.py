"""`heatwatch incident`: look through incidents, and say which of two sources are one."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.table import Table

from monitor.cli.application import actor, opened, print_json
from monitor.cli.tables import print_table
from monitor.domain.incident_pair import PairState
from monitor.domain.spoken import count

if TYPE_CHECKING:
    from monitor.domain.incident_pair import IncidentPair, Key
    from monitor.services.incident_list import CodedIncident

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def incident() -> None:
    """List incidents, and decide which of different sources are the same."""


@incident.command("list")
@click.option("--country", default="", metavar="MLI", help="Only of this country.")
@click.option("--region", default="", metavar="ML05", help="Only of this region, by p-code or name.")
@click.option("--source", default="", metavar="SLUG", help="Only of this source.")
@click.option("--kind", default="", metavar="WORD", help="Only of this kind, in the source's words.")
@click.option("--since", type=_DAY, help="From this day on.")
@click.option("--until", type=_DAY, help="Up to this day.")
@click.option("--text", default="", metavar="WORDS", help="With all these words somewhere.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_incidents(  # noqa: PLR0913 - one parameter an option
    *, country: str, region: str, source: str, kind: str, since: datetime | None, until: datetime | None,
    text: str, limit: int, as_json: bool,
) -> None:  # fmt: skip
    """List incidents, the newest first."""
    from monitor.services.incident_list import incident_list

    with opened() as application, application.reading() as (session, _):
        found = incident_list(
            session, country=country, region=region, source=source, kind=kind, text=text, limit=limit,
            since=since.date() if since else None, until=until.date() if until else None,
        )  # fmt: skip
    if as_json:
        print_json([asdict(each.incident) | {"coded": each.coding} for each in found])
    elif found:
        print_table(_table(found))
    else:
        click.echo("no incident")


@incident.command("code")
@click.option("--source", default="", metavar="SLUG", help="Only those of this source.")
def code(*, source: str) -> None:
    """Code incidents anew, by the boundaries and names of regions there are now."""
    from monitor.services.code_incidents import code_incidents

    with opened() as application, application.writing() as (session, now):
        done = code_incidents(session, source=source, author=actor(), now=now)
    click.echo(f"{count(done.changed, 'incident')} coded otherwise than before, {done.unchanged} as before.")


@incident.group()
def duplicates() -> None:
    """See and decide which incidents of different sources may be one."""


@duplicates.command("find")
@click.option("--since", type=_DAY, help="Compare incidents from this day on.")
@click.option("--until", type=_DAY, help="Compare incidents up to this day.")
def find(*, since: datetime | None, until: datetime | None) -> None:
    """Look for incidents of different sources that are alike, and propose them."""
    from monitor.services.propose_duplicates import propose_duplicates

    with opened() as application, application.writing() as (session, now):
        found = propose_duplicates(
            session, now=now, since=since.date() if since else None, until=until.date() if until else None
        )
    click.echo(
        f"{count(found.compared, 'incident')} compared, {count(found.alike, 'pair')} alike, "
        f"{count(found.dropped, 'proposal')} dropped."
    )


@duplicates.command("list")
@click.option(
    "--state",
    type=click.Choice([each.value for each in PairState]),
    help="Only proposed, same or different ones.",
)
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_pairs(*, state: str | None, limit: int, as_json: bool) -> None:
    """List pairs, the most alike first."""
    from monitor.services.incident_list import duplicate_list

    with opened() as application, application.reading() as (session, _):
        found = duplicate_list(session, PairState(state) if state else None, limit=limit)
    if as_json:
        print_json(found)
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("no pair")


@duplicates.command()
@click.argument("first")
@click.argument("second")
@click.option("--reason", required=True, help="Why; kept with the decision.")
def same(first: str, second: str, *, reason: str) -> None:
    """Say that FIRST and SECOND (each SOURCE/ID) are one incident."""
    _decide(first, second, PairState.SAME, reason)


@duplicates.command()
@click.argument("first")
@click.argument("second")
@click.option("--reason", required=True, help="Why; kept with the decision.")
def different(first: str, second: str, *, reason: str) -> None:
    """Say that FIRST and SECOND (each SOURCE/ID) are two incidents."""
    _decide(first, second, PairState.DIFFERENT, reason)


def _decide(first: str, second: str, state: PairState, reason: str) -> None:
    from monitor.services.decide_duplicate import decide_duplicate

    with opened() as application, application.writing() as (session, now):
        decided = decide_duplicate(
            session, _key(first), _key(second), state, author=actor(), reason=reason, now=now
        )
    click.echo(_line(decided))


def _key(text: str) -> "Key":
    source, separator, external_id = text.partition("/")
    if not (source and separator and external_id):
        raise click.UsageError(f"{text!r}: expected SOURCE/ID")
    return source, external_id


def _line(pair: "IncidentPair") -> str:
    said = f" by {pair.decided_by}: {pair.reason}" if pair.reason else ""
    alike = f"{pair.score:.2f} {'/'.join(pair.first)} {'/'.join(pair.second)}"
    return f"{alike} {pair.state}{said} ({'; '.join(pair.reasons)})"


def _table(found: "list[CodedIncident]") -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("day", "country", "region", "code", "kind", "killed", "actor", "incident"):
        table.add_column(name, justify="right" if name == "killed" else "left")
    for one in found:
        each, coding = one.incident, one.coding
        table.add_row(
            f"{each.happened_on}", each.country, each.admin1, coding.admin1, each.kind,
            f"{each.killed}", each.actor, f"{each.source}/{each.external_id}",
        )  # fmt: skip
    return table
