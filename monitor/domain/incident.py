"""An incident: one dated, placed event from a feed, revisable by its external id."""

from dataclasses import dataclass
from datetime import date


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
