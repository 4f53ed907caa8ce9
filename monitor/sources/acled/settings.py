"""Settings of the kind acled, and the terms that hold for whatever is read with it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from monitor.domain.iso3166 import NUMERIC
from monitor.domain.source import Source
from monitor.sources.settings import Grade, Iso3, Secret, SeriesName, Settings, WebSettings, key, problems_of

_LEGACY = ("key", "email", "api_key", "access_key")
_MARKINGS = ("TLP:AMBER+STRICT", "TLP:RED")


class AcledSeries(Settings):
    """One series, or one a country where its name holds `{country}`: a value a week or month."""

    series: SeriesName = key("Its key; `{country}` makes one for each country", "acled-events:{country}")
    measure: Literal["events", "fatalities"] = key("What is added up", "fatalities", "events")
    period: Literal["week", "month"] = key("Over what; a week begins on Monday", "month", "week")
    countries: tuple[Iso3, ...] = key("Only these countries of the source", ["MLI"], ())
    event_types: tuple[str, ...] = key("Only these event types", ["Battles"], ())
    actors: tuple[str, ...] = key(
        "Only events in which one of the two actors is named so",
        ["JNIM: Group for Support of Islam and Muslims"], (),
    )  # fmt: skip
    inter: tuple[str, ...] = key("Only events in which one of the two sides is such", ["State forces"], ())
    admin1: tuple[str, ...] = key("Only these regions, as ACLED writes them", ["Sikasso"], ())
    civilian_targeting: bool = key("Only events in which civilians were the main target", True, False)


class AcledSettings(WebSettings):
    """Whose account reads which events."""

    terms_accepted_by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)] = key(
        "Who accepted ACLED's terms for this desk, and when; without it nothing is fetched",
        "A. Keita, 2026-11-02",
    )
    username: Secret = key("The account's e-mail address", {"secret": "acled-username"})
    password: Secret = key("The account's password", {"secret": "acled-password"})
    countries: Annotated[tuple[Iso3, ...], Field(min_length=1)] = key("ISO codes", ["MLI", "BFA", "NER"])
    since: date | None = key("The first day wanted; left out: the trailing days only", "2020-01-01", None)
    trailing_days: Annotated[int, Field(ge=1, le=1000)] = key(
        "How many days are asked for again at each run, since events are revised", 60, 60
    )
    settles_after_days: Annotated[int, Field(ge=0, le=60)] = key(
        "Days younger than this are not called complete", 7, 7
    )
    url: str = key("Where ACLED is", "https://acleddata.com", "https://acleddata.com")
    page_size: Annotated[int, Field(ge=1, le=5000)] = key("Events a page", 5000, 5000)
    citation: str = key("Slug of the citation its values carry", "acled", "")
    grade: Grade = key("Grade of its values", "B2", "")
    series: tuple[AcledSeries, ...] = key(
        "What is reckoned a week or month, `[[source.settings.series]]` each", [], ()
    )

    @field_validator("countries")
    @classmethod
    def _are_known(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(codes) - set(NUMERIC)):
            raise ValueError(f"no country of ISO 3166 is {', '.join(unknown)}")
        return codes


def faults_of(source: Source) -> Sequence[str]:
    """Return what is wrong with a source of this kind: its settings, and what ACLED's terms ask of it."""
    return [*_legacy(source), *problems_of(AcledSettings, source), *_terms(source)]


def _legacy(source: Source) -> Iterator[str]:
    given = [name for name in _LEGACY if name in source.settings]
    if given or "api.acleddata.com" in str(source.settings.get("url", "")):
        yield (
            "ACLED removed the route with key and email in September 2025: give username and password of an "
            f"account at acleddata.com instead of {' and '.join(given) or 'api.acleddata.com'}"
        )


def _terms(source: Source) -> Iterator[str]:
    if source.may_redistribute:
        yield "may_redistribute = false is needed: ACLED's terms forbid to pass its data on"
    if source.marking not in _MARKINGS:
        yield f"marking is to be {' or '.join(_MARKINGS)}: ACLED's data stays within your organisation"
