"""Look whether anything that a page shows has changed since the last look, and what is news of it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.retry import Trouble
from monitor.domain.live import LevelMoved, News, Pulse, changed_topics
from monitor.services.readiness import WORKER_SILENT
from monitor.storage import head, pulse
from monitor.storage.snapshot import Definitions, current


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """A look: the pulse to compare the next one with, the topics that changed, and what is worth saying."""

    pulse: Pulse
    topics: frozenset[str] = frozenset()
    news: tuple[News, ...] = ()


def feel_pulse(session: Session, before: Pulse | None, *, now: datetime, is_head_due: bool = True) -> Felt:
    """Compare the desk with a look before; the first one finds nothing changed.

    One query as long as the counters stand; the head of the pages besides where it is due, for a worker
    that falls silent moves no counter.
    """
    counters = pulse.counters(session)
    if before is not None and before.counters == counters:
        if not is_head_due:
            return Felt(pulse=before)
        after = Pulse(
            counters=counters, subjects=before.subjects, alerts=before.alerts, critical=before.critical,
            head=_head(session, now=now),
        )  # fmt: skip
        return Felt(pulse=after, topics=changed_topics(before, after))
    after = Pulse(
        counters=counters, subjects=pulse.subjects(session), alerts=pulse.alerts(session),
        critical=pulse.critical(session), head=_head(session, now=now),
    )  # fmt: skip
    if before is None:
        return Felt(pulse=after)
    return Felt(pulse=after, topics=changed_topics(before, after), news=_news(session, before, after))


def _news(session: Session, before: Pulse, after: Pulse) -> tuple[News, ...]:
    told = {each.episode for each in before.critical}
    went = sorted((each for each in after.critical if each.episode not in told), key=lambda each: each.key)
    moved: list[LevelMoved] = []
    if before.counters.level_changes != after.counters.level_changes:
        moved = pulse.levels_moved(session, after=before.counters.level_changes)
    if not (went or moved):
        return ()
    known = current(session)
    return (
        *(
            replace(each, rule_name=_rule(known, each.rule), subject_name=_subject(known, each.subject))
            for each in went
        ),
        *(replace(each, subject_name=_subject(known, each.subject)) for each in moved),
    )


def _subject(known: Definitions, slug: str) -> str:
    found = known.subjects.get(slug)
    return slug if found is None else found.name


def _rule(known: Definitions, slug: str) -> str:
    found = known.rules.get(slug)
    return "" if found is None else found.name


def _head(session: Session, *, now: datetime) -> Hashable:
    """Return what the head of a page says, but for the ages in it."""
    found = head.find(session, now=now, troubles=(Trouble.GONE, Trouble.GONE_LAST))
    is_late = found.beat_at is None or now - found.beat_at > WORKER_SILENT
    # The moment of the last beat is told where it is the last: each beat would else be a change.
    since = found.beat_at if is_late else None
    return (
        since, is_late, found.note, found.needing, found.unanswered, found.silent, found.overdue,
        found.handovers,
    )  # fmt: skip
