"""Grouping: which waiting notifications go out together, and when (alerting.md 1.3, 1.7 case 20)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.alerting.route import says_how_to_group


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A notification that waits or is held, as grouping sees it; `key` is that of its route's group."""

    id: int
    fingerprint: str
    key: str
    is_due: bool
    is_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one message is to tell; alone, `key` is empty: each alert is for itself."""

    key: str
    members: tuple[Candidate, ...]

    @property
    def due_ids(self) -> tuple[int, ...]:
        """Those whose time has come."""
        return tuple(each.id for each in self.members if each.is_due)


def effective_key(key: str, *, is_kind_grouped: bool) -> str:
    """Return the group a channel puts a notification in; empty where it tells each alert by itself."""
    return key if key and (is_kind_grouped or says_how_to_group(key)) else ""


def due_groups(candidates: Iterable[Candidate]) -> list[Group]:
    """Return the groups of which something is due, each with all that goes along, in order.

    An alert is in the group of its latest notification, with all it has: so none of its events can overtake
    another, and no two groups wait for each other. What is held back and not due stays where it is.
    """
    by_alert: dict[str, list[Candidate]] = {}
    for each in sorted(candidates, key=lambda candidate: candidate.id):
        by_alert.setdefault(each.fingerprint, []).append(each)
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for fingerprint, alert in by_alert.items():
        key = alert[-1].key
        if any(each.is_due or not each.is_held for each in alert):
            groups.setdefault((key, "" if key else fingerprint), []).extend(alert)
    return [
        Group(key=key, members=tuple(sorted(members, key=lambda candidate: candidate.id)))
        for (key, _), members in groups.items()
        if any(each.is_due for each in members)
    ]


def may_go_at(last_formed: datetime | None, *, interval_seconds: float, is_urgent: bool) -> datetime | None:
    """Return when the next message of a group may go; None: at once. What is critical waits for none."""
    if last_formed is None or is_urgent:
        return None
    return last_formed + timedelta(seconds=interval_seconds)


def intervals(seconds: Mapping[str, float], keys: Sequence[str], *, standing: float) -> dict[str, float]:
    """Return the interval of each group by its key, from those of the routes by slug."""
    return {key: seconds.get(route_named(key), standing) for key in keys}


def route_named(key: str) -> str:
    """Return the slug of the route a group's key begins with."""
    return key.partition("{")[0].partition("@")[0]
