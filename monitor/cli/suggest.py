"""`heatwatch suggest`: thresholds and events proposed from a series' own past, with the evidence."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from monitor.cli.application import actor, opened, print_json

if TYPE_CHECKING:
    from monitor.domain.suggestions.quantiles import EdgeEvidence, Suggestion
    from monitor.services.one_series import OneSeries
    from monitor.services.suggest_events import EventSuggestion, EventSuggestions, Verdict
    from monitor.services.suggest_thresholds import ThresholdSuggestions


@click.group()
def suggest() -> None:
    """Propose thresholds and events from a series' own past. Nothing is saved by itself."""


@suggest.command()
@click.argument("series")
@click.option(
    "--per-year",
    type=click.FloatRange(min=0.05),
    default=2.0,
    show_default=True,
    help="Alerts wanted a year.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def thresholds(series: str, *, per_year: float, as_json: bool) -> None:
    """Propose thresholds of SERIES: by its quantiles, and by how often an alert would have fired."""
    from monitor.services.one_series import one_series
    from monitor.services.suggest_thresholds import as_data, threshold_suggestions

    with opened() as application, application.reading() as (session, now):
        one = one_series(session, series, now=now)
        found = threshold_suggestions(one, per_year=per_year)
    if as_json:
        print_json({"series": one.key, "as_of": one.as_of.isoformat(), **as_data(found)})
    else:
        click.echo("\n".join(_thresholds(one, found)))


@suggest.command()
@click.argument("series")
@click.option("--confirm", type=int, help="Save this one of the list as an event.")
@click.option("--dismiss", type=int, help="Keep that this one of the list is no event; needs --reason.")
@click.option("--title", default="", help="The event's title, with --confirm.")
@click.option("--reason", default="", help="Kept with the event and in the audit log.")
@click.option("--citation", default="", help="The event's citation; without it that of the series' value.")
@click.option("--flag", "is_flag", is_flag=True, help="Fly a flag on the heat line.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def events(  # noqa: PLR0913 - one parameter an option
    series: str,
    *,
    confirm: int | None,
    dismiss: int | None,
    title: str,
    reason: str,
    citation: str,
    is_flag: bool,
    as_json: bool,
) -> None:
    """Propose the change points of SERIES as events; confirm or dismiss one by its number."""
    from monitor.services.one_series import one_series
    from monitor.services.suggest_events import as_data, confirm_event, dismiss_event, event_suggestions

    if confirm is not None and dismiss is not None:
        raise click.UsageError("give either --confirm or --dismiss")
    with opened() as application, application.writing() as (session, now):
        one = one_series(session, series, now=now)
        found = event_suggestions(session, one)
        if confirm is not None:
            verdict = _verdict(found, confirm, reason)
            verdict = replace(verdict, title=title, citation=citation, is_flag=is_flag)
            click.echo(f"saved event {confirm_event(session, one, verdict, now=now).slug}", err=as_json)
        elif dismiss is not None:
            dismiss_event(session, one, _verdict(found, dismiss, reason), now=now)
            click.echo(f"dismissed {dismiss}", err=as_json)
        left = event_suggestions(session, one)
    if as_json:
        print_json({"series": one.key, "as_of": one.as_of.isoformat(), **as_data(left)})
    elif confirm is None and dismiss is None:
        click.echo("\n".join(_events(one, left)))


def _verdict(found: "EventSuggestions", place: int, reason: str) -> "Verdict":
    from monitor.services.suggest_events import Verdict

    if not 1 <= place <= len(found.proposed):
        raise click.UsageError(f"there is no number {place}: {len(found.proposed)} are proposed")
    suggestion = found.proposed[place - 1]
    return Verdict(period_start=suggestion.period_start, author=actor(), reason=reason)


def _thresholds(one: "OneSeries", found: "ThresholdSuggestions") -> Iterator[str]:
    yield f"{one.key} as of {one.as_of:%Y-%m-%d}, in {one.indicator.unit}"
    if found.reason:
        yield f"nothing to suggest: {found.reason}"
        return
    yield "\nin force"
    yield from (_edge(one, each) for each in found.in_force)
    if not found.in_force:
        yield "  no thresholds, or no settled values"
    for name, suggestion in (
        ("by quantiles of its settled values", found.by_quantiles),
        (f"for about {found.per_year:g} firings a year", found.by_rate),
    ):
        if suggestion is not None:
            yield f"\n{name}"
            yield from _suggestion(one, suggestion)
    yield "\nNothing is saved by itself."


def _suggestion(one: "OneSeries", found: "Suggestion") -> Iterator[str]:
    if found.reason:
        yield f"  {found.reason}"
    yield from (_edge(one, each) for each in found.edges)


def _edge(one: "OneSeries", each: "EdgeEvidence") -> str:
    from monitor.domain.clock import moment
    from monitor.domain.spoken import number, percent

    quantile = "" if each.quantile is None else f" ({percent(each.quantile)} quantile)"
    last = "" if each.last_reached is None else f", last {moment(each.last_reached - 1):%Y-%m-%d}"
    return (
        f"  {each.name:<9}{number(each.value, one.indicator.decimals):>9}{quantile}: "
        f"reached by {each.reached} of {each.count} values ({percent(each.share)}){last}; "
        f"{each.firings} firings in {each.years:.1f} years ({each.per_year:.1f} a year)"
    )


def _events(one: "OneSeries", found: "EventSuggestions") -> Iterator[str]:
    from monitor.domain.clock import moment

    if found.reason:
        yield f"nothing to suggest: {found.reason}"
        return
    yield f"{one.key} as of {one.as_of:%Y-%m-%d}, in {one.indicator.unit}"
    for place, each in enumerate(found.proposed, start=1):
        yield _event(one, place, each)
    if not found.proposed:
        yield "no change point that is not decided on"
    for decision in found.decided:
        did = f"confirmed as {decision.event}" if decision.is_confirmed else "dismissed"
        yield f"     {moment(decision.period_start):%Y-%m-%d} {did} by {decision.author}: {decision.reason}"


def _event(one: "OneSeries", place: int, each: "EventSuggestion") -> str:
    from monitor.domain.spoken import number, percent

    decimals = max(one.indicator.decimals, 1)
    before, after = number(each.before, decimals), number(each.after, decimals)
    near = f"; near: {', '.join(each.near)}" if each.near else ""
    return (
        f"{place:>3}  {each.when}: mean {before} ({each.count_before} periods) to {after} "
        f"({each.count_after}); saves {each.strength:.1f} times its price, "
        f"{percent(each.share)} of shuffles range less{near}"
    )
