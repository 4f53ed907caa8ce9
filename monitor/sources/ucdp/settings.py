"""Settings of the kind ucdp: which releases, countries and series."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from monitor.sources.settings import Grade, Iso3, Secret, SeriesName, Settings, WebSettings, key
from monitor.sources.ucdp.by_month import Measure
from monitor.sources.ucdp.event import TYPES
from monitor.sources.ucdp.gleditsch_ward import ISO3
from monitor.sources.ucdp.release import FIRST_DAY, release_of

Type = Literal["state-based", "non-state", "one-sided"]
NUMBER_OF_TYPE = {word: number for number, word in TYPES.items()}


class UcdpSeries(Settings):
    """One series, or one a country where its name holds `{country}`: a value a month."""

    series: SeriesName = key("Its key; `{country}` makes one for each country", "ged-deaths:{country}")
    measure: Measure = key(
        "`deaths` (best, with low and high), `civilian_deaths`, `events` or `dyads` (pairs that fought)",
        "deaths", "deaths",
    )  # fmt: skip
    types: tuple[Type, ...] = key("Only these types of violence", ["one-sided"], ())
    countries: tuple[Iso3, ...] = key("Only these countries of the source", ["MLI"], ())
    admin1: tuple[str, ...] = key("Only these regions, as UCDP writes them", ["Kayes region"], ())
    sides: tuple[str, ...] = key("Only what was done by these as side A", ["Government of Mali"], ())


class UcdpSettings(WebSettings):
    """Where UCDP GED is read, and what is made of it."""

    version: str = key("The final release", "25.1")
    candidates: Literal["newest"] | tuple[str, ...] = key(
        "`newest`: those published for the years after the final one; or pinned versions",
        ["26.0.1"],
        "newest",
    )
    countries: Annotated[tuple[Iso3, ...], Field(min_length=1)] = key("ISO codes", ["MLI", "BFA", "NER"])
    since: date = key("The first day wanted; reckoned from the first of its year", "2015-01-01", FIRST_DAY)
    token: Secret | None = key(
        "The API's token, asked for at ucdp.uu.se/apidocs", {"secret": "ucdp-token"}, None
    )
    url: str = key("Where the API is", "https://ucdpapi.pcr.uu.se/api", "https://ucdpapi.pcr.uu.se/api")
    files: dict[str, str] = key(
        "Instead of the API, without a token: the address of each release's CSV or zip, by version",
        {"25.1": "https://ucdp.uu.se/downloads/ged/ged251-csv.zip"},
        {},
    )
    citation: str = key("Slug of the citation its values carry", "ucdp-ged", "")
    grade: Grade = key("Grade of its values", "A2", "")
    keep_incidents: bool = key("Whether events are kept as incidents too", False, True)
    series: tuple[UcdpSeries, ...] = key(
        "What is reckoned a month, `[[source.settings.series]]` each", [], ()
    )

    @field_validator("version")
    @classmethod
    def _is_final(cls, version: str) -> str:
        if not release_of(version).is_final:
            raise ValueError("expected a final release like 25.1")
        return version

    @field_validator("candidates")
    @classmethod
    def _are_candidates(cls, versions: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if versions != "newest" and any(release_of(each).is_final for each in versions):
            raise ValueError("expected candidate releases like 26.0.9 or 26.01.26.06")
        return versions

    @field_validator("files")
    @classmethod
    def _are_releases(cls, files: dict[str, str]) -> dict[str, str]:
        for version in files:
            release_of(version)
        return files

    @field_validator("countries")
    @classmethod
    def _are_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(codes) - set(ISO3.values())):
            raise ValueError(f"no country of UCDP is {', '.join(unknown)}")
        return codes

    @model_validator(mode="after")
    def _fit(self) -> "UcdpSettings":
        if not self.files and self.token is None:
            raise ValueError("token is missing (the API asks for one), or give files")
        for each in self.series:
            if extra := sorted(set(each.countries) - set(self.countries)):
                raise ValueError(
                    f"series {each.series} counts {', '.join(extra)}, which countries leaves out"
                )
        return self
