"""A source: where readings come from, how often, and what its licence allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A definition of a feed, a file or a desk. `interval_seconds` None: never fetched by the clock.

    `publication_lag_days`: how long after a period's end its value is usually known.
    """

    slug: str
    name: str
    kind: str
    licence: str
    attribution: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    interval_seconds: int | None = None
    publication_lag_days: float = 0.0
    url: str = ""
    may_redistribute: bool = True
    marking: str = "TLP:CLEAR"
    is_enabled: bool = True
