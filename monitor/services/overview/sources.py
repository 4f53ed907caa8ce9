"""How the sources do, in one line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.schedule import is_scheduled
from monitor.domain.source import Source
from monitor.services.next_due import late_sentence
from monitor.storage import sources
from monitor.storage.snapshot import Definitions
from monitor.storage.sources import SourceState

_LATE = 2
# A turn at a fixed time that nobody took for so long was missed.
_MISSED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTally:
    """Sources by how they do; those that nobody fetches by the clock count as by hand.

    `quarantined` values wait for a person. `owed` says in a sentence each which releases have not come.
    """

    fine: int
    late: tuple[str, ...]
    failing: tuple[str, ...]
    by_hand: int
    cut: tuple[str, ...] = ()
    quarantined: int = 0
    owed: tuple[str, ...] = ()


def source_tally(session: Session, known: Definitions, *, now: datetime) -> SourceTally:
    """Count the sources and what waits of theirs, in one query."""
    states, waiting = sources.states_and_waiting(session)
    fetched = {slug: source for slug, source in known.sources.items() if is_scheduled(source)}
    late, failing, cut, owed = [], [], [], []
    for slug, source in sorted(fetched.items()):
        state = states.get(slug, SourceState(source=slug))
        if state.is_cut:
            cut.append(source.name)
        elif state.failures:
            failing.append(source.name)
        elif sentence := release_owed(source, state, now=now):
            late.append(source.name)
            owed.append(sentence)
        elif is_overdue(source, state, now=now):
            late.append(source.name)
    cut += [slug for slug, state in sorted(states.items()) if state.is_cut and slug not in fetched]
    bad = (
        len(late) + len(failing) + len([slug for slug in fetched if states.get(slug) and states[slug].is_cut])
    )
    return SourceTally(
        fine=len(fetched) - bad,
        late=tuple(late),
        failing=tuple(failing),
        by_hand=len(known.sources) - len(fetched),
        cut=tuple(cut),
        quarantined=waiting,
        owed=tuple(owed),
    )


def release_owed(source: Source, state: SourceState, *, now: datetime) -> str:
    """Say which release has not come; "" if none is late, or the source is not asked or was never."""
    if not source.releases or not source.is_enabled or state.is_cut or state.last_run_at is None:
        return ""
    return late_sentence(source, now=now, last_new_at=state.last_new_at)


def is_overdue(source: Source, state: SourceState, *, now: datetime) -> bool:
    """Whether it is long past its turn."""
    if state.last_run_at is None:
        return False
    if source.interval_seconds is None:
        return state.due_at is not None and now - state.due_at > _MISSED
    return now - state.last_run_at > timedelta(seconds=_LATE * source.interval_seconds)
