"""What an alert event is explained by: what moved heat since an earlier moment, as its body keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.phrases import later, phrase
from monitor.domain.spoken import parted, signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one series did to heat, by the names people know; `detail` says its values before and after."""

    name: str
    cause: str
    heat_delta: float
    driver: str = ""
    before: float | None = None
    after: float | None = None
    detail: str = ""

    @property
    def sentence(self) -> str:
        """Fuel price −21.3 (100 to 352 index)."""
        change = later(signed, self.heat_delta)
        if not self.detail:
            return phrase("{name} {change}", name=self.name, change=change)
        return phrase("{name} {change} ({detail})", name=self.name, change=change, detail=self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What moved heat since a moment of the subject's clock, the largest first; None: nothing is known.

    `since` is the event's own moment where the clock stands and something was entered later.
    """

    moved: tuple[Moved, ...] = ()
    since: datetime | None = None

    def body(self) -> dict[str, Any]:
        """Return its part of an event's body."""
        return {
            "why": [_term(term) for term in self.moved],
            "moved": later(parted, [term.sentence for term in self.moved]),
            "movedSince": None if self.since is None else rfc3339(self.since),
        }

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Explanation":
        """Return what a stored body says; nothing for one that does not say since when."""
        if not body.get("movedSince"):
            return cls()
        terms = [
            Moved(
                name=term["name"], cause=term["cause"], heat_delta=term["heatDelta"], driver=term["driver"],
                before=term["before"], after=term["after"], detail=term["detail"],
            )
            for term in body["why"]
        ]  # fmt: skip
        return cls(moved=tuple(terms), since=datetime.fromisoformat(body["movedSince"]))


def _term(term: Moved) -> dict[str, Any]:
    return {
        "name": term.name,
        "cause": term.cause,
        "driver": term.driver,
        "heatDelta": term.heat_delta,
        "before": term.before,
        "after": term.after,
        "detail": term.detail,
    }
