"""What Alertmanager told so far: which alerts fired from when to when, by fingerprint; bounded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

MOST_ALERTS = 5_000
_KEPT = timedelta(days=2, hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One stretch in which an alert fired, in epoch seconds; `ended` None: it still does."""

    fingerprint: str
    started: int
    ended: int | None
    told: int
    series: tuple[str, ...]

    def is_within(self, start: int, end: int) -> bool:
        """Whether it fired at some moment of a half-open stretch."""
        return self.started < end and (self.ended is None or self.ended > start)


@dataclass(slots=True, kw_only=True)
class AlertMemory:
    """All stretches that matter still; `first` is when the first message came."""

    first: int
    firings: dict[tuple[str, int], Firing] = field(default_factory=dict)

    def tell(self, firing: Firing) -> None:
        """Take note of what a message says: an end is final, and a new stretch ends the one before it."""
        key = (firing.fingerprint, firing.started)
        others = {each: other for each, other in self.firings.items() if each[0] == key[0] and each != key}
        known = self.firings.get(key)
        is_final = known is not None and known.ended is not None
        if is_final:
            return
        # A message that was held up on its way must not open again what later ones ended; yet Alertmanager
        # may also move the start of an alert that still fires to an earlier moment.
        if firing.ended is None and any(started > firing.started for _, started in others):
            self.firings |= {
                each: replace(other, told=firing.told, series=firing.series)
                for each, other in others.items()
                if other.ended is None
            }
            return
        for each, other in others.items():
            if other.ended is None and other.started < (firing.ended or firing.started):
                self.firings[each] = replace(other, ended=firing.ended or firing.started)
        self.firings[key] = firing

    def end_unrepeated(self, *, before: int) -> int:
        """End what was not told of since a time, at the moment it was told of last; return how many."""
        gone = [key for key, each in self.firings.items() if each.ended is None and each.told < before]
        for key in gone:
            self.firings[key] = replace(self.firings[key], ended=max(self.firings[key].told, key[1]))
        return len(gone)

    def forget(self, *, now: datetime) -> None:
        """Drop stretches that ended days ago."""
        oldest = int((now - _KEPT).timestamp())
        self.firings = {
            key: each for key, each in self.firings.items() if each.ended is None or each.ended >= oldest
        }

    def count(self, series: str, start: int, end: int) -> int:
        """Count the alerts of a series that fired at some moment of a half-open stretch, each once."""
        found = {
            each.fingerprint
            for each in self.firings.values()
            if series in each.series and each.is_within(start, end)
        }
        return len(found)

    def kept(self) -> dict[str, Any]:
        """Return all of it as a bookmark."""
        return {"first": self.first, "firings": [list(_row(each)) for each in self.firings.values()]}


def remembered(bookmark: Mapping[str, Any], *, now: datetime) -> AlertMemory:
    """Return what a bookmark holds; an empty memory that begins now if it holds nothing."""
    memory = AlertMemory(first=bookmark.get("first", int(now.timestamp())))
    rows: Sequence[Sequence[Any]] = bookmark.get("firings", ())
    for fingerprint, started, ended, told, series in rows:
        memory.firings[fingerprint, started] = Firing(
            fingerprint=fingerprint, started=started, ended=ended, told=told, series=tuple(series)
        )
    return memory


def _row(firing: Firing) -> Iterator[Any]:
    yield from (firing.fingerprint, firing.started, firing.ended, firing.told, list(firing.series))
