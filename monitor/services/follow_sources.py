"""Give the sources of a pack their turns: a new one at once, one whose schedule changed by the new one."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.schedule import is_scheduled
from monitor.services.compare_values import Change
from monitor.services.diff_pack import PackDiff
from monitor.services.next_due import next_due
from monitor.storage import snapshot, sources

_SCHEDULE = frozenset({"interval_seconds", "cron", "timezone", "jitter_seconds", "releases"})


def follow_sources(session: Session, slugs: Iterable[str], diff: PackDiff, *, now: datetime) -> None:
    """Set when each source is asked next, by the definitions that hold now."""
    listed = list(slugs)
    states, known = sources.states(session, listed), snapshot.current(session).sources
    moved = _moved(diff)
    for slug in listed:
        source, state = known[slug], states.get(slug)
        due_at = now if is_scheduled(source) else None
        if state is None:
            sources.add(session, slug, due_at=due_at)
        elif due_at is None or state.due_at is None:
            sources.set_due(session, slug, due_at=due_at)
        elif slug in moved and state.last_run_at is not None:
            # As if the new schedule had held when it was last asked: a turn that was missed comes at once.
            turn = next_due(
                source, now=state.last_run_at, failures=state.failures, last_new_at=state.last_new_at
            )
            sources.set_due(session, slug, due_at=turn)


def _moved(diff: PackDiff) -> Collection[str]:
    """The sources whose schedule the pack changes."""
    return {
        each.slug
        for each in diff.of(Change.CHANGED)
        if each.kind == "source" and not _SCHEDULE.isdisjoint(changed.field for changed in each.fields)
    }
