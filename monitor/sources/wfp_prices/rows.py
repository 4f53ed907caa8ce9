"""Rows of WFP's price files, of the layout of today and of that before 2022."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Rejected
from monitor.sources.parsing.bodies import number, shown
from monitor.sources.parsing.months import month_of
from monitor.sources.parsing.row_values import day_of
from monitor.sources.parsing.streamed_table import rows_of_table

# What we call a column -> its name in the layout of today, and in the one before.
_NEW = {
    "date": "date", "market": "market", "commodity": "commodity", "code": "commodity_id", "unit": "unit",
    "price_type": "pricetype", "currency": "currency", "price": "price",
}  # fmt: skip
_OLD = {
    "date": "date", "market": "mktname", "commodity": "cmname", "code": "cmid", "unit": "unit",
    "currency": "currency", "price": "price",
}  # fmt: skip
_COUNTRY = "countryiso3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One observation: a price (above 0, in `currency` a `unit`) in a market in a month."""

    month: date
    market: str
    commodity: str
    code: str
    unit: str
    price_type: str
    currency: str
    price: float


@dataclass(slots=True)
class Unread:
    """Rows that could not be read, and the month (None where unknown) and market of each."""

    rejected: list[Rejected] = field(default_factory=list)
    places: set[tuple[date | None, str]] = field(default_factory=set)


def prices_of(answer: Answer, *, country: str, unread: Unread) -> Iterator[Price]:
    """Yield the prices of a file; rows that cannot be read are added to `unread`.

    SourceError: the file has neither layout, or is a global one and no country is chosen.
    """
    what = answer.url.rpartition("/")[2].partition("?")[0] or "the file"
    kind = answer.headers.get("content-type", "")
    table = rows_of_table(answer.content, what=what, needed=["date"], content_type=kind)
    columns: Mapping[str, str] = {}
    for line, row in table:
        if not columns:
            columns = _layout(row, what=what, country=country)
        if _COUNTRY in row and row[_COUNTRY] != country:
            continue
        try:
            if (price := _price(row, columns)) is not None:
                yield price
        except ValueError as error:
            text = ", ".join(row[columns[name]][:40] for name in ("date", "market", "commodity"))
            unread.rejected.append(Rejected(where=f"line {line}", text=text, reason=str(error)))
            unread.places.add((_month(row, columns), row[columns["market"]].strip()))


def _layout(row: Mapping[str, str], *, what: str, country: str) -> Mapping[str, str]:
    columns = _OLD if "cmname" in row else _NEW
    if missing := [name for name in columns.values() if name not in row]:
        told = shown(", ".join(row))
        message = f"{what} has no column {', '.join(missing)}; its columns: {told}"
        raise SourceError(message, permanent=True)
    if _COUNTRY in row and not country:
        raise SourceError(f"{what} is of many countries: country is to say which", permanent=True)
    return columns


def _month(row: Mapping[str, str], columns: Mapping[str, str]) -> date | None:
    try:
        return month_of(day_of(row, columns["date"]))
    except ValueError:
        return None


def _price(row: Mapping[str, str], columns: Mapping[str, str]) -> Price | None:
    """A row's price; None where it gives none, which is no observation."""
    text = row[columns["price"]]
    try:
        price = number(text)
    except ValueError:
        price = -1.0
    if price is None:
        return None
    if price <= 0:
        raise ValueError(f"{columns['price']} {shown(text)} is no number above 0")
    commodity, price_type = row[columns["commodity"]].strip(), ""
    if "price_type" in columns:
        price_type = row[columns["price_type"]].strip()
    else:
        commodity, _, price_type = commodity.rpartition(" - ")
    return Price(
        month=month_of(day_of(row, columns["date"])), market=row[columns["market"]].strip(),
        commodity=commodity, code=row[columns["code"]].strip(), unit=row[columns["unit"]].strip(),
        price_type=price_type, currency=row[columns["currency"]].strip(), price=price,
    )  # fmt: skip
