"""Try a source: ask it now and show what would be stored; nothing is."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.fetched import RawAnswer
from monitor.domain.gates import Quarantined
from monitor.domain.harvest import Harvest
from monitor.domain.observation import Reading
from monitor.domain.ports import Outside
from monitor.domain.schedule import window_of
from monitor.domain.source import Source
from monitor.services.ask_source import Asked, Question, ask_source, kind_of
from monitor.services.judge_readings import judge_readings
from monitor.services.store_harvest import known_when
from monitor.storage import sources
from monitor.storage.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a source said when it was tried. `readings` would be stored, `quarantined` would wait."""

    source: str
    error: str = ""
    harvest: Harvest = field(default_factory=Harvest)
    readings: tuple[Reading, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    answers: tuple[RawAnswer, ...] = ()
    seconds: float = 0.0


def try_source(database: Database, outside: Outside, source: Source) -> Tried:
    """Ask a source that is defined, or a draft of one; whatever goes wrong is in the answer.

    It is asked as if nothing were known of when it last answered, but for what its bookmark holds.
    """
    with database.read() as session:
        now = database.now(session)
        question = _question(session, source, now=now)
    problems = kind_of(outside, source).problems(source)
    if problems:
        return Tried(source=source.slug, error=f"its settings are wrong: {'; '.join(problems)}")
    begun = time.monotonic()
    asked = ask_source(outside, source, question)
    seconds = time.monotonic() - begun
    with database.read() as session:
        return _tried(session, source, asked, question, seconds=seconds)


def _question(session: Session, source: Source, *, now: datetime) -> Question:
    try:
        state = sources.state(session, source.slug)
    except NotFound:  # a draft
        return Question(now=now)
    since = state.last_ok_at
    return Question(
        now=now, since=since, window=window_of(source, since=since, now=now), bookmark=state.bookmark
    )


def _tried(session: Session, source: Source, asked: Asked, question: Question, *, seconds: float) -> Tried:
    readings = [
        known_when(each, source, asked_at=question.now, is_first=question.since is None)
        for each in asked.harvest.readings
    ]
    judged = judge_readings(session, source, readings, now=question.now)
    return Tried(
        source=source.slug,
        error=str(asked.error or ""),
        harvest=asked.harvest,
        readings=judged.accepted,
        quarantined=judged.quarantined,
        answers=asked.kept,
        seconds=seconds,
    )
