"""`heatwatch route`: the tree that says who is told of what, and who would get an alert."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from monitor.cli.application import actor, opened, print_json
from monitor.cli.tables import print_table
from monitor.domain.alerting.route_words import inhibition_said, settings, takes, timing
from monitor.domain.alerting.routing import inhibitions_of
from monitor.domain.errors import InvalidInput

if TYPE_CHECKING:
    from monitor.domain.alerting.routing import Routing
    from monitor.services.who_gets import Way, WhoGets

_CONCERNS = ("watch", "elevated", "high", "critical")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def route() -> None:
    """Show, try and save the tree of routes: who is told of which alert."""


@route.command()
@click.option("--toml", "as_toml", is_flag=True, help="As the text that `route save` takes.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(*, as_toml: bool, as_json: bool) -> None:
    """Show the tree in force, in the order in which an alert is tried; without one, that of the channels."""
    from monitor.packs.routing_tables import table_of_routing
    from monitor.packs.routing_text import routing_text
    from monitor.services.routing_in_force import routing_in_force

    with opened() as application, application.reading() as (session, _):
        found = routing_in_force(session)
    if as_json:
        print_json({"version": found.version, "routing": table_of_routing(found.routing)})
    elif as_toml:
        click.echo(routing_text(found.routing), nl=False)
    else:
        _print_tree(found.routing)
        made = f"version {found.version}" if found.version else "made from the channels; nobody wrote one"
        click.echo(f"{sum(1 for _ in found.routing.route.walk())} routes, {made}.")


@route.command()
@click.argument("labels", nargs=-1)
@click.option("--rule", default="", help="Begin with the labels of this rule's alerts.")
@click.option("--concern", type=click.Choice(_CONCERNS), default="high", show_default=True, help="How bad.")
@click.option("--file", "path", type=FILE, help="Try the tree of this file instead of the one in force.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def test(*, labels: tuple[str, ...], rule: str, concern: str, path: Path | None, as_json: bool) -> None:
    """Say who would get an alert with these LABELS, written label=value: routes, channels, groups, holds.

    Exit code 1 where nobody would. Nothing is sent and nothing is stored.
    """
    from monitor.domain.scale import Concern
    from monitor.services.who_gets import labels_of_rule, who_gets

    given = _pairs(labels)
    draft = None if path is None else _read(path)
    with opened() as application, application.reading() as (session, now):
        every = (labels_of_rule(session, rule) if rule else {}) | given
        found = who_gets(session, every, concern=Concern[concern.upper()], now=now, draft=draft)
    if as_json:
        print_json(_as_data(found))
    else:
        _print_ways(found)
    if not found.is_anybody:
        raise SystemExit(1)


@route.command()
@click.argument("path", type=FILE, metavar="FILE")
@click.option("--reason", required=True, help="Why; kept with the new version and in the audit log.")
@click.option("--seen", type=int, help="The version the file was made from; without it the one in force.")
def save(*, path: Path, reason: str, seen: int | None) -> None:
    """Put the tree of FILE in force, a `[[routing]]` table as `route show --toml` prints it.

    Open alerts that lead to other channels now are told there within seconds.
    """
    from monitor.services.routing_in_force import routing_in_force
    from monitor.services.save_routing import save_routing

    routing = _read(path)
    with opened() as application, application.writing() as (session, now):
        version = routing_in_force(session).version if seen is None else seen
        save_routing(session, routing, author=actor(), reason=reason, seen=version, now=now)
        saved = routing_in_force(session).version
    click.echo(f"The routes are saved as version {saved}.")


@route.command("import")
@click.argument("path", type=FILE, metavar="FILE")
@click.option("--reason", default="", help="Why; without it, that it was imported, and from what.")
@click.option("--dry-run", is_flag=True, help="Report only, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def import_config(*, path: Path, reason: str, dry_run: bool, as_json: bool) -> None:
    """Take over an Alertmanager configuration: receivers, routes, inhibitions and mute times.

    Reports line by line what was and what was not taken over. The tree in force is replaced.
    """
    from monitor.packs.alertmanager import read_alertmanager
    from monitor.services.import_alertmanager import import_alertmanager

    found = read_alertmanager(_text(path))
    lines = list(found.lines)
    if not dry_run:
        with opened() as application, application.writing() as (session, now):
            lines += import_alertmanager(
                session, found, channel_kinds=application.channel_kinds, secrets=application.secrets,
                actor=actor(), reason=reason or f"imported from {path.name}", now=now,
            )  # fmt: skip
    if as_json:
        report = [{"at": each.at, "is_taken": each.is_taken, "words": each.words} for each in lines]
        print_json({"is_saved": not dry_run, "report": report})
        return
    for each in lines:
        click.echo(f"{'taken   ' if each.is_taken else 'LEFT OUT'}  {each.at}: {each.words}")
    left = sum(1 for each in lines if not each.is_taken)
    saved = "nothing is changed" if dry_run else "saved; `heatwatch route show` shows the tree"
    click.echo(f"{len(lines) - left} taken over, {left} left out; {saved}.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}") from error


def _read(path: Path) -> "Routing":
    from monitor.packs.routing_text import read_routing

    routing, problems = read_routing(_text(path), file=path.name)
    if routing is None:
        raise InvalidInput("\n".join(map(str, problems)))
    return routing


def _pairs(labels: tuple[str, ...]) -> dict[str, str]:
    for text in labels:
        if "=" not in text or text.startswith("="):
            raise click.UsageError(f"a label is written label=value, not {text!r}")
    return {name: value for name, _, value in (text.partition("=") for text in labels)}


def _print_tree(routing: "Routing") -> None:
    table = Table("route", "takes", "tells", "settings", box=None)
    for depth, each in routing.route.walk():
        table.add_row(
            escape("  " * depth + each.slug), escape(takes(each)),
            escape(", ".join(each.channels) or ("as above" if depth else "nobody")),
            escape("; ".join(settings(each))),
        )  # fmt: skip
    print_table(table)
    for rule in inhibitions_of([routing]):
        click.echo(f"{rule.slug}: {inhibition_said(rule)}")


def _print_ways(found: "WhoGets") -> None:
    labels = ", ".join(f"{name}={value}" for name, value in found.labels.items())
    click.echo(f"{found.concern.word}: {labels}")
    for way in found.ways:
        click.echo(" > ".join(way.path))
        for each in way.reached:
            why_not = f": not told, {each.why_not}" if each.why_not else ""
            click.echo(f"  {each.slug} ({each.name}){why_not}")
        if not way.reached:
            click.echo("  nobody: the route leads to no channel")
        click.echo(f"  group {way.group}; {timing(way.route, found.concern)}")
        if way.held is not None:
            click.echo(f"  now {way.held.sentence}, until {way.held.until:%Y-%m-%d %H:%M} UTC")
    if not found.is_anybody:
        click.secho("Nobody would be told.", fg="red")


def _as_data(found: "WhoGets") -> dict[str, Any]:
    return {
        "concern": found.concern.word,
        "labels": dict(found.labels),
        "is_anybody": found.is_anybody,
        "ways": [_way(way, found) for way in found.ways],
    }


def _way(way: "Way", found: "WhoGets") -> dict[str, Any]:
    return {
        "path": list(way.path),
        "channels": [{"slug": each.slug, "name": each.name, "why_not": each.why_not} for each in way.reached],
        "group": way.group,
        "group_wait_seconds": 0.0 if found.concern.word == "critical" else way.route.wait_seconds,
        "group_interval_seconds": way.route.interval_seconds,
        "repeat_seconds": way.route.repeats_after(found.concern),
        "mute_windows": list(way.route.mute_windows),
        "needs_approval": bool(way.route.needs_approval),
        "escalation": way.route.escalation,
        "held": None if way.held is None else {"by": way.held.name, "until": way.held.until},
    }
