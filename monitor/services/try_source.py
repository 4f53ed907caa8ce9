"""Try a source: ask it now and show what would be stored; nothing is."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound, SourceError
from monitor.domain.fetched import RawAnswer, Validator
from monitor.domain.gates import Quarantined
from monitor.domain.harvest import Answer, Harvest
from monitor.domain.observation import Reading
from monitor.domain.ports import Fetchers, Outside, RunFetcher
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


def try_source(
    database: Database, outside: Outside, source: Source, *, seconds: float | None = None
) -> Tried:
    """Ask a source that is defined, or a draft of one; whatever goes wrong is in the answer.

    It is asked as if nothing were known of when it last answered, but for what its bookmark holds.
    `seconds`: how long somebody waits for it; no request begins or lasts longer.
    """
    if seconds is not None:
        outside = replace(outside, fetchers=_Hurried(outside.fetchers, seconds))
    with database.read() as session:
        now = database.now(session)
        question = _question(session, source, now=now)
    problems = kind_of(outside, source).problems(source)
    if problems:
        return Tried(source=source.slug, error=f"its settings are wrong: {'; '.join(problems)}")
    begun = time.monotonic()
    asked = ask_source(outside, source, question)
    took = time.monotonic() - begun
    with database.read() as session:
        return tried_of(session, source, asked, question, seconds=took)


def _question(session: Session, source: Source, *, now: datetime) -> Question:
    try:
        state = sources.state(session, source.slug)
    except NotFound:  # a draft
        return Question(now=now)
    since = state.last_ok_at
    return Question(
        now=now, since=since, window=window_of(source, since=since, now=now), bookmark=state.bookmark
    )


def tried_of(session: Session, source: Source, asked: Asked, question: Question, *, seconds: float) -> Tried:
    """Return what would become of an answer that is there: its readings judged, nothing stored."""
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


class _Hurried:
    """Ways out on which a person waits: together their requests take no longer than some seconds."""

    def __init__(self, fetchers: Fetchers, seconds: float) -> None:
        self._fetchers, self._seconds = fetchers, seconds

    def fetcher(self, source: Source, **parts: Any) -> RunFetcher:
        return _HurriedFetcher(self._fetchers.fetcher(source, **parts), self._seconds)

    def replaying(self, answers: Sequence[RawAnswer]) -> Fetchers:
        return self._fetchers.replaying(answers)


class _HurriedFetcher:
    """One way out with a time by which it ends."""

    def __init__(self, fetcher: RunFetcher, seconds: float) -> None:
        self._fetcher, self._seconds = fetcher, seconds
        self._ends_at = time.monotonic() + seconds

    @property
    def validators(self) -> Mapping[str, Validator]:
        return self._fetcher.validators

    @property
    def kept(self) -> Sequence[RawAnswer]:
        return self._fetcher.kept

    def get(self, url: str, **request: Any) -> Answer:
        left = self._left()
        return self._fetcher.get(url, **request | {"seconds": min(request.get("seconds") or left, left)})

    def post(self, url: str, **request: Any) -> Answer:
        self._left()
        return self._fetcher.post(url, **request)

    def _left(self) -> float:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            message = (
                f"a test ends after {self._seconds:g} s, and this source takes longer; a worker that runs it "
                "has more time, and so has `heatwatch source test` on the command line"
            )
            raise SourceError(message)
        return left
