"""An incident: one dated, placed event from a feed, revisable by its external id."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

_NEAR_KM = 25
_KILOMETRES = re.compile(r"(?:within )?(\d{1,6}) ?km\b")
# (2) 25 km precision
_NUMBERED, _FIRST = re.compile(r"^\(\d\)\s*"), re.compile(r"[a-z]+[12]?|\d$")


class Exactness(StrEnum):
    """What coordinates mean: a place, or only the middle of something larger."""

    EXACT = "exact"
    NEAR = "near"
    REGION = "region"
    COUNTRY = "country"
    UNSAID = ""

    @property
    def is_point(self) -> bool:
        """Whether they may be drawn as a dot and looked up among boundaries."""
        return self in {Exactness.EXACT, Exactness.NEAR}


# The first word of a precision, or the digit of UCDP's and ACLED's scales, which agree as far as they go.
_WORDS = {
    **dict.fromkeys(("exact", "1"), Exactness.EXACT),
    **dict.fromkeys(("near", "2"), Exactness.NEAR),
    **dict.fromkeys(
        (
            "region", "admin1", "admin2", "district", "province", "state", "governorate", "line", "linear",
            "3", "4", "5",
        ),
        Exactness.REGION,
    ),
    **dict.fromkeys(("country", "sea", "6", "7"), Exactness.COUNTRY),
}  # fmt: skip


@lru_cache(maxsize=4096)
def exactness(precision: str) -> Exactness:
    """Return what a precision in a source's words means; words that nobody knows say nothing."""
    text = _NUMBERED.sub("", precision.strip().casefold())
    if measured := _KILOMETRES.match(text):
        return Exactness.NEAR if int(measured[1]) <= _NEAR_KM else Exactness.REGION
    first = _FIRST.match(text)
    return _WORDS.get(first[0], Exactness.UNSAID) if first else Exactness.UNSAID


def is_dot(incident: "Incident") -> bool:
    """Whether an incident may be drawn where its coordinates are."""
    has_point = incident.latitude is not None and incident.longitude is not None
    return has_point and exactness(incident.precision).is_point


class CodedBy(StrEnum):
    """How an incident's region came by its p-code."""

    CODE = "code"
    NAME = "name"
    POINT = "point"
    NOTHING = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What a feed reported. `latitude` and `longitude` are None where the place is not precise."""

    source: str
    external_id: str
    happened_on: date
    country: str
    kind: str
    admin1: str = ""
    latitude: float | None = None
    longitude: float | None = None
    precision: str = ""
    actor: str = ""
    killed: int = 0
    injured: int = 0
    kidnapped: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """Country (ISO 3166-1 alpha-3) and region (p-code) of an incident as we read them, "" where untold.

    Beside what the source told, never in its place.
    """

    country: str = ""
    admin1: str = ""
    by: CodedBy = CodedBy.NOTHING


UNCODED = Coding()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Days, both included, of which a source lists every incident in a country ("": everywhere).

    `lag_days` None: known as a whole when it was said; else history, of which each part was known so many
    days after its end.
    """

    covers_from: date
    covers_until: date
    country: str = ""
    lag_days: float | None = None

    def __post_init__(self) -> None:
        """Refuse days that end before they begin."""
        if self.covers_until < self.covers_from:
            message = "covers_until is before covers_from"
            raise ValueError(message)
