"""What `up` does before it serves: tables, bundled packs, the first admin, the first assessment."""

import time

import click

from monitor.bootstrap import Application, build, migrate, schema_state
from monitor.cli.stages import drain
from monitor.cli.start import require_assets
from monitor.config import Settings
from monitor.domain.errors import ConfigError
from monitor.logs import set_up_logs


def prepare(settings: Settings) -> None:
    """Bring a data folder to the state in which the board can be shown; quick when nothing is to be done."""
    started = time.monotonic()
    set_up_logs(settings, quiet=True)
    require_assets()
    if schema_state(settings).problem:
        migrate(settings)
        click.echo(f"Database ready: {_place(settings)}")
    application = build(settings)
    try:
        _add_first_admin(application)
        _install_packs(application)
        drain(application)
    finally:
        application.close()
    click.echo(f"Prepared in {time.monotonic() - started:.1f} s")


def _place(settings: Settings) -> str:
    """Where the database is: its file, or its server without the password."""
    scheme, _, rest = settings.effective_database_url.partition("://")
    if scheme.startswith("sqlite"):
        return rest.removeprefix("/")
    return f"{scheme.partition('+')[0]}://{rest.rpartition('@')[2].partition('?')[0]}"


def _install_packs(application: Application) -> None:
    """Install the bundled packs into an empty desk; later upgrades are the operator's decision."""
    from monitor.packs.read_pack import read_pack
    from monitor.paths import packs_folder
    from monitor.services.install_pack import install_pack, is_empty

    with application.reading() as (session, _):
        if not is_empty(session):
            return
    for folder in sorted(path.parent for path in packs_folder().glob("*/pack.toml")):
        found = read_pack(folder)
        if found.pack is None:
            raise ConfigError("\n".join(str(problem) for problem in found.problems))
        with application.writing() as (session, now):
            install_pack(session, found.pack, author="first start", now=now)
        click.echo(f"Installed pack {folder.name}")


def _add_first_admin(application: Application) -> None:
    from monitor.domain.person import Role
    from monitor.services.add_person import add_person, has_people
    from monitor.services.passwords import random_password

    with application.reading() as (session, _):
        if has_people(session):
            return
    email, given = application.settings.admin_email, application.settings.admin_password
    password = given or random_password()
    with application.writing() as (session, now):
        add_person(
            session, email=email, name="First admin", role=Role.ADMIN, password=password,
            actor="first start", now=now,
        )  # fmt: skip
    shown = "as set in HEATWATCH_ADMIN_PASSWORD" if given else f"{password}   (shown once)"
    click.echo(f"\n  First admin: {email}\n  Password:    {shown}\n")
