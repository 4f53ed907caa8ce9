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
