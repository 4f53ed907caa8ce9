"""`heatwatch secret`: set, list and remove the secrets that sources refer to."""

import sys
from dataclasses import asdict

import click

from monitor.cli.application import actor, opened, print_json


@click.group()
def secret() -> None:
    """Set, list and remove the secrets that sources refer to by name."""


@secret.command("set")
@click.argument("name")
def set_one(name: str) -> None:
    """Keep the secret NAME sealed in the database; its value is asked for, or read from a pipe.

    It holds from the next run of each source on; nothing needs a restart.
    """
    from monitor.services.secrets_of_sources import set_secret

    if sys.stdin.isatty():
        value = click.prompt(f"Value of {name}", hide_input=True, confirmation_prompt=True)
    else:
        value = sys.stdin.read()
    with opened() as application, application.writing() as (session, now):
        is_new = set_secret(session, name, value, box=application.secrets, actor=actor(), now=now)
    click.echo(f"{name} {'set' if is_new else 'replaced'}")


@secret.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_secrets(*, as_json: bool) -> None:
    """Show which secrets there are, where, and which sources refer to them; never a value."""
    from monitor.config import given_secret
    from monitor.services.secrets_of_sources import secret_list

    with opened() as application, application.reading() as (session, _):
        settings = application.settings
        lines = secret_list(session, given=lambda name: (given_secret(settings, name) or ("", ""))[1])
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    for line in lines:
        click.echo(f"{line.name:<28} {line.where or 'MISSING':<40} {', '.join(line.sources)}".rstrip())


@secret.command()
@click.argument("name")
def remove(name: str) -> None:
    """Forget the secret NAME that is in the database."""
    from monitor.services.secrets_of_sources import remove_secret

    with opened() as application, application.writing() as (session, now):
        remove_secret(session, name, actor=actor(), now=now)
    click.echo(f"{name} removed")
