"""`heatwatch delivery`: messages that were given up, to send again or to clear."""

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import actor, opened, print_json
from monitor.domain.spoken import count

if TYPE_CHECKING:
    from monitor.services.undelivered import GivenUp


@click.group()
def delivery() -> None:
    """List what was given up, send it again, or clear it."""


@delivery.command("list")
@click.option("--channel", default="", help="Only those of this channel.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_deliveries(*, channel: str, as_json: bool) -> None:
    """Show the messages that were given up, the latest first."""
    from monitor.services.undelivered import given_up

    with opened() as application, application.reading() as (session, _):
        found = given_up(session, channel=channel)
    if as_json:
        print_json([_public(each) for each in found])
        return
    if not found:
        click.echo("nothing was given up")
    for each in found:
        click.echo(f"{each.id}  {each.formed_at:%Y-%m-%d %H:%M} UTC  {each.channel_name}, {each.recipient}")
        click.echo(f"{'':<38}{each.what}; {count(each.tries, 'try', 'tries')}: {each.reason}")
        if each.why_not:
            click.echo(f"{'':<38}cannot be sent again: {each.why_not}")


@delivery.command()
@click.argument("ids", nargs=-1)
@click.option("--channel", default="", help="All of this channel.")
@click.option("--all", "takes_all", is_flag=True, help="All there are.")
@click.option("--reason", default="", help="Kept in the audit log.")
def resend(*, ids: tuple[str, ...], channel: str, takes_all: bool, reason: str) -> None:
    """Send messages again that were given up, by their IDS, with the same ids and bytes as before."""
    from monitor.services.send_again import send_again

    wanted = _wanted(ids, channel=channel, takes_all=takes_all)
    with opened() as application, application.writing() as (session, now):
        told = send_again(session, ids=wanted, channel=channel, actor=actor(), reason=reason, now=now)
    for each, why in told.left.items():
        click.echo(f"{each}: {why}", err=True)
    click.echo(f"{count(told.count, 'message')} on the way again")
    if not told.count:
        raise SystemExit(1)


@delivery.command()
@click.argument("ids", nargs=-1)
@click.option("--channel", default="", help="All of this channel.")
@click.option("--all", "takes_all", is_flag=True, help="All there are.")
@click.option("--reason", required=True, help="Why it need not arrive any more; kept with it.")
def clear(*, ids: tuple[str, ...], channel: str, takes_all: bool, reason: str) -> None:
    """Take messages that were given up off the list, by their IDS."""
    from monitor.services.send_again import clear_dead

    wanted = _wanted(ids, channel=channel, takes_all=takes_all)
    with opened() as application, application.writing() as (session, now):
        cleared = clear_dead(session, ids=wanted, channel=channel, actor=actor(), reason=reason, now=now)
    click.echo(f"{count(cleared, 'message')} cleared")


def _wanted(ids: tuple[str, ...], *, channel: str, takes_all: bool) -> list[str] | None:
    """Return the ids that were named, None for all; a command that names nothing means nothing."""
    if not ids and not channel and not takes_all:
        raise click.UsageError("say which: ids, --channel or --all")
    return list(ids) or None


def _public(each: "GivenUp") -> dict[str, Any]:
    return {
        "id": each.id,
        "message_id": each.message_id,
        "channel": each.channel,
        "recipient": each.recipient,
        "what": each.what,
        "subject": each.subject,
        "fingerprint": each.fingerprint,
        "formed_at": each.formed_at,
        "tries": each.tries,
        "reason": each.reason,
        "cannot_be_sent_again": each.why_not or None,
    }
