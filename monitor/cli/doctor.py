"""`heatwatch doctor`: look at each thing that can be missing or wrong, and say what to do."""

from collections.abc import Iterator
from dataclasses import asdict

import click

from monitor.cli.application import print_json
from monitor.config import Settings, load_settings
from monitor.domain.check import Check, Outcome, ok, wrong
from monitor.domain.errors import ConfigError, DatabaseUnavailable

_SIGNS = {Outcome.OK: "ok     ", Outcome.WARNING: "warning", Outcome.WRONG: "WRONG  "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(*, as_json: bool) -> None:
    """Look at each thing that can be missing or wrong, and say what to do.

    Nothing is changed and nothing is sent. The exit code is 1 if something is wrong, 0 if all works,
    warnings included.
    """
    checks = list(_checks())
    if as_json:
        print_json(
            {"is_well": not any(check.is_wrong for check in checks), "checks": [asdict(c) for c in checks]}
        )
    else:
        for check in checks:
            click.echo(f"{_SIGNS[check.outcome]} {check.name:<10} {check.message}")
            if check.advice:
                click.echo(f"{'':<18} -> {check.advice}")
    if any(check.is_wrong for check in checks):
        raise SystemExit(1)


def _checks() -> Iterator[Check]:
    from monitor.cli import checks

    try:
        settings = load_settings()
    except ConfigError as error:
        yield wrong("settings", str(error), "Mend these variables; docs/settings.md describes all of them.")
        return
    yield ok("settings", f"{len(settings.model_fields_set)} set")
    home, schema = checks.check_home(settings), checks.check_schema(settings)
    yield from (home, checks.check_disk(settings), schema)
    if not (home.is_wrong or schema.is_wrong):
        yield from _database_checks(settings)
    yield from (checks.check_assets(), checks.check_packs())
    yield from (checks.check_mail(settings), checks.check_address(settings))


def _database_checks(settings: Settings) -> Iterator[Check]:
    from datetime import UTC, datetime

    from monitor.bootstrap import build
    from monitor.services.examine import Host, examine

    application = build(settings)
    try:
        with application.reading() as (session, now):
            host = Host(
                now=datetime.now(UTC), box=application.secrets, has_mail=settings.smtp_host is not None
            )
            yield from examine(session, host=host, now=now)
    except DatabaseUnavailable as error:
        yield wrong("database", str(error), "It answered a moment ago: see its own log.")
    finally:
        application.close()
