"""A firing: one episode of an alert in a backtest, from opening to resolving, read off its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.alerting.alert import AlertEvent, EventType, Resolution
from monitor.domain.scale import Concern

_OF_EPISODES = frozenset(
    {
        EventType.FIRING,
        EventType.CONCERN_RAISED,
        EventType.CONCERN_LOWERED,
        EventType.FLAPPING_STARTED,
        EventType.FLAPPING_ENDED,
        EventType.RESOLVED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One episode: `ended_at` None while open; `messages` counts what people would have been told."""

    rule: str
    began_at: datetime
    ended_at: datetime | None
    concern: Concern
    peak: Concern
    messages: int
    resolution: Resolution | None = None

    def overlaps(self, other: "Firing") -> bool:
        """Whether both were open at one moment; an open one never ends."""
        is_after = self.ended_at is not None and self.ended_at <= other.began_at
        is_before = other.ended_at is not None and other.ended_at <= self.began_at
        return not (is_after or is_before)


def firings(rule: str, events: Iterable[AlertEvent]) -> tuple[Firing, ...]:
    """Return the episodes of one rule's events, in order."""
    episodes: dict[str, list[AlertEvent]] = {}
    for event in events:
        if event.type in _OF_EPISODES:
            episodes.setdefault(event.episode_id, []).append(event)
    return tuple(_firing(rule, each) for each in episodes.values())


def _firing(rule: str, events: list[AlertEvent]) -> Firing:
    last = events[-1]
    is_over = last.type is EventType.RESOLVED
    return Firing(
        rule=rule,
        began_at=events[0].at,
        ended_at=last.at if is_over else None,
        concern=events[0].concern,
        peak=max(event.concern for event in events),
        messages=len(events),
        resolution=Resolution(last.body["resolution"]) if is_over else None,
    )
