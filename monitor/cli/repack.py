"""`heatwatch repack`: make what long series are read from anew."""

import click

from monitor.config import load_settings


@click.command()
def repack() -> None:
    """Make the packed columns of all long series anew from their rows.

    Observations are neither read otherwise nor changed; until the worker has packed them again, reading
    long series takes longer.
    """
    from monitor.bootstrap import build
    from monitor.services.pack_series import repack_all

    application = build(load_settings())
    try:
        with application.writing() as (session, _):
            repack_all(session)
    finally:
        application.close()
    click.echo("the packed columns are dropped; the worker makes them anew")
