"""The values of a pack against those stored: which are new, which changed, which the desk changed since."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.observation import Reading
from monitor.domain.pack import Pack
from monitor.storage import observations, series


class Change(StrEnum):
    """What installing does to one definition or value."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    CONFLICTING = "conflicting"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueChange:
    """A value of the pack that is not what stands here for its period and revision."""

    reading: Reading
    source: str
    change: Change
    before: float | None = None
    reason: str = ""
    is_accepted: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether installing makes a row of it."""
        return self.change in {Change.ADDED, Change.CHANGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row of a period, stored or about to be; `author` tells a pack's from a person's."""

    revision: int
    seq: int
    known_at: int
    content: tuple[Any, ...]
    author: str
    stored_at: datetime | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """What decides which row is in force."""
        return self.revision, self.seq


def pack_author(slug: str) -> str:
    """Return the author of observations a pack brought."""
    return f"pack {slug}"


def compare_values(session: Session, pack: Pack, *, accept: Collection[str] = ()) -> tuple[ValueChange, ...]:
    """Return every value of the pack that says something else than its row here; series in `accept` yield."""
    given: dict[str, list[tuple[str, Reading]]] = {}
    for history in pack.history:
        for reading in history.readings:
            given.setdefault(reading.series, []).append((history.source, reading))
    known = series.ids(session, given)
    changes: list[ValueChange] = []
    for key, readings in given.items():
        stored = observations.history(session, key) if key in known else []
        compare = _Series(author=pack_author(pack.slug), is_accepted=key in accept)
        for each in stored:
            compare.keep(each.reading, seq=each.seq, author=each.author, stored_at=each.stored_at)
        changes += compare.changes(readings)
    return tuple(changes)


@dataclass(slots=True, kw_only=True)
class _Series:
    """The rows of one series by period."""

    author: str
    is_accepted: bool
    rows: dict[tuple[int, int], list[_Row]] = field(default_factory=dict)
    last_seq: int = 0

    def keep(self, reading: Reading, *, seq: int, author: str, stored_at: datetime | None) -> None:
        row = _Row(
            revision=reading.source_revision, seq=seq, known_at=epoch(reading.known_at), author=author,
            content=_content(reading), stored_at=stored_at,
        )  # fmt: skip
        self.rows.setdefault(_period(reading), []).append(row)
        self.last_seq = max(self.last_seq, seq)

    def changes(self, readings: Iterable[tuple[str, Reading]]) -> Iterator[ValueChange]:
        for source, reading in sorted(readings, key=lambda each: (each[1].source_revision, each[1].known_at)):
            change = self._change(source, reading)
            if change is not None:
                yield change
                if change.is_stored:
                    self.keep(reading, seq=self.last_seq + 1, author=self.author, stored_at=None)

    def _change(self, source: str, reading: Reading) -> ValueChange | None:
        rows = self.rows.get(_period(reading), [])
        same = [row for row in rows if row.revision == reading.source_revision]
        if not same:
            is_new = not _is_known(rows, reading)
            return ValueChange(reading=reading, source=source, change=Change.ADDED) if is_new else None
        current = max(same, key=lambda row: row.seq)
        base = max((row for row in same if row.author == self.author), key=lambda row: row.seq, default=None)
        if current.content == _content(reading):
            return None
        change, reason = self._decide(current, base, reading)
        return ValueChange(
            reading=reading, source=source, change=change, reason=reason, before=current.content[0],
            is_accepted=change is Change.CHANGED and current is not base,
        )  # fmt: skip

    def _decide(self, current: _Row, base: _Row | None, reading: Reading) -> tuple[Change, str]:
        if current is base:
            return Change.CHANGED, "the pack has another value"
        by = f"{current.author or 'a source'} on {current.stored_at:%Y-%m-%d}"
        if self.is_accepted:
            return Change.CHANGED, f"accepted; changed here by {by}"
        if base is None:
            return Change.CONFLICTING, f"given here by {by}, not by the pack"
        if base.content == _content(reading):
            return Change.KEPT, f"changed here by {by}; the pack's value is the same as before"
        return Change.CONFLICTING, f"changed here by {by}, and by the pack"


def _is_known(rows: Collection[_Row], reading: Reading) -> bool:
    """Whether storing would leave no row: what is in force, now or at the reading's moment, says the same."""
    content = _content(reading)
    if not rows:
        return reading.value is None
    known_at = epoch(reading.known_at)
    seen = [row for row in rows if row.known_at <= known_at and row.revision <= reading.source_revision]
    return any(max(part, key=lambda row: row.rank).content == content for part in (rows, seen) if part)


def _content(reading: Reading) -> tuple[Any, ...]:
    if reading.value is None:
        return (None,)
    return (reading.value, reading.low, reading.high, reading.grade, reading.citation)


def _period(reading: Reading) -> tuple[int, int]:
    return epoch(reading.period_start), epoch(reading.period_end)
