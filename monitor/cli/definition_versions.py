"""`heatwatch definition list`, `show` and `history`: what is in force, and how it came to be."""

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli.application import opened, print_json
from monitor.cli.tables import print_table


@click.command("list")
@click.argument("kind", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_definitions(kind: str | None, *, as_json: bool) -> None:
    """List what is in force, of one KIND (indicator, subject, rule ...) or of all."""
    from monitor.services.look_up_definitions import list_all

    with opened() as application, application.reading() as (session, _):
        rows = list_all(session, kind)
    if as_json:
        print_json(rows)
        return
    table = Table("kind", "slug", "version", box=None)
    for row in rows:
        table.add_row(row["kind"], row["slug"], str(row["version"]))
    print_table(table)


@click.command()
@click.argument("kind")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="For programs: the definition as it is stored.")
def show(kind: str, slug: str, *, as_json: bool) -> None:
    """Show the definition SLUG as the table of a pack file: what a draft is written from."""
    from monitor.services.look_up_definitions import body_of, table_text

    with opened() as application, application.reading() as (session, _):
        if as_json:
            print_json(body_of(session, kind, slug))
        else:
            click.echo(table_text(session, kind, slug), nl=False)


@click.command()
@click.argument("kind")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="For programs, with the whole of each version.")
def history(kind: str, slug: str, *, as_json: bool) -> None:
    """Show every version of the definition SLUG: since when, by whom, why, and what it changed."""
    from monitor.services.look_up_definitions import versions_of

    with opened() as application, application.reading() as (session, _):
        rows = versions_of(session, kind, slug)
    if as_json:
        print_json(rows)
        return
    table = Table("version", "in effect from", "author", "reason", "changed", box=None)
    for row in rows:
        what = ", ".join(row["changed"]) or ("archived" if row["body"] is None else "")
        table.add_row(
            str(row["version"]), row["effective_at"][:16].replace("T", " "), escape(row["author"]),
            escape(row["reason"]), what,
        )  # fmt: skip
    print_table(table)
