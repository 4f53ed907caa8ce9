"""`heatwatch escalation`: who is told next while an alert fires and nobody takes it on."""

import click

from monitor.cli.application import actor, opened, print_json
from monitor.cli.arranged import remove_arranged


@click.group()
def escalation() -> None:
    """Steps that routes name: who is told next while an alert fires and nobody takes it on."""


@escalation.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_escalations(*, as_json: bool) -> None:
    """Show the escalations, the routes that name them, and the alerts on which one has run out."""
    from monitor.services.overview.escalations import escalations

    with opened() as application, application.reading() as (session, _):
        found = escalations(session)
    if as_json:
        print_json(
            [
                {
                    "slug": each.escalation.slug,
                    "steps": each.words,
                    "rounds": each.escalation.rounds,
                    "routes": list(each.routes),
                }
                for each in found
            ]
        )
        return
    for each in found:
        routes = ", ".join(each.routes) or "no route names it"
        click.echo(f"{each.escalation.slug}  {each.words}  {each.escalation.rounds} rounds  ({routes})")


@escalation.command()
@click.argument("slug")
@click.argument("steps")
@click.option("--rounds", type=int, default=3, help="How often all steps are gone through; 3 without it.")
@click.option("--reason", default="", help="Kept in the audit log.")
def save(*, slug: str, steps: str, rounds: int, reason: str) -> None:
    """Make the escalation SLUG, or change it: STEPS such as '15m desk; 30m director, ops'."""
    from monitor.domain.alerting.escalation import Escalation
    from monitor.domain.alerting.escalation_text import parse_steps
    from monitor.services.save_escalation import save_escalation

    value = Escalation(slug=slug, steps=parse_steps(steps), rounds=rounds)
    with opened() as application, application.writing() as (session, now):
        save_escalation(session, value, by=actor(), reason=reason, now=now)
    click.echo(f"{slug} is saved")


@escalation.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def remove(*, slug: str, reason: str) -> None:
    """Remove the escalation SLUG: what is under way stops."""
    from monitor.domain.alerting.escalation import Escalation

    remove_arranged(Escalation, slug, reason=reason)
