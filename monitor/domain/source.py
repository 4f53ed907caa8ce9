"""A source: where readings come from, how often, and what its licence allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.release import Release

# Kinds that are never asked: programs push to them.
PUSHED = frozenset({"alertmanager", "push"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A definition of a feed, a file or a desk; without an interval, `cron` or releases the clock never asks.

    `publication_lag_days`: how long after a period's end its value is usually known. `cron` is read in
    `timezone`. `jitter_seconds`: up to how much later than planned it is asked. `trailing_days`: how many
    days before the last good run are asked for again; None: whatever it gives.
    """

    slug: str
    name: str
    kind: str
    licence: str
    attribution: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    interval_seconds: int | None = None
    cron: str = ""
    timezone: str = "UTC"
    jitter_seconds: int = 0
    releases: tuple[Release, ...] = ()
    trailing_days: int | None = None
    publication_lag_days: float = 0.0
    url: str = ""
    may_redistribute: bool = True
    marking: str = "TLP:CLEAR"
    is_enabled: bool = True

    @property
    def is_pushed(self) -> bool:
        """Whether programs push to it, and nobody asks it."""
        return self.kind in PUSHED
