"""`heatwatch receiver`: a local mailbox and webhook sink with a page that shows what arrived."""

import click

from monitor.config import load_settings


@click.command()
def receiver() -> None:
    """Take mail and webhooks on this machine and show them, for rehearsals.

    The page is on HEATWATCH_RECEIVER_BIND, mail comes in on HEATWATCH_RECEIVER_SMTP_BIND. Every arrival is
    kept in HEATWATCH_HOME/receiver.
    """
    from monitor.cli.start import require_free_address
    from monitor.dev.receiver import serve_receiver

    settings = load_settings()
    require_free_address("HEATWATCH_RECEIVER_BIND", settings.receiver_bind)
    require_free_address("HEATWATCH_RECEIVER_SMTP_BIND", settings.receiver_smtp_bind)
    click.echo(f"Receiver page http://{settings.receiver_bind}, mail on {settings.receiver_smtp_bind}")
    serve_receiver(settings)
