"""`heatwatch channel`: where messages go."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.application import actor, opened, print_json
from monitor.domain.alerting import rate
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import KINDS
from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.scale import Concern
from monitor.domain.spoken import count

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.alerting.delivery import Attempt
    from monitor.services.channel_list import ChannelLine

SET = click.option("--set", "given", multiple=True, help="name=value, or name=@FILE: a setting of its kind.")
SECRET = click.option(
    "--secret", "secret_names", multiple=True, help="The name of a secret; its value is asked for."
)
CONCERNS = click.Choice([concern.word for concern in Concern])


@click.group()
def channel() -> None:
    """Add, list, edit, test, enable, disable and remove channels, and show which kinds there are."""


@channel.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def kinds(*, as_json: bool) -> None:
    """Show the kinds of channel there are and what each is told."""
    from monitor.domain.alerting.channel_setting import known_settings

    with opened() as application:
        found = {name: known_settings(kind) for name, kind in sorted(application.channel_kinds.items())}
    if as_json:
        print_json({name: [asdict(each) for each in settings] for name, settings in found.items()})
        return
    for name, settings in found.items():
        click.echo(name)
        for each in settings:
            click.echo(f"  {each.name:<24} {each.words}" + (f" ({each.notes})" if each.notes else ""))


@channel.command()
@click.argument("slug")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--name", default="", help="How the channel is shown; without it the slug.")
@click.option("--url", default="", help="Where messages are posted.")
@click.option("--allow-http", is_flag=True, help="An address without TLS is meant.")
@click.option("--to", "recipients", multiple=True, help="E-mail: an address; may be given again.")
@SET
@SECRET
@click.option(
    "--lowest", type=CONCERNS, default="watch", show_default=True, help="The least concern it takes."
)
@click.option("--exercises", is_flag=True, help="It takes messages of exercises too.")
@click.option("--ceiling", default="none", help="The strictest marking it is told, such as TLP:GREEN.")
@click.option("--per-minute", type=click.IntRange(0), help="Most tries a minute; 0: any number.")
@click.option("--fallback", default="none", help="The channel told of what is critical and not taken here.")
def add(  # noqa: PLR0913 - one parameter an option
    *,
    slug: str,
    kind: str,
    name: str,
    url: str,
    allow_http: bool,
    recipients: tuple[str, ...],
    given: tuple[str, ...],
    secret_names: tuple[str, ...],
    lowest: str,
    exercises: bool,
    ceiling: str,
    per_minute: int | None,
    fallback: str,
) -> None:
    """Add the channel SLUG. A webhook's signing secret is made here and printed once."""
    from monitor.dev.arrivals import trust
    from monitor.services.add_channel import add_channel
    from monitor.services.check_channel import settings_of
    from monitor.services.edit_channel import parse_ceiling
    from monitor.services.require_fallback import parse_fallback

    given = _read(given)
    plain = _settings(kind, url=url, allow_http=allow_http, recipients=recipients, given=given)
    with opened() as application:
        new = Channel(
            slug=slug,
            name=name or slug,
            kind=kind,
            settings=plain | settings_of(kind, given, application.channel_kinds),
            secrets=_secrets(secret_names),
            lowest_concern=Concern[lowest.upper()],
            takes_exercises=exercises,
            ceiling=parse_ceiling(ceiling),
            per_minute=per_minute,
            fallback=parse_fallback(fallback),
        )
        with application.writing() as (session, now):
            added = add_channel(
                session, new, secrets=application.secrets, channel_kinds=application.channel_kinds,
                actor=actor(), now=now,
            )  # fmt: skip
        is_ours = _is_our_receiver(application.settings, new)
    if added.signing_secret and is_ours:
        trust(application.settings.home / "receiver", added.signing_secret)
    click.echo(f"channel {slug} added; `heatwatch channel test {slug}` sends a test message")
    if added.signing_secret:
        click.echo(f"signing secret, shown once: {added.signing_secret}")
        if is_ours:
            click.echo("the receiver on this machine knows it")


@channel.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs; secrets are left out.")
def list_channels(*, as_json: bool) -> None:
    """Show every channel, what it takes and what its receiver last complained of."""
    from monitor.services.channel_list import channel_list

    with opened() as application, application.reading() as (session, _):
        channels = channel_list(session)
    if as_json:
        print_json([_public(line) for line in channels])
        return
    for line in channels:
        item = line.channel
        notes = [f"from {item.lowest_concern.word}"]
        notes += ["exercises too"] * item.takes_exercises + ["disabled"] * (not item.is_enabled)
        notes += [f"up to {item.ceiling.word}"] if item.ceiling is not None else []
        notes += [f"{rate.per_minute(item) or 'any number'} a minute"] * (item.per_minute is not None)
        notes += [f"else {item.fallback}"] * bool(item.fallback) + [item.trouble] * bool(item.trouble)
        click.echo(f"{item.slug:<24} {item.kind:<10} {_target(item):<48} {', '.join(notes)}")
        click.echo(f"{'':<24} {_last(line.last)}")


@channel.command()
@click.argument("slug")
@click.option("--name", help="How the channel is shown.")
@click.option("--url", help="Where messages are posted.")
@click.option("--allow-http/--no-allow-http", default=None, help="An address without TLS is meant.")
@click.option("--to", "recipients", multiple=True, help="E-mail: the addresses; replaces those there are.")
@SET
@SECRET
@click.option("--lowest", type=CONCERNS, help="The least concern it takes.")
@click.option("--exercises/--no-exercises", default=None, help="Whether it takes messages of exercises.")
@click.option("--ceiling", help="The strictest marking it is told, such as TLP:GREEN; none: all.")
@click.option("--per-minute", type=click.IntRange(-1), help="Most tries a minute; 0: any; -1: its kind's.")
@click.option("--fallback", help="The channel told of what is critical and not taken here; none.")
@click.option("--reason", default="", help="Kept in the audit log.")
def edit(  # noqa: PLR0913 - one parameter an option
    *,
    slug: str,
    name: str | None,
    url: str | None,
    allow_http: bool | None,
    recipients: tuple[str, ...],
    given: tuple[str, ...],
    secret_names: tuple[str, ...],
    lowest: str | None,
    exercises: bool | None,
    ceiling: str | None,
    per_minute: int | None,
    fallback: str | None,
    reason: str,
) -> None:
    """Change the channel SLUG; what is not given stays, its secrets too."""
    from monitor.services.edit_channel import ChannelEdit, edit_channel

    plain = {"url": url, "allow_http": allow_http, "recipients": list(recipients) or None}
    with opened() as application, application.writing() as (session, now):
        after = edit_channel(
            session,
            slug,
            ChannelEdit(
                name=name,
                settings={key: value for key, value in plain.items() if value is not None},
                given=_read(given),
                secrets=_secrets(secret_names),
                lowest_concern=Concern[lowest.upper()] if lowest else None,
                takes_exercises=exercises,
                ceiling=ceiling,
                per_minute=per_minute,
                fallback=fallback,
                reason=reason,
            ),
            channel_kinds=application.channel_kinds,
            box=application.secrets,
            actor=actor(),
            now=now,
        )
    click.echo(f"{slug}: {_target(after)}, from {after.lowest_concern.word}")


@channel.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def remove(slug: str, reason: str) -> None:
    """Remove the channel SLUG and its secret; what waited for it is given up."""
    from monitor.services.edit_channel import remove_channel

    with opened() as application, application.writing() as (session, now):
        given_up = remove_channel(session, slug, actor=actor(), reason=reason, now=now)
    click.echo(f"{slug} removed; {count(given_up, 'message')} given up")


@channel.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def rotate(slug: str, reason: str) -> None:
    """Make a new signing secret for the webhook SLUG; for 24 hours the old one signs too."""
    from monitor.dev.arrivals import trust
    from monitor.services.rotate_secret import rotate_secret

    with opened() as application, application.writing() as (session, now):
        rotated = rotate_secret(session, slug, box=application.secrets, actor=actor(), reason=reason, now=now)
        is_ours = _is_our_receiver(application.settings, rotated.channel)
    if is_ours:
        trust(application.settings.home / "receiver", rotated.signing_secret)
    click.echo(f"signing secret, shown once: {rotated.signing_secret}")
    click.echo(f"until {rotated.both_until:%Y-%m-%d %H:%M} UTC {slug} signs with the old one too")


@channel.command()
@click.argument("slug")
def test(slug: str) -> None:
    """Send one test message through the channel SLUG, enabled or not; exit code 1 if it is not taken."""
    from monitor.services.try_channel import try_channel

    with opened() as application:
        with application.reading() as (_, now):
            pass
        trials = try_channel(
            application.database,
            application.channel_kinds,
            slug,
            secrets=application.secrets,
            actor=actor(),
            now=now,
            base_url=application.settings.base_url or "",
        )
    for trial in trials:
        click.echo(f"{trial.recipient}: {trial.error or 'accepted'}")
    if not all(trial.is_accepted for trial in trials):
        raise SystemExit(1)


@channel.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def enable(slug: str, reason: str) -> None:
    """Send through the channel SLUG again, what waited first."""
    _set_enabled(slug, is_enabled=True, reason=reason)


@channel.command()
@click.argument("slug")
@click.option("--reason", default="", help="Kept in the audit log.")
def disable(slug: str, reason: str) -> None:
    """Send nothing through the channel SLUG; what is due waits."""
    _set_enabled(slug, is_enabled=False, reason=reason)


def _settings(
    kind: str, *, url: str, allow_http: bool, recipients: tuple[str, ...], given: tuple[str, ...]
) -> dict[str, Any]:
    """What the options say; what `--set` says is read by the kind."""
    named = {text.partition("=")[0].strip() for text in given}
    if kind == "email":
        if not (recipients or "recipients" in named) or url or allow_http:
            raise click.UsageError("e-mail needs --to and takes no --url or --allow-http")
        return {"recipients": list(recipients)} if recipients else {}
    if recipients or (kind == "webhook" and not url and "url" not in named):
        raise click.UsageError(f"a {kind} needs --url and takes no --to")
    return ({"url": url} if url else {}) | ({"allow_http": True} if allow_http else {})


def _read(given: tuple[str, ...]) -> tuple[str, ...]:
    """Put the text of a file in the place of each `name=@FILE`."""
    read = []
    for text in given:
        name, sign, value = text.partition("=@")
        if sign:
            try:
                value = Path(value).read_text()
            except (OSError, UnicodeDecodeError) as error:
                raise click.UsageError(f"{name}: {value} cannot be read ({error})") from None
        read.append(f"{name}={value}" if sign else text)
    return tuple(read)


def _secrets(names: tuple[str, ...]) -> dict[str, str]:
    """Ask for each, or read a line a secret from a pipe."""
    if sys.stdin.isatty():
        return {name: click.prompt(f"Value of {name}", hide_input=True) for name in names}
    return {name: sys.stdin.readline().strip() for name in names}


def _set_enabled(slug: str, *, is_enabled: bool, reason: str) -> None:
    from monitor.services.set_channel_enabled import set_channel_enabled

    with opened() as application, application.writing() as (session, now):
        set_channel_enabled(session, slug, is_enabled=is_enabled, actor=actor(), reason=reason, now=now)
    click.echo(f"{slug} {'enabled' if is_enabled else 'disabled'}")


def _target(item: Channel) -> str:
    return str(item.settings.get("url") or ", ".join(item.settings.get("recipients", ())) or item.kind)


def _last(last: "Attempt | None") -> str:
    """Last try 30 Nov 2025 12:50 UTC: refused, status 403."""
    if last is None:
        return "nothing sent yet"
    told = "arrived" if last.outcome == DeliveryStatus.DELIVERED else last.error or last.outcome
    return f"last try {last.started_at:%Y-%m-%d %H:%M} UTC: {told}"


def _is_our_receiver(settings: "Settings", item: Channel) -> bool:
    """Whether a webhook leads to the receiver of this machine."""
    from urllib.parse import urlsplit

    return urlsplit(str(item.settings.get("url", ""))).netloc == settings.receiver_bind


def _public(line: "ChannelLine") -> dict[str, Any]:
    item, last = line.channel, line.last
    return {
        "slug": item.slug,
        "name": item.name,
        "kind": item.kind,
        "settings": dict(item.settings),
        "lowest_concern": item.lowest_concern.word,
        "is_enabled": item.is_enabled,
        "takes_exercises": item.takes_exercises,
        "ceiling": None if item.ceiling is None else item.ceiling.word,
        "per_minute": rate.per_minute(item),
        "fallback": item.fallback or None,
        "trouble": item.trouble,
        "last_try": last and {name: getattr(last, name) for name in ("started_at", "outcome", "error")},
    }
