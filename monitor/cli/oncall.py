"""`heatwatch oncall`: who is on duty now and next, rotas, and who stands in for whom."""

from datetime import datetime, timedelta
from typing import Any

import click

from monitor.cli.application import actor, opened, print_json
from monitor.cli.arranged import remove_arranged
from monitor.cli.moments import WRITTEN, start_of
from monitor.services.overview.duty import DutyView, RotaView


@click.group()
def oncall() -> None:
    """Rotas: who is on duty when. A channel reaches whoever it is as the recipient oncall:ROTA."""


@oncall.command()
@click.argument("rota", default="")
@click.option("--at", "moment", type=WRITTEN, help="At this UTC moment; without it now.")
@click.option("--days", type=click.IntRange(1, 92), default=14, help="How far ahead; 14 without it.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(*, rota: str, moment: datetime | None, days: int, as_json: bool) -> None:
    """Show who is on duty now and next, in local time and UTC, of ROTA or of all."""
    from monitor.services.overview.duty import duty_page

    with opened() as application, application.reading() as (session, now):
        at = start_of(moment) or now
        view = duty_page(session, now=at, rota=rota, ahead=timedelta(days=days))
    if as_json:
        print_json(_public(view))
        return
    for each in view.rotas:
        _print(each)
    if not view.rotas:
        click.echo("no rota; `heatwatch oncall save` makes one")


@oncall.command()
@click.argument("rota")
@click.option("--name", default="", help="What people call it.")
@click.option("--zone", default="", help="Its IANA time zone, such as Africa/Bamako; UTC for a new one.")
@click.option("--members", required=True, help="Who takes turns, in order: addresses with commas.")
@click.option("--from", "first_day", type=WRITTEN, required=True, help="The local day of the first turn.")
@click.option(
    "--handover", default="08:00", help="When turns change: 08:00, or 08:00,20:00 for day and night."
)
@click.option("--days", type=int, default=7, help="How long a turn is; 7 without it.")
@click.option("--window", default="", help="Duty only while this is open, such as 'Mon-Fri 08:00-18:00'.")
@click.option("--turns", "number", type=click.IntRange(1), help="Change the turns of this number only.")
@click.option("--beside", is_flag=True, help="Keep the turns there are and add these, as a second on duty.")
@click.option("--reason", default="", help="Kept in the audit log.")
def save(  # noqa: PLR0913 - one parameter an option
    *,
    rota: str,
    name: str,
    zone: str,
    members: str,
    first_day: datetime,
    handover: str,
    days: int,
    window: str,
    number: int | None,
    beside: bool,
    reason: str,
) -> None:
    """Make ROTA, or give it other turns; who stands in stays."""
    if beside and number:
        raise click.UsageError("--beside adds turns, --turns changes those there are: give one of the two")
    from monitor.domain.alerting.window_text import parse_handovers
    from monitor.services.save_rota import WrittenTurns, save_rota

    handovers = parse_handovers(handover)
    written = WrittenTurns(
        members=tuple(each.strip() for each in members.split(",") if each.strip()),
        starts_on=first_day.date(),
        handovers=handovers,
        days=days if len(handovers) == 1 else 1,
        window=window,
    )
    with opened() as application, application.writing() as (session, now):
        saved = save_rota(
            session, rota, written, name=name, zone=zone, number=0 if beside else number, by=actor(),
            reason=reason, now=now,
        )  # fmt: skip
    click.echo(f"{saved.slug}: {', '.join(saved.members)} take turns")


@oncall.command("drop-turns")
@click.argument("rota")
@click.argument("number", type=int)
def drop_turns_of(*, rota: str, number: int) -> None:
    """Take the turns NUMBER, as `oncall show` counts them, out of ROTA; the others stay."""
    from monitor.services.save_rota import drop_turns

    with opened() as application, application.writing() as (session, now):
        left = drop_turns(session, rota, number, by=actor(), now=now)
    click.echo(f"{rota}: {', '.join(left.members)} take turns")


@oncall.command("stand-in")
@click.argument("rota")
@click.argument("person")
@click.option(
    "--for", "instead_of", default="", help="Whose place is taken; without it beside whoever is on."
)
@click.option("--from", "starts_at", type=WRITTEN, help="From this UTC moment; without it from now.")
@click.option("--until", type=WRITTEN, required=True, help="Until this UTC moment.")
@click.option("--reason", default="", help="Why; kept in the audit log.")
def stand_in_for(
    *, rota: str, person: str, instead_of: str, starts_at: datetime | None, until: datetime, reason: str
) -> None:
    """Let PERSON stand in on ROTA."""
    from monitor.domain.alerting.rota import StandIn
    from monitor.services.arrange import stand_in

    with opened() as application, application.writing() as (session, now):
        value = StandIn(
            person=person,
            instead_of=instead_of,
            starts_at=start_of(starts_at) or now,
            ends_at=start_of(until) or now,
            reason=reason,
            by=actor(),
        )
        stand_in(session, rota, value, now=now)
    click.echo(f"{person} stands in on {rota} until {value.ends_at:%Y-%m-%d %H:%M} UTC")


@oncall.command("end-stand-in")
@click.argument("rota")
@click.argument("number", type=int)
def end_stand_in_of(*, rota: str, number: int) -> None:
    """End the stand-in NUMBER of ROTA, as `oncall show` counts them, now."""
    from monitor.services.arrange import end_stand_in

    with opened() as application, application.writing() as (session, now):
        end_stand_in(session, rota, number, by=actor(), now=now)
    click.echo(f"stand-in {number} of {rota} ended")


@oncall.command()
@click.argument("rota")
@click.option("--reason", default="", help="Kept in the audit log.")
def remove(*, rota: str, reason: str) -> None:
    """Remove ROTA; refused while a channel sends to it."""
    from monitor.domain.alerting.rota import Rota

    remove_arranged(Rota, rota, reason=reason)


def _print(each: RotaView) -> None:
    click.echo(f"{each.rota.slug}  {each.rota.name}, {each.rota.zone}, now {each.local_now}")
    for number, turns in enumerate(each.turns, start=1):
        click.echo(f"  turns {number}  {turns}")
    for word, shown in (("now", each.now), *(("next", one) for one in each.following)):
        utc = f"{shown.shift.starts_at:%Y-%m-%d %H:%M} to {shown.shift.ends_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"  {word:<5}  {shown.names}  {shown.local}  ({utc})")
    for one in each.stand_ins:
        stand_in = one.stand_in
        whom = one.instead_of or "nobody, beside"
        until = f"{stand_in.starts_at:%Y-%m-%d %H:%M} to {stand_in.ends_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"  stand-in {one.number}  {one.person} for {whom}  {until}  {stand_in.reason}")
    for hole in each.holes:
        until = f"{hole.starts_at:%Y-%m-%d %H:%M} to {hole.ends_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"warning: nobody is on duty from {until}; all members are told then", err=True)
    for stranger in each.strangers:
        click.echo(f"warning: {stranger} has no account", err=True)


def _public(view: DutyView) -> list[dict[str, Any]]:
    return [
        {
            "rota": each.rota.slug,
            "name": each.rota.name,
            "zone": each.rota.zone,
            "version": each.version,
            "now": _shift(each.now.shift.people, each.now.shift),
            "next": [_shift(one.shift.people, one.shift) for one in each.following],
            "turns": list(each.turns),
            "holes": [{"starts_at": one.starts_at, "ends_at": one.ends_at} for one in each.holes],
            "without_account": list(each.strangers),
        }
        for each in view.rotas
    ]


def _shift(people: tuple[str, ...], shift: Any) -> dict[str, Any]:
    return {"people": list(people), "starts_at": shift.starts_at, "ends_at": shift.ends_at}
