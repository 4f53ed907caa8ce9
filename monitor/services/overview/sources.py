"""How the sources do, in one line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.storage import sources
from monitor.storage.snapshot import Definitions
from monitor.storage.sources import SourceState

_LATE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTally:
    """Sources by how they do; those that nobody fetches by the clock count as by hand."""

    fine: int
    late: tuple[str, ...]
    failing: tuple[str, ...]
    by_hand: int
    cut: tuple[str, ...] = ()


def source_tally(session: Session, known: Definitions, *, now: datetime) -> SourceTally:
    """Count the sources, in one query."""
    states = sources.states(session)
    fetched = {slug: source for slug, source in known.sources.items() if source.interval_seconds}
    late, failing, cut = [], [], []
    for slug, source in sorted(fetched.items()):
        state = states.get(slug, SourceState(source=slug))
        if state.is_cut:
            cut.append(source.name)
        elif state.failures:
            failing.append(source.name)
        elif _is_late(state, source.interval_seconds or 0, now=now):
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
    )


def _is_late(state: SourceState, interval_seconds: int, *, now: datetime) -> bool:
    return state.last_run_at is not None and now - state.last_run_at > timedelta(
        seconds=_LATE * interval_seconds
    )
