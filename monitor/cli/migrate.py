"""`heatwatch migrate`: bring the database's tables up to this program."""

import click

from monitor.config import load_settings


@click.command()
def migrate() -> None:
    """Create or upgrade the tables; safe to run again. Back up first when upgrading."""
    from monitor.bootstrap import migrate as migrate_database

    before = migrate_database(load_settings())
    if before.found == before.wanted:
        click.echo(f"nothing to do: the database is at revision {before.found}")
    else:
        click.echo(f"migrated from {before.found or 'an empty database'} to {before.wanted}")
