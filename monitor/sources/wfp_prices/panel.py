"""A fixed panel of markets: its price by month, and how much of it was not observed."""

import math
import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.domain.harvest import Rejected
from monitor.sources.parsing.months import months_between
from monitor.sources.wfp_prices.rows import Price
from monitor.sources.wfp_prices.settings import WfpSeries


@dataclass(slots=True)
class Panel:
    """Prices of a panel by month and market; `others` were observed in another unit or currency."""

    prices: dict[date, dict[str, float]] = field(default_factory=dict)
    others: dict[date, dict[str, str]] = field(default_factory=dict)
    twice: set[tuple[date, str]] = field(default_factory=set)

    def rejected(self) -> Iterator[Rejected]:
        """Yield what was left out: a market whose unit or currency is another, once for each it was in."""
        told: set[tuple[str, str]] = set()
        for month, markets in sorted(self.others.items()):
            for market, found in sorted(markets.items()):
                if market not in self.prices.get(month, {}) and (market, found) not in told:
                    told.add((market, found))
                    reason = f"from {month:%Y-%m} prices are {found}: the unit or currency was switched"
                    yield Rejected(where=f"market {market}", text=found, reason=reason)
        for month, market in sorted(self.twice):
            reason = f"two prices for {month:%Y-%m}, of which neither is taken"
            yield Rejected(where=f"market {market}", text="", reason=reason)


def panel_of(prices: Iterable[Price], chosen: WfpSeries) -> Panel:
    """Return the panel's prices in the unit and currency that are expected."""
    panel = Panel()
    for price in prices:
        is_good = chosen.commodity in {price.commodity, price.code} and price.price_type == chosen.price_type
        if not is_good or price.market not in chosen.markets:
            continue
        if (price.unit, price.currency) != (chosen.unit, chosen.currency):
            found = f"in {price.currency} a {price.unit}, where {chosen.currency} a {chosen.unit} is expected"
            panel.others.setdefault(price.month, {})[price.market] = found
        elif panel.prices.setdefault(price.month, {}).setdefault(price.market, price.price) != price.price:
            panel.twice.add((price.month, price.market))
    for month, market in panel.twice:
        del panel.prices[month][market]
    return panel


def price_by_month(panel: Panel, chosen: WfpSeries) -> Iterator[tuple[date, float]]:
    """Yield the panel's price in each month in which enough of its markets were observed."""
    enough = {month: each for month, each in sorted(panel.prices.items()) if len(each) >= chosen.least}
    if chosen.method == "chained":
        yield from _chained(enough, chosen.least)
    else:
        for month, each in enough.items():
            yield month, statistics.median(each.values())


def _chained(enough: Mapping[date, Mapping[str, float]], least: int) -> Iterator[tuple[date, float]]:
    """Carry the first month's median on by the median change of the markets of both months."""
    level = 0.0
    before: dict[str, float] = {}
    for month, prices in enough.items():
        if not before:
            level = statistics.median(prices.values())
        else:
            shared = sorted(set(prices) & set(before))
            # Where too few can be compared, the month is passed over, and the next is compared instead.
            if len(shared) < least:
                continue
            level *= math.exp(statistics.median(math.log(prices[each] / before[each]) for each in shared))
        before = dict(prices)
        yield month, level


def missing_by_month(
    panel: Panel, chosen: WfpSeries, unread: Collection[tuple[date | None, str]], *, last: date
) -> Iterator[tuple[date, float]]:
    """Yield the share of the panel without an observation, from its first one to the file's last month.

    A month in which a row of the panel could not be read has no share; no month has, if its month is unknown.
    """
    doubtful = {month for month, market in unread if market in chosen.markets}
    seen = {month: set(each) for month, each in panel.others.items()}
    for month, each in panel.prices.items():
        seen.setdefault(month, set()).update(each)
    for month, market in panel.twice:
        seen[month].add(market)
    if seen and None not in doubtful:
        for month in sorted(set(months_between(min(seen), last)) - doubtful):
            yield month, 1 - len(seen.get(month, ())) / len(chosen.markets)


def unknown_names(prices: Sequence[Price], chosen: WfpSeries) -> str:
    """Return what of a series the file never names, as a sentence; "" if it names all."""
    goods = {name for each in prices for name in (each.commodity, each.code)}
    if chosen.commodity not in goods:
        told = ", ".join(sorted({each.commodity for each in prices}))
        return f"no commodity {chosen.commodity!r} in the file; it has: {told[:300]}"
    markets = {each.market for each in prices}
    if missing := [each for each in chosen.markets if each not in markets]:
        told = ", ".join(sorted(markets))
        return f"no market {', '.join(missing)} in the file; it has: {told[:300]}"
    return ""
