"""`heatwatch subscription`: what people want to get, their quiet hours and digests."""

from typing import Any

import click

from monitor.cli.application import actor, opened, print_json
from monitor.domain.alerting.subscription import Subscription
from monitor.domain.alerting.window_text import clock, windows_said
from monitor.domain.scale import Concern

CONCERNS = click.Choice([each.word for each in Concern if each is not Concern.NORMAL])


@click.group()
def subscription() -> None:
    """What people want to get, when they want quiet, and what they want in one message."""


@subscription.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_subscriptions(*, as_json: bool) -> None:
    """Show everyone's wishes."""
    from monitor.services.save_subscription import subscriptions

    with opened() as application, application.reading() as (session, _):
        found = subscriptions(session)
    if as_json:
        print_json([_public(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.slug}  {_words(each)}")


@subscription.command()
@click.argument("person")
@click.option("--alerts", is_flag=True, help="They get what goes to subscribers.")
@click.option("--from", "lowest", type=CONCERNS, default="watch", help="The lowest concern they want.")
@click.option("--match", "matchers", multiple=True, help="Only alerts with this label, as for silences.")
@click.option("--zone", default="UTC", help="Their IANA time zone, such as Africa/Bamako.")
@click.option("--quiet", default="", help="Quiet hours, such as '22:00-06:00; Sat,Sun'.")
@click.option("--through", type=CONCERNS, default="critical", help="From which concern on quiet hours break.")
@click.option("--digest", default="", help="When what is mild comes in one message, such as 08:00,18:00.")
@click.option("--mild-below", type=CONCERNS, default="high", help="Below which concern an alert is mild.")
def save(  # noqa: PLR0913 - one parameter an option
    *,
    person: str,
    alerts: bool,
    lowest: str,
    matchers: tuple[str, ...],
    zone: str,
    quiet: str,
    through: str,
    digest: str,
    mild_below: str,
) -> None:
    """Set what PERSON, an account's address, wants; what is not given is as stated."""
    from monitor.services.save_subscription import WrittenSubscription, save_subscription

    written = WrittenSubscription(
        person=person,
        zone=zone,
        is_subscribed=alerts,
        lowest_concern=Concern[lowest.upper()],
        matchers=matchers,
        quiet=quiet,
        breaks_through=Concern[through.upper()],
        digest=digest,
        digest_below=Concern[mild_below.upper()],
    )
    with opened() as application, application.writing() as (session, now):
        saved = save_subscription(session, written, by=actor(), now=now)
    click.echo(f"{person}: {_words(saved)}")


@subscription.command()
@click.argument("person")
def remove(*, person: str) -> None:
    """Forget what PERSON wants: no subscription, no quiet hours, no digest."""
    from monitor.services.arrange import take_back

    with opened() as application, application.writing() as (session, now):
        take_back(session, Subscription, person, by=actor(), reason="", now=now)
    click.echo(f"{person} has no wishes")


def _words(each: Subscription) -> str:
    matchers = ", ".join(map(str, each.matchers))
    wanted = f"alerts from {each.lowest_concern.word}{f' with {matchers}' if matchers else ''}"
    parts = [wanted if each.is_subscribed else "no subscription"]
    if each.quiet:
        parts.append(f"quiet {windows_said(each.quiet)} below {each.breaks_through.word}")
    if each.digest:
        times = ", ".join(map(clock, each.digest))
        parts.append(f"digest at {times} {each.zone} of what is below {each.digest_below.word}")
    return "; ".join(parts)


def _public(each: Subscription) -> dict[str, Any]:
    return {
        "person": each.slug,
        "zone": each.zone,
        "alerts": each.is_subscribed,
        "from": each.lowest_concern.word,
        "matchers": [str(matcher) for matcher in each.matchers],
        "quiet": windows_said(each.quiet),
        "through": each.breaks_through.word,
        "digest": [clock(minute) for minute in each.digest],
        "mild_below": each.digest_below.word,
    }
