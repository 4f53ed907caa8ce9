"""`heatwatch mute-window`: recurring times in which routes that name them send nothing."""

import click

from monitor.cli.application import actor, opened, print_json
from monitor.cli.arranged import remove_arranged


@click.group("mute-window")
def mute_window() -> None:
    """Recurring times in which the routes that name them send nothing."""


@mute_window.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_windows(*, as_json: bool) -> None:
    """Show the mute windows, whether each is open and until when, or when it opens next."""
    from monitor.services.overview.silences import mute_windows

    with opened() as application, application.reading() as (session, now):
        found = mute_windows(session, now=now)
    if as_json:
        print_json(
            [
                {
                    "slug": each.window.slug,
                    "windows": each.words,
                    "open_until": each.until,
                    "opens_at": None if each.upcoming is None else each.upcoming.starts_at,
                    "routes": list(each.routes),
                }
                for each in found
            ]
        )
        return
    for each in found:
        if each.until is not None:
            stands = f"open until {each.until:%Y-%m-%d %H:%M} UTC"
        elif each.upcoming is not None:
            stands = f"opens {each.upcoming.starts_at:%Y-%m-%d %H:%M} UTC"
        else:
            stands = "does not open within a year"
        routes = ", ".join(each.routes) or "no route names it"
        click.echo(f"{each.window.slug}  {each.words}  {stands}  ({routes})")


@mute_window.command()
@click.argument("slug")
@click.argument("windows")
@click.option("--zone", default="UTC", help="The IANA time zone, such as Africa/Bamako.")
@click.option("--reason", default="", help="Kept in the audit log.")
def save(*, slug: str, windows: str, zone: str, reason: str) -> None:
    """Make the mute window SLUG, or change it: open in WINDOWS, such as 'Mon-Fri 22:00-06:00; Sat,Sun'."""
    from monitor.domain.alerting.window import MuteWindow
    from monitor.domain.alerting.window_text import parse_windows
    from monitor.services.arrange import arrange

    value = MuteWindow(slug=slug, windows=parse_windows(windows, zone=zone))
    with opened() as application, application.writing() as (session, now):
        arrange(session, value, by=actor(), reason=reason, now=now)
    click.echo(f"{slug} is saved")


@mute_window.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def remove(*, slug: str, reason: str) -> None:
    """Remove the mute window SLUG; what it held goes out now."""
    from monitor.domain.alerting.window import MuteWindow

    remove_arranged(MuteWindow, slug, reason=reason)
