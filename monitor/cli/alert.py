"""`heatwatch alert`: what is open, one alert from first event to last, and what a person does about it."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from monitor.cli.application import actor, opened, print_json
from monitor.cli.moments import WRITTEN, start_of
from monitor.cli.tables import print_table
from monitor.domain.errors import MonitorError
from monitor.domain.scale import Concern

if TYPE_CHECKING:
    from monitor.bootstrap import SessionAt
    from monitor.services.overview.alert_list import AlertLine
    from monitor.services.overview.alert_page import AlertPageView

_CONCERNS = [concern.word for concern in Concern if concern is not Concern.NORMAL]


@click.group()
def alert() -> None:
    """List alerts, and acknowledge, silence or close them. KEY is an episode id or a fingerprint."""


@alert.command("list")
@click.option("--all", "with_over", is_flag=True, help="The last episodes that are over too.")
@click.option("--subject", default="", metavar="SLUG", help="Only of this subject.")
@click.option(
    "--concern", default="", type=click.Choice(["", *_CONCERNS]), help="Only of this concern or worse."
)
@click.option("--text", default="", metavar="WORDS", help="With all these words somewhere.")
@click.option("--needs-someone", is_flag=True, help="Only what fires and nobody took on or silenced.")
@click.option("--exercises", is_flag=True, help="Those of exercises too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_alerts(
    *,
    with_over: bool,
    subject: str,
    concern: str,
    text: str,
    needs_someone: bool,
    exercises: bool,
    as_json: bool,
) -> None:
    """Show what is open, the worst first: its key, since when, and who has it in hand."""
    from monitor.services.overview.alert_list import Filter, alert_list

    with opened() as application, application.reading() as (session, now):
        view = alert_list(
            session, now=now, which=Filter.ALL if with_over else Filter.OPEN, subject=subject,
            concern=concern, text=text, with_exercises=exercises,
        )  # fmt: skip
    lines = [line for group in view.groups for line in group.lines if line.needs_someone or not needs_someone]
    if as_json:
        print_json([_public(line) for line in lines])
        return
    table = Table("Concern", "Subject", "Alert", "Stands", "Since, UTC", "Key")
    for line in lines:
        since = "" if line.started_at is None else f"{line.started_at:%Y-%m-%d %H:%M}"
        table.add_row(line.concern.word, line.subject_name, line.title, _stands(line), since, line.key)
    print_table(table)


@alert.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(*, key: str, as_json: bool) -> None:
    """Tell an alert from its first event to its last: who was told, every try, and why somebody was not."""
    from monitor.services.overview.alert_page import alert_page

    with opened() as application, application.reading() as (session, now):
        view = alert_page(session, key, now=now)
    if as_json:
        print_json({**_public(view.line), "summary": view.bottom_line, "timeline": _timeline(view)})
        return
    click.echo(view.bottom_line or view.line.title)
    click.echo(f"{view.line.concern.word}, {_stands(view.line)}. {view.quiet_because}".rstrip())
    for item in view.timeline:
        click.echo(f"{item.at:%Y-%m-%d %H:%M}  {' '.join(part for part in (item.head, item.text) if part)}")
        for line in item.lines:
            words = ", ".join(part for part in (line.what, line.words, line.detail, line.took) if part)
            click.echo(f"    {line.channel}: {words}")


@alert.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--note", default="", help="What you do about it; the handover shows it.")
@click.option("--until", type=WRITTEN, help="Until this UTC moment; without it for one shift of 8 hours.")
def ack(*, keys: tuple[str, ...], note: str, until: datetime | None) -> None:
    """Acknowledge each KEY: no repeat and no escalation until it ends, or the concern rises."""
    from monitor.services.acknowledge import acknowledge

    def do(opened_at: "SessionAt", key: str) -> str:
        session, now = opened_at
        found = acknowledge(session, key, by=actor(), now=now, note=note, until=start_of(until))
        ends = "" if found.ack is None else f" until {found.ack.until:%Y-%m-%d %H:%M} UTC"
        return f"{found.rule} ({found.subject}) acknowledged{ends}"

    _each(keys, do)


@alert.command()
@click.argument("key")
@click.option("--for", "lasts", default="8h", show_default=True, help="How long, such as 30m, 8h, 2d or 1w.")
@click.option("--comment", required=True, help="Why; everyone on the desk reads it.")
@click.option("--whole-subject", is_flag=True, help="All alerts of its subject, not this one alone.")
def silence(*, key: str, lasts: str, comment: str, whole_subject: bool) -> None:
    """Silence KEY for a while; who was told of it still hears when it resolves."""
    from monitor.domain.alerting.silence import Silence, parse_matchers, silence_end
    from monitor.services.add_silence import add_silence
    from monitor.services.overview.alert_page import alert_page

    with opened() as application:
        with application.reading() as (session, now):
            view = alert_page(session, key, now=now)
        if not view.offers:
            raise click.ClickException("the episode is over")
        offer = view.offers[-1 if whole_subject else 0]
        with application.writing() as (session, now):
            new = add_silence(
                session,
                Silence(
                    matchers=parse_matchers(offer.matchers), author=actor(), comment=comment, starts_at=now,
                    ends_at=silence_end(starts_at=now, lasts=lasts),
                ),
                now=now,
            )  # fmt: skip
    click.echo(f"silence {new.id} until {new.ends_at:%Y-%m-%d %H:%M} UTC: {', '.join(offer.matchers)}")
    click.echo(f"mutes {offer.mutes} open alerts now")


@alert.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--note", required=True, help="Why it is closed.")
def close(*, keys: tuple[str, ...], note: str) -> None:
    """End each KEY by hand; it fires again only if its threshold is crossed afresh."""
    from monitor.services.acknowledge import close as end

    def do(opened_at: "SessionAt", key: str) -> str:
        session, now = opened_at
        found = end(session, key, by=actor(), note=note, now=now)
        return f"{found.rule} ({found.subject}) closed"

    _each(keys, do)


def _each(keys: tuple[str, ...], do: Callable[["SessionAt", str], str]) -> None:
    """Do it for each key in a transaction of its own; one that cannot be done stops no other."""
    failed = False
    with opened() as application:
        for key in keys:
            try:
                with application.writing() as opened_at:
                    click.echo(do(opened_at, key))
            except MonitorError as error:
                failed = True
                click.echo(f"{key}: {error}", err=True)
    if failed:
        sys.exit(1)


def _stands(line: "AlertLine") -> str:
    if line.resolution:
        return line.resolution
    if line.silence is not None:
        return f"silenced until {line.silence.ends_at:%Y-%m-%d %H:%M}"
    if line.acked_by:
        return f"acknowledged by {line.acked_by}"
    return str(line.state.value)


def _public(line: "AlertLine") -> dict[str, Any]:
    return {
        "key": line.key,
        "fingerprint": line.fingerprint,
        "title": line.title,
        "subject": line.subject,
        "state": line.state.value,
        "handling": line.handling.name.lower(),
        "concern": line.concern.word,
        "started_at": None if line.started_at is None else line.started_at.isoformat(),
        "ended_at": None if line.ended_at is None else line.ended_at.isoformat(),
        "resolution": line.resolution or None,
        "acknowledged_by": line.acked_by or None,
        "silenced_until": None if line.silence is None else line.silence.ends_at.isoformat(),
        "is_blind": line.is_blind,
        "is_flapping": line.is_flapping,
        "is_exercise": line.is_exercise,
    }


def _timeline(view: "AlertPageView") -> list[dict[str, Any]]:
    return [
        {
            "at": item.at.isoformat(),
            "type": item.kind,
            "concern": item.concern.word,
            "text": " ".join(part for part in (item.head, item.text) if part),
            "messages": [
                {"channel": line.channel, "outcome": line.outcome, "text": line.words, "detail": line.detail}
                for line in item.lines
            ],
        }
        for item in view.timeline
    ]
