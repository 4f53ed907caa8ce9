"""`heatwatch forecast`: where a series may go, how far past forecasts were off, when it may reach an edge."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from monitor.cli.application import opened, print_json

if TYPE_CHECKING:
    from monitor.domain.suggestions.forecast import Forecast
    from monitor.services.forecast_series import EdgeAhead, SeriesForecast
    from monitor.services.one_series import OneSeries


@click.command()
@click.argument("series")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def forecast(series: str, *, as_json: bool) -> None:
    """Forecast SERIES some periods ahead, with intervals whose past worth is told; it never scores."""
    from monitor.services.forecast_series import as_data, series_forecast
    from monitor.services.one_series import one_series

    with opened() as application, application.reading() as (session, now):
        one = one_series(session, series, now=now)
        found = series_forecast(one)
    if as_json:
        print_json(as_data(one, found))
    else:
        click.echo("\n".join(_lines(one, found)))


def _lines(one: "OneSeries", found: "SeriesForecast") -> Iterator[str]:
    from monitor.domain.clock import moment
    from monitor.domain.spoken import percent

    own = found.forecast
    yield f"{one.key} as of {one.as_of:%Y-%m-%d}, in {one.indicator.unit}"
    if own is None:
        yield f"no forecast: {found.reason}"
        return
    coverage = own.wide_coverage
    yield f"{own.method.value} smoothing of {own.count} values since {moment(own.since):%Y-%m-%d}"
    yield f"the 80 % interval held {percent(coverage.share)} of {coverage.of} times"
    yield from _ahead(one, own)
    yield from (_edge(one, each) for each in found.edges)
    yield "A forecast is no observation: it never scores."


def _ahead(one: "OneSeries", own: "Forecast") -> Iterator[str]:
    from monitor.domain.clock import moment
    from monitor.domain.spoken import number, period

    decimals = one.indicator.decimals
    for each in own.ahead:
        low, middle, high = (number(value, decimals) for value in (each.wide[0], each.middle, each.wide[1]))
        name = period(moment(each.start), moment(each.end))
        held = each.wide_coverage
        yield f"  {name:<10} {middle:>9}   80 %: {low} to {high} (held {held.held} of {held.of})"


def _edge(one: "OneSeries", each: "EdgeAhead") -> str:
    from monitor.domain.spoken import number, percent

    time = each.time
    verb = "reaches" if each.is_worse else "leaves"
    when = "not within them" if time.median is None else f"in the middle after {time.median}"
    late = "beyond" if time.late is None else str(time.late)
    span = "" if time.early is None else f", 80 % between {time.early} and {late}"
    periods = len(time.reached)
    return (
        f"  {verb} {each.name} {number(time.edge, one.indicator.decimals)} within {periods} periods on "
        f"{time.reached[-1]} of {time.paths} past error paths ({percent(time.share)}): {when}{span}"
    )
