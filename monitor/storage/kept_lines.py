"""Kept lines: a subject's heat line stays with a process until something is published of it.

Published points are only ever added, and those drawn for the time before come in the transaction that
publishes the first: as long as a subject's last published point is the same, so is its line up to then.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.storage import heat_points
from monitor.storage.heat_points import HeatLine
from monitor.storage.stood import Stood, is_settled

# Of five years daily a whole line takes some 200 kB, one for the board 50.
MOST, MOST_WHOLE = 1_000, 50
_KEPT, _WHOLE = "heat lines", "whole heat lines"
_EVER = datetime.min.replace(tzinfo=UTC)
_Of = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptLine:
    """A line from `since` on; `made` is for what callers make from it and want again."""

    line: HeatLine
    since: datetime
    of: _Of
    made: dict[Any, Any] = field(default_factory=dict)


class Kept:
    """Lines by subject, those least lately asked for given up first."""

    def __init__(self, *, most: int = MOST) -> None:
        """Nothing was read yet."""
        self._most = most
        self._lines: OrderedDict[str, KeptLine] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, slug: str, of: _Of, since: datetime) -> KeptLine | None:
        """Return a subject's line if it is still its line and reaches far enough back."""
        with self._lock:
            found = self._lines.get(slug)
            if found is None or found.of != of or found.since > since:
                return None
            self._lines.move_to_end(slug)
            return found

    def put(self, slug: str, line: KeptLine) -> None:
        """Keep a line as it was read."""
        with self._lock:
            self._lines[slug] = line
            self._lines.move_to_end(slug)
            while len(self._lines) > self._most:
                self._lines.popitem(last=False)


def read(session: Session, stood: Mapping[str, Stood], since: Mapping[str, datetime]) -> dict[str, KeptLine]:
    """Return each subject's line from a moment of its own on, reading those that changed in one query."""
    kept: Kept = session.info.get("kept", {}).setdefault(_KEPT, Kept())
    is_sure = is_settled(session)
    of = {slug: _of(stood.get(slug)) for slug in since}
    found: dict[str, KeptLine] = {}
    for slug, start in since.items():
        if is_sure and (before := kept.find(slug, of[slug], start)) is not None:
            found[slug] = before
    missing = [slug for slug in since if slug not in found]
    if not missing:
        return found
    first = min(since[slug] for slug in missing)
    for slug, line in heat_points.lines(session, missing, first).items():
        found[slug] = KeptLine(line=line, since=first, of=of[slug])
        if is_sure:
            kept.put(slug, found[slug])
    return found


def read_whole(session: Session, slug: str, stood: Stood | None) -> KeptLine:
    """Return a subject's whole line."""
    kept: Kept = session.info.get("kept", {}).setdefault(_WHOLE, Kept(most=MOST_WHOLE))
    of, is_sure = _of(stood), is_settled(session)
    found = kept.find(slug, of, _EVER) if is_sure else None
    if found is None:
        found = KeptLine(line=heat_points.line(session, slug), since=_EVER, of=of)
        if is_sure:
            kept.put(slug, found)
    return found


def _of(stood: Stood | None) -> _Of:
    """What a line rests on: the last published point, and up to when the clock has come."""
    if stood is None:
        return ()
    state, point = stood
    return (state.last_slot, state.assessed_seq, *((point.at, point.seq) if point is not None else ()))
