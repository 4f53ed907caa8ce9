"""`heatwatch approval`: what waits to be sent until a person approves it."""

import click

from monitor.cli.application import actor, opened, print_json


@click.group()
def approval() -> None:
    """Messages of routes that ask for approval: read, let go, or dismissed with a reason."""


@approval.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_drafts(*, as_json: bool) -> None:
    """Show what waits for approval, the worst first: episode, route, and what it says."""
    from monitor.services.overview.approvals import drafts

    with opened() as application, application.reading() as (session, _):
        found = drafts(session)
    if as_json:
        print_json(
            [
                {
                    "episode": each.episode_id,
                    "route": each.route,
                    "title": each.title,
                    "subject": each.subject,
                    "concern": each.concern.word,
                    "summary": each.summary,
                    "channels": list(each.channels),
                    "since": each.since,
                }
                for each in found
            ]
        )
        return
    for each in found:
        since = f"since {each.since:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{each.episode_id}  {each.route}  {each.concern.word}  {since}")
        click.echo(f"  to {', '.join(each.channels)}: {each.summary}")


@approval.command()
@click.argument("episode")
@click.argument("route")
@click.option("--note", default="", help="Kept in the audit log.")
def approve(*, episode: str, route: str, note: str) -> None:
    """Let what waits of EPISODE on ROUTE be sent, and what follows until its concern rises."""
    from monitor.services.approve import approve as let_go

    with opened() as application, application.writing() as (session, now):
        let_go(session, episode, route, by=actor(), now=now, note=note)
    click.echo(f"{episode} on {route} is approved")


@approval.command()
@click.argument("episode")
@click.argument("route")
@click.option("--reason", required=True, help="Why; kept with the message and in the audit log.")
def dismiss(*, episode: str, route: str, reason: str) -> None:
    """Send nothing of what waits of EPISODE on ROUTE, nor of what follows until its concern rises."""
    from monitor.services.approve import dismiss as drop

    with opened() as application, application.writing() as (session, now):
        drop(session, episode, route, by=actor(), reason=reason, now=now)
    click.echo(f"{episode} on {route} is dismissed")
