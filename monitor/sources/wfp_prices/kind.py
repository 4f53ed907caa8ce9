"""wfp_prices: WFP's food and fuel prices on HDX, as prices of fixed panels of markets."""

from collections.abc import Iterator, Sequence
from datetime import date

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.parsing.bodies import json_of, object_of, rows_of, said, shown, text_of
from monitor.sources.parsing.months import midnight, next_month
from monitor.sources.parsing.streamed_table import TYPES_OF_TABLES
from monitor.sources.settings import parse, problems_of
from monitor.sources.wfp_prices.panel import missing_by_month, panel_of, price_by_month, unknown_names
from monitor.sources.wfp_prices.rows import Unread, prices_of
from monitor.sources.wfp_prices.settings import WfpSeries, WfpSettings

_NOT_FOUND = 404
_FILE_SECONDS = 180.0


class WfpPricesSource:
    """Settings: `WfpSettings`. The file's address is looked up in the catalogue each time."""

    settings = WfpSettings
    content_types = TYPES_OF_TABLES

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings."""
        return problems_of(WfpSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return the months of every panel; the file always holds all of history."""
        given = parse(WfpSettings, source)
        return _harvest(given, ask, fetcher.get(_address(given, fetcher), seconds=_FILE_SECONDS))

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return the months that a file given by hand holds."""
        return _harvest(parse(WfpSettings, source), ask, answer)


def _address(given: WfpSettings, fetcher: Fetcher) -> str:
    what = f"the catalogue's answer on {given.data_set}"
    answer = fetcher.get(
        f"{given.url.rstrip('/')}/api/3/action/package_show",
        params={"id": given.data_set},
        accept=frozenset({200, _NOT_FOUND}),
    )
    body = object_of(json_of(answer, what=what), what=what)
    if "success" not in body:
        raise SourceError(f"{what} is none of HDX's: it says nothing of success{said(body)}")
    if answer.status == _NOT_FOUND or body["success"] is not True:
        error = body.get("error")
        raise SourceError(f"HDX has no data set {given.data_set}{said(error)}", permanent=True)
    result = object_of(body.get("result"), what=f"{what}: its result")
    resources = rows_of(result, "resources", what=what)
    for resource in resources:
        address = text_of(resource, "url")
        if text_of(resource, "name") == given.resource and address.startswith(("https://", "http://")):
            return address
    told = ", ".join(text_of(each, "name") for each in resources)
    raise SourceError(f"{given.data_set} has no file {given.resource}; it has: {shown(told)}", permanent=True)


def _harvest(given: WfpSettings, ask: Ask, answer: Answer) -> Harvest:
    unread = Unread()
    prices = list(prices_of(answer, country=given.country, unread=unread))
    rejected = unread.rejected
    months_told = [each.month for each in prices if midnight(each.month) <= ask.now]
    if not months_told:
        first = f"; {rejected[0].where}: {rejected[0].reason}" if rejected else ""
        raise SourceError(f"the file holds no price up to now{first}")
    readings: list[Reading] = []
    last = max(months_told)
    for chosen in given.series:
        if unknown := unknown_names(prices, chosen):
            raise SourceError(f"series {chosen.series}: {unknown}", permanent=True)
        panel = panel_of(prices, chosen)
        rejected += panel.rejected()
        if not panel.prices and panel.others:
            reason = rejected[-1].reason
            raise SourceError(f"series {chosen.series}: every price is another: {reason}", permanent=True)
        months = (
            price_by_month(panel, chosen)
            if chosen.measure == "price"
            else missing_by_month(panel, chosen, unread.places, last=last)
        )
        readings += _readings(months, chosen, given, ask)
    return Harvest(readings=tuple(readings), rejected=tuple(rejected), note=f"prices up to {last:%Y-%m}")


def _readings(
    months: Iterator[tuple[date, float]], chosen: WfpSeries, given: WfpSettings, ask: Ask
) -> Iterator[Reading]:
    """Yield the months wanted; the figure of the 15th stands for its whole month, once it is over."""
    for month, value in months:
        end = midnight(next_month(month))
        is_asked = ask.window is None or (ask.window.first <= month <= ask.window.last)
        if month >= given.since.replace(day=1) and is_asked and end <= ask.now:
            yield Reading(
                series=chosen.series, period_start=midnight(month), period_end=end, value=value,
                known_at=ask.now, citation=given.citation, grade=given.grade,
            )  # fmt: skip
