"""The shift log: what people wrote down, when; an entry is never changed, only corrected by another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.clock import require_utc
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

LONGEST_TEXT = 2000
# Clocks of two machines differ; more than this is no slip but the future.
AHEAD_AT_MOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What happened `at` a time, written down by `author` and `stored_at`; it may name a subject or an alert.

    `episode_id` names the alert's episode. `corrects` is the number of the entry that this one corrects: the
    first of its line, never another correction. `id` is 0 until it is stored.
    """

    id: int = 0
    at: datetime
    stored_at: datetime
    author: str
    text: str
    subject: str = ""
    episode_id: str = ""
    corrects: int | None = None

    def __post_init__(self) -> None:
        """Refuse an entry that says nothing, too much, or what is still to come; InvalidInput."""
        if not self.text.strip():
            raise InvalidInput(phrase("say what happened"), field="text")
        if len(self.text) > LONGEST_TEXT:
            raise InvalidInput(phrase("an entry has at most {most} letters", most=LONGEST_TEXT), field="text")
        if require_utc(self.at, field="at") > self.stored_at + AHEAD_AT_MOST:
            raise InvalidInput(phrase("the log says what was; this has not come yet"), field="at")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """An entry with its corrections, the oldest first: what it says now is what the last of them says."""

    entry: LogEntry
    corrections: tuple[LogEntry, ...] = ()

    @property
    def text(self) -> str:
        """What it says now."""
        return self.corrections[-1].text if self.corrections else self.entry.text


def log_lines(entries: Iterable[LogEntry]) -> tuple[LogLine, ...]:
    """Return entries with their corrections, the latest first by when it happened."""
    found = sorted(entries, key=lambda each: each.id)
    below: dict[int, list[LogEntry]] = {}
    for each in found:
        if each.corrects is not None:
            below.setdefault(each.corrects, []).append(each)
    lines = [
        LogLine(entry=each, corrections=tuple(below.get(each.id, ())))
        for each in found
        if each.corrects is None
    ]
    return tuple(sorted(lines, key=lambda line: (line.entry.at, line.entry.id), reverse=True))
