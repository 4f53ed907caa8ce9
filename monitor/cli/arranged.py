"""What commands share that take back an arrangement: a rota, an escalation, a mute window."""

from typing import TYPE_CHECKING

import click

from monitor.cli.application import actor, opened

if TYPE_CHECKING:
    from monitor.domain.alerting.escalation import Escalation
    from monitor.domain.alerting.rota import Rota
    from monitor.domain.alerting.window import MuteWindow


def remove_arranged(kind: "type[Escalation | MuteWindow | Rota]", slug: str, *, reason: str) -> None:
    """Remove an arrangement by its name, and say so."""
    from monitor.services.arrange import take_back

    with opened() as application, application.writing() as (session, now):
        take_back(session, kind, slug, by=actor(), reason=reason, now=now)
    click.echo(f"{slug} is removed")
