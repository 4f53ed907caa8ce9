"""Settings of the kind hdx_hapi: which themes of HAPI, of which places, become which series."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from monitor.domain.source import Source
from monitor.sources.settings import Grade, Iso3, Secret, Settings, WebSettings, key, problems_of

Theme = Literal["conflict-events", "food-prices", "idps", "refugees", "national-risk"]
EventType = Literal["political_violence", "civilian_targeting", "demonstration"]
PATHS: dict[str, str] = {
    "conflict-events": "coordination-context/conflict-events",
    "food-prices": "food-security-nutrition-poverty/food-prices-market-monitor",
    "idps": "affected-people/idps",
    "refugees": "affected-people/refugees-persons-of-concern",
    "national-risk": "coordination-context/national-risk",
}
VALUES: dict[str, tuple[str, ...]] = {
    "conflict-events": ("events", "fatalities"),
    "food-prices": ("price", "usd_price"),
    "idps": ("population",),
    "refugees": ("population",),
    "national-risk": (
        "overall_risk", "hazard_exposure_risk", "vulnerability_risk", "coping_capacity_risk", "global_rank",
    ),
}  # fmt: skip
"""Which columns of a theme hold a value; the first is meant where none is named."""
WITHOUT_LEVELS = ("refugees", "national-risk")
_Name = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:([A-Za-z0-9][A-Za-z0-9._-]*|\{country\}|\{admin1\})$",
        max_length=160,
    ),
]


class HapiSeries(Settings):
    """One series, or one a country or region where its name holds `{country}` or `{admin1}`."""

    series: _Name = key("Its key; `{country}` or `{admin1}` makes one for each", "hapi-violence:{country}")
    theme: Theme = key("What it is read from", "conflict-events")
    value: str = key("Which column; left out, the theme's first", "fatalities", "")
    admin_level: Literal[0, 1, 2] = key("The one level whose rows are used; levels are never mixed", 2, 2)
    event_type: EventType | None = key(
        "`conflict-events`: which; civilian_targeting is a part of political_violence, never added to it",
        "political_violence", None,
    )  # fmt: skip
    commodity: str = key("`food-prices`: its name or code", "Fuel (diesel)", "")
    unit: str = key("`food-prices`: the unit it must be in", "L", "")
    currency: str = key("`food-prices`: the currency it must be in", "XOF", "")
    price_type: str = key("`food-prices`: which prices", "Retail", "Retail")
    markets: tuple[str, ...] = key("`food-prices`: the panel, whose median it is", ["Bamako"], ())
    least_markets: Annotated[int, Field(ge=1)] | None = key(
        "`food-prices`: from how many of the panel a month counts; left out, all", 2, None
    )
    operation: str = key("`idps`: only this operation", "", "")
    assessment_type: str = key("`idps`: only this assessment type", "BA", "")
    population_group: str = key("`refugees`: which persons, by HAPI's code", "REF", "REF")

    @property
    def column(self) -> str:
        """The column its value stands in."""
        return self.value or VALUES[self.theme][0]

    @model_validator(mode="after")
    def _fits(self) -> "HapiSeries":
        if self.column not in VALUES[self.theme]:
            raise ValueError(f"value of {self.theme} is one of {', '.join(VALUES[self.theme])}")
        if (self.event_type is None) == (self.theme == "conflict-events"):
            raise ValueError("event_type is needed for conflict-events, and for nothing else")
        if self.event_type == "demonstration" and self.column == "fatalities":
            raise ValueError("demonstrations carry no fatalities")
        if self.theme == "food-prices" and not (
            self.commodity and self.unit and self.currency and self.markets
        ):
            raise ValueError("food-prices needs commodity, unit, currency and markets")
        if "{admin1}" in self.series and (self.theme in WITHOUT_LEVELS or self.admin_level == 0):
            raise ValueError("{admin1} needs a theme with regions, and admin_level 1 or 2")
        return self


class HapiSettings(WebSettings):
    """Who asks HAPI for what."""

    app_identifier: Secret = key(
        "What HAPI asks for: `appname:email`, as it is or in base64; no account is needed",
        {"secret": "hdx-app-identifier"},
    )
    locations: Annotated[tuple[Iso3, ...], Field(min_length=1)] = key("ISO codes", ["MLI"])
    since: date = key("The first day wanted", "2020-01-01", date(2015, 1, 1))
    trailing_days: Annotated[int, Field(ge=31, le=5000)] = key(
        "How many days are asked for again at each run, since rows are revised", 400, 400
    )
    url: str = key("Where HAPI is", "https://hapi.humdata.org/api/v2", "https://hapi.humdata.org/api/v2")
    page_size: Annotated[int, Field(ge=1, le=10000)] = key("Rows a page", 10000, 10000)
    citation: str = key("Slug of the citation its values carry", "hdx-hapi", "")
    grade: Grade = key("Grade of its values", "B2", "")
    series: Annotated[tuple[HapiSeries, ...], Field(min_length=1)] = key(
        "What is read, `[[source.settings.series]]` each", []
    )


def faults_of(source: Source) -> Sequence[str]:
    """Return what is wrong with a source of this kind: its settings, and the terms of its rows."""
    return [*problems_of(HapiSettings, source), *_terms(source)]


def _terms(source: Source) -> Iterator[str]:
    tables = source.settings.get("series", ())
    themes = (
        {each.get("theme") for each in tables if isinstance(each, dict)}
        if isinstance(tables, list | tuple)
        else ()
    )
    if "conflict-events" in themes and source.may_redistribute:
        yield "may_redistribute = false is needed: HAPI's conflict events are ACLED's, under ACLED's terms"
