"""`heatwatch log`: write a line into the shift log, correct one, read it."""

from datetime import datetime

import click

from monitor.cli.application import actor, opened, print_json
from monitor.cli.moments import WRITTEN, end_of, start_of


@click.group()
def log() -> None:
    """Write and read the shift log; an entry is never changed, only corrected by another."""


@log.command()
@click.argument("text")
@click.option("--at", type=WRITTEN, help="When it happened; without it now.")
@click.option("--subject", default="", help="The subject it is about.")
@click.option("--alert", default="", help="The alert it is about, by fingerprint or episode.")
@click.option("--corrects", type=int, help="The number of the entry it corrects.")
def add(text: str, *, at: datetime | None, subject: str, alert: str, corrects: int | None) -> None:
    """Write down TEXT, what happened."""
    from monitor.services.write_log import correct_log, write_log

    if corrects is not None and (at or subject or alert):
        raise click.UsageError("a correction keeps the time, the subject and the alert of what it corrects")
    with opened() as application, application.writing() as (session, now):
        if corrects is not None:
            entry = correct_log(session, corrects, text, by=actor(), now=now)
        else:
            entry = write_log(
                session, text, by=actor(), now=now, at=start_of(at), subject=subject, alert=alert
            )  # fmt: skip
    told = "" if entry.corrects is None else f", corrects {entry.corrects}"
    click.echo(f"entry {entry.id} of {entry.at:%Y-%m-%d %H:%M} UTC is written down{told}")


@log.command("list")
@click.option("--since", type=WRITTEN, help="From this day or moment on.")
@click.option("--until", type=WRITTEN, help="Up to this day or moment.")
@click.option("--subject", default="", help="Of this subject alone.")
@click.option("--alert", default="", help="On this episode alone.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs, with what was corrected.")
def list_entries(
    *, since: datetime | None, until: datetime | None, subject: str, alert: str, limit: int, as_json: bool
) -> None:
    """Show the latest entries, the latest first; corrected ones as they stand now."""
    from monitor.services.read_log import log_data, read_log

    with opened() as application, application.reading() as (session, now):
        lines = read_log(
            session, since=start_of(since), until=end_of(until, now), subject=subject, alert=alert,
            limit=limit,
        )  # fmt: skip
    if as_json:
        print_json([log_data(line) for line in lines])
        return
    for line in lines:
        entry = line.entry
        about = " ".join(part for part in (entry.subject, entry.episode_id) if part)
        click.echo(
            f"{entry.id:>5}  {entry.at:%Y-%m-%d %H:%M}  {entry.author:<28} {line.text}"
            f"{f' [{about}]' if about else ''}{' (corrected)' if line.corrections else ''}"
        )
