"""`heatwatch user`: accounts, from the console of the machine that holds the database."""

from dataclasses import asdict

import click

from monitor.cli.application import actor, opened, print_json
from monitor.domain.person import Role
from monitor.domain.wording import LANGUAGES


@click.group()
def user() -> None:
    """List and add accounts, set language and time zone, reset passwords, disable and enable people."""


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_people(*, as_json: bool) -> None:
    """Show everyone with an account."""
    from monitor.services.add_person import find_people

    with opened() as application, application.reading() as (session, _):
        people = find_people(session)
    if as_json:
        print_json([asdict(person) for person in people])
        return
    for person in people:
        tail = "" if person.is_enabled else ", disabled"
        click.echo(f"{person.role.value:<8} {person.email:<32} {person.name}{tail}")


@user.command()
@click.argument("email")
@click.option("--name", default="", help="How the person is shown.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="reader", show_default=True)
def add(email: str, name: str, role: str) -> None:
    """Make an account for the address EMAIL; its password is printed once."""
    from monitor.services.add_person import add_person
    from monitor.services.passwords import random_password

    password = random_password()
    with opened() as application, application.writing() as (session, now):
        person = add_person(
            session,
            email=email,
            name=name or email,
            role=Role(role),
            password=password,
            actor=actor(),
            now=now,
        )
    click.echo(f"{person.role.value} {person.email}, password {password}")


@user.command()
@click.argument("email")
def reset(email: str) -> None:
    """Give the account EMAIL a new password, printed once, and end all its sessions."""
    from monitor.services.change_person import reset_password
    from monitor.services.passwords import random_password

    password = random_password()
    with opened() as application, application.writing() as (session, now):
        person = reset_password(session, email=email, password=password, actor=actor(), now=now)
    click.echo(f"{person.email}, password {password}")


@user.command("set")
@click.argument("email")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="What their messages are written in.")
@click.option("--time-zone", "zone", help="The IANA zone of the times in them, such as Africa/Bamako.")
def set_reading(email: str, language: str | None, zone: str | None) -> None:
    """Set how the person with the account EMAIL reads; what is not given stays."""
    from monitor.services.change_person import set_reading

    with opened() as application, application.writing() as (session, now):
        person = set_reading(session, email=email, language=language, zone=zone, actor=actor(), now=now)
    click.echo(f"{person.email} {person.language} {person.zone}")


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Let the account EMAIL sign in no longer, and end all its sessions."""
    _set_enabled(email, is_enabled=False)


@user.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let the account EMAIL sign in again."""
    _set_enabled(email, is_enabled=True)


def _set_enabled(email: str, *, is_enabled: bool) -> None:
    from monitor.services.change_person import set_enabled

    with opened() as application, application.writing() as (session, now):
        person = set_enabled(session, email=email, is_enabled=is_enabled, actor=actor(), now=now)
    click.echo(f"{person.email} {'enabled' if is_enabled else 'disabled'}")
