"""Settings of the kind wfp_prices: which file of HDX, and which panels of markets."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from monitor.sources.settings import Grade, Iso3, Settings, WebSettings, key

_SeriesKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=160)
]
_Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class WfpSeries(Settings):
    """One series: a price of a fixed panel of markets, or how much of the panel has none."""

    series: _SeriesKey = key("Its key", "diesel-price:mali")
    commodity: _Word = key("Its name or number in the file", "Fuel (diesel)")
    unit: _Word = key("The unit it must be in", "L")
    currency: _Word = key("The currency it must be in", "XOF")
    price_type: _Word = key("Which prices", "Retail", "Retail")
    markets: Annotated[tuple[_Word, ...], Field(min_length=1)] = key(
        "The panel: markets as the file names them, the same every month", ["Bamako", "Mopti", "Gao"]
    )
    measure: Literal["price", "missing_share"] = key(
        "The panel's price, or the share (0 to 1) of it with no observation",
        "missing_share",
        "price",
    )
    method: Literal["median", "chained"] = key(
        "`median` of the markets that report; `chained`: carried on by the median change of those that "
        "report in both months, so that who reports does not move it",
        "chained", "median",
    )  # fmt: skip
    least_markets: Annotated[int, Field(ge=1)] | None = key(
        "From how many of the panel a month's price counts; left out, more than half of it", 2, None
    )

    @property
    def least(self) -> int:
        """From how many markets a month's price counts."""
        return self.least_markets or len(set(self.markets)) // 2 + 1

    @model_validator(mode="after")
    def _fits(self) -> "WfpSeries":
        if len(set(self.markets)) != len(self.markets):
            raise ValueError("a market is named twice in markets")
        if self.least > len(self.markets):
            raise ValueError("least_markets is more than the panel has")
        return self


class WfpSettings(WebSettings):
    """Which country's file, and what is made of it."""

    data_set: _Word = key("The data set's name in the catalogue of HDX", "wfp-food-prices-for-mali")
    resource: _Word = key(
        "The file's name there; its address is looked up at each run", "wfp_food_prices_mli.csv"
    )
    country: Iso3 | Literal[""] = key("Only this country's rows, where the file is a global one", "MLI", "")
    since: date = key("The first day wanted", "2015-01-01", date(1990, 1, 1))
    url: str = key("Where the catalogue is", "https://data.humdata.org", "https://data.humdata.org")
    citation: str = key("Slug of the citation its values carry", "wfp-prices", "")
    grade: Grade = key("Grade of its values", "B2", "")
    series: Annotated[tuple[WfpSeries, ...], Field(min_length=1)] = key(
        "What is made of it, `[[source.settings.series]]` each", []
    )
