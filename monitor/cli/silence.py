"""`heatwatch silence`: keep alerts quiet for a while."""

from datetime import datetime
from typing import Any

import click

from monitor.cli.application import actor, opened, print_json
from monitor.cli.moments import WRITTEN, start_of
from monitor.domain.alerting.silence import Silence
from monitor.domain.alerting.window_text import windows_said, windows_text
from monitor.services.preview_silence import SilencePreview


@click.group()
def silence() -> None:
    """Add, list and end silences: for a while, alerts that match send nothing but their end."""


@silence.command()
@click.argument("matchers", nargs=-1, required=True)
@click.option("--for", "lasts", default="", help="How long, such as 30m, 8h, 2d or 1w; at most 30 days.")
@click.option("--until", type=WRITTEN, help="Until this UTC moment, instead of --for.")
@click.option("--from", "starts_at", type=WRITTEN, help="From this UTC moment; without it from now.")
@click.option("--window", default="", help="Only while this is open, such as 'Sat,Sun; Mon-Fri 22:00-06:00'.")
@click.option("--zone", default="UTC", help="The IANA zone of --window, such as Africa/Bamako.")
@click.option("--comment", required=True, help="Why; everyone on the desk reads it.")
@click.option("--expire-on-resolve", is_flag=True, help="End it early, once nothing it matches fires.")
@click.option("--dry-run", is_flag=True, help="Show what it would mute now, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def add(  # noqa: PLR0913 - one parameter an option
    *,
    matchers: tuple[str, ...],
    lasts: str,
    until: datetime | None,
    starts_at: datetime | None,
    window: str,
    zone: str,
    comment: str,
    expire_on_resolve: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Silence the alerts whose labels meet all MATCHERS: label=value, label=~pattern, or != and !~.

    A pattern must fit the whole value. `subject=assimi-goita`, `alertname=~fuel-.*`
    With --window it recurs: it mutes only while a window is open, for a year at most.
    """
    from monitor.domain.alerting.silence import parse_matchers, silence_end
    from monitor.domain.alerting.window_text import parse_windows
    from monitor.services.add_silence import add_silence
    from monitor.services.preview_silence import preview_silence

    with opened() as application:
        with application.reading() as (session, now):
            begins = start_of(starts_at) or now
            new = Silence(
                matchers=parse_matchers(matchers),
                author=actor(),
                comment=comment,
                starts_at=begins,
                ends_at=silence_end(starts_at=begins, lasts=lasts, until=start_of(until)),
                expire_on_resolve=expire_on_resolve,
                windows=parse_windows(window, zone=zone) if window else (),
            )
            preview = preview_silence(session, new)
        if not dry_run:
            with application.writing() as (session, now):
                new = add_silence(session, new, now=now)
    _show(new, preview, now=now, as_json=as_json)


@silence.command("list")
@click.option("--expired", "with_expired", is_flag=True, help="Those that are over too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_silences(*, with_expired: bool, as_json: bool) -> None:
    """Show the silences that are active or to come, the newest first."""
    from monitor.services.find_silences import find_silences

    with opened() as application, application.reading() as (session, now):
        found = find_silences(session, now=now, with_expired=with_expired)
    if as_json:
        print_json([_public(each, now=now) for each in found])
        return
    for each in found:
        click.echo(_line(each, now=now))


@silence.command()
@click.argument("number", type=int)
@click.option("--reason", default="", help="Kept in the audit log.")
def end(number: int, reason: str) -> None:
    """End the silence NUMBER now; what it held back is told in one message an alert."""
    from monitor.services.end_silence import end_silence

    with opened() as application, application.writing() as (session, now):
        end_silence(session, number, actor=actor(), now=now, reason=reason)
    click.echo(f"silence {number} ended")


def _show(new: Silence, preview: SilencePreview, *, now: datetime, as_json: bool) -> None:
    if as_json:
        muted = [
            {"rule": alert.rule, "subject": alert.subject, "concern": alert.concern.word}
            for alert in preview.muted
        ]
        found = {"muted": muted, "open": preview.open_count, "warnings": list(preview.warnings)}
        print_json({**_public(new, now=now), **found})
        return
    click.echo(_line(new, now=now) if new.id else "not added: this is what it would do")
    click.echo(f"mutes {len(preview.muted)} of {preview.open_count} open alerts now")
    for alert in preview.muted:
        click.echo(f"  {alert.concern.word:<9} {alert.rule} ({alert.subject})")
    for warning in preview.warnings:
        click.echo(f"warning: {warning}", err=True)


def _line(each: Silence, *, now: datetime) -> str:
    window = f"{each.starts_at:%Y-%m-%d %H:%M} to {each.ends_at:%Y-%m-%d %H:%M} UTC"
    if each.windows:
        window += f", {windows_said(each.windows)}"
    matchers = ", ".join(map(str, each.matchers))
    return f"{each.id:>4}  {each.state(now).value:<8} {window}  {matchers}  ({each.author}: {each.comment})"


def _public(each: Silence, *, now: datetime) -> dict[str, Any]:
    return {
        "id": each.id or None,
        "state": each.state(now).value,
        "matchers": [
            {"name": one.name, "value": one.value, "isRegex": one.is_regex, "isEqual": one.is_equal}
            for one in each.matchers
        ],
        "author": each.author,
        "comment": each.comment,
        "starts_at": each.starts_at.isoformat(),
        "ends_at": each.ends_at.isoformat(),
        "expire_on_resolve": each.expire_on_resolve,
        "windows": [{"zone": one.zone, "window": windows_text([one])} for one in each.windows],
    }
