"""What a run of ucdp leaves behind for the next: which events there were, and whether all of the final."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from monitor.sources.ucdp.event import GedEvent
from monitor.sources.ucdp.release import release_of
from monitor.sources.ucdp.settings import UcdpSettings

# Beyond this many the final release's are not remembered: it never changes, only its successor differs.
_MOST_IDS = 50_000

Bookmark = Mapping[str, Any]


def final_of(given: UcdpSettings) -> str:
    """Return what says that the final release was taken as a whole: its version, from when, of whom."""
    return " ".join([given.version, str(given.since.year), *sorted(given.countries)])


def gone_since(
    before: Bookmark, given: UcdpSettings, seen: Collection[str], months: Collection[date]
) -> Sequence[str]:
    """Return ids that were told for these months before and that no release has any more."""
    if before.get("countries") != sorted(given.countries):
        return ()
    old: Mapping[str, Sequence[str]] = before.get("ids", {})
    return [each for month in months for each in old.get(_name(month), ()) if each not in seen]


def ids_of_final(before: Bookmark, given: UcdpSettings) -> frozenset[str]:
    """Return the ids that the final release had when it was read whole; none if it is another one now."""
    if before.get("final") != final_of(given):
        return frozenset()
    last = release_of(given.version).last.year
    ids: Mapping[str, Sequence[str]] = before.get("ids", {})
    return frozenset(each for name, known in ids.items() if int(name[:4]) <= last for each in known)


def is_settled(before: Bookmark, given: UcdpSettings) -> bool:
    """Whether the final release was read whole, and no event of a later release is known."""
    if before.get("final") != final_of(given):
        return False
    last = release_of(given.version).last.year
    ids: Mapping[str, Sequence[str]] = before.get("ids", {})
    return not given.candidates or not any(known and int(name[:4]) > last for name, known in ids.items())


def bookmark_of(
    before: Bookmark,
    given: UcdpSettings,
    events: Mapping[str, GedEvent],
    months: Collection[date],
    *,
    has_final: bool,
) -> Bookmark:
    """Return what to remember; `has_final`: the final release was read from the first day wanted."""
    names = {_name(month) for month in months}
    is_same = before.get("countries") == sorted(given.countries)
    ids = {name: list(each) for name, each in before.get("ids", {}).items() if is_same and name not in names}
    for event in sorted(events.values(), key=lambda one: (one.first, one.id)):
        known = ids.setdefault(_name(event.first), [])
        known.append(event.id)
    if sum(map(len, ids.values())) > _MOST_IDS:
        last = release_of(given.version).last.year
        ids = {name: each for name, each in ids.items() if int(name[:4]) > last}
    final = final_of(given) if has_final else before.get("final", "")
    return {"final": final, "countries": sorted(given.countries), "ids": ids}


def _name(month: date) -> str:
    return f"{month:%Y-%m}"
