"""How a source does, in a word and a sentence: what the list is sorted by and each page begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.schedule import is_scheduled
from monitor.domain.source import Source
from monitor.domain.spoken import at, capital
from monitor.domain.wording import say, say_many
from monitor.services.overview.sources import is_overdue, release_owed
from monitor.storage.runs import Run
from monitor.storage.sources import SourceState

# Worst first: what a person comes for.
CONDITIONS = ("failing", "cut off", "late", "not asked yet", "fine", "disabled", "by hand")
NEEDING = frozenset({"failing", "cut off", "late"})
_WORDS = {"": "under way"}
_GOOD = frozenset({"ok", "unchanged", "empty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One run on a strip: its outcome, and when it began."""

    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source in the list; `last_ok_at`: when it last did well; `is_now`: a worker asks it."""

    slug: str
    name: str
    kind: str
    condition: str
    sentence: str
    strip: tuple[Mark, ...]
    last_run_at: datetime | None
    last_ok_at: datetime | None
    due_at: datetime | None
    quarantined: int
    marking: str
    is_now: bool

    @property
    def needs_someone(self) -> bool:
        """Whether a person should look."""
        return self.condition in NEEDING


def row_of(
    source: Source,
    state: SourceState,
    strip: Sequence[tuple[str, datetime]],
    *,
    failed: Run | None,
    quarantined: int,
    now: datetime,
) -> SourceRow:
    """Return a source's row; `strip` holds outcomes newest first, `failed` is the last run that was one."""
    condition, sentence = condition_of(source, state, failed, now=now)
    return SourceRow(
        slug=source.slug,
        name=source.name,
        kind=source.kind,
        condition=condition,
        sentence=sentence,
        strip=tuple(Mark(outcome=_WORDS.get(word, word), at=moment) for word, moment in reversed(strip)),
        last_run_at=state.last_run_at,
        last_ok_at=_last_good(state, strip),
        due_at=None if state.is_cut or not source.is_enabled else state.due_at,
        quarantined=quarantined,
        marking=source.marking,
        is_now=state.lease_until is not None and state.lease_until > now,
    )


def condition_of(source: Source, state: SourceState, failed: Run | None, *, now: datetime) -> tuple[str, str]:
    """Return how a source does in a word, and the sentence that goes with it."""
    if state.is_cut:
        return "cut off", say("Nothing is fetched or replayed from it until it is restored.")
    if not source.is_enabled:
        return "disabled", say("It is switched off in its definition.")
    if state.failures:
        return "failing", _failed(state.failures, failed)
    if owed := release_owed(source, state, now=now):
        return "late", f"{owed}."
    if is_scheduled(source) and state.due_at is not None and is_overdue(source, state, now=now):
        due = at(state.due_at, near=now)
        return "late", say("Its turn was at {moment} UTC, and nobody has asked it since.", moment=due)
    if source.is_pushed:
        return "fine", "" if state.last_ok_at else say("Nothing was pushed to it yet.")
    if not is_scheduled(source):
        return "by hand", ""
    return ("not asked yet", "") if state.last_run_at is None else ("fine", "")


def _failed(failures: int, failed: Run | None) -> str:
    """Say what went wrong as it was said then, and how often in a row."""
    said = f"{_capital(failed.message)}." if failed else say("It failed.")
    if failures == 1:
        return said
    times = say_many("It failed {n} time in a row.", "It failed {n} times in a row.", failures)
    return f"{said} {times}"


def _last_good(state: SourceState, strip: Sequence[tuple[str, datetime]]) -> datetime | None:
    """Return when it last did well, a push or a file that was taken beside its turns included."""
    good = [moment for word, moment in strip if word in _GOOD]
    return max([*good, *([state.last_ok_at] if state.last_ok_at else [])], default=None)


def _capital(text: str) -> str:
    """Raise the first letter, but not of an address; a full stop follows."""
    told = text.rstrip(".")
    return told if told.startswith("http") else capital(told)
