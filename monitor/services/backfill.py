"""Backfill: ask a source for a stretch of its history, store it, and note how far it is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from monitor.domain.backfill import MOST_TRIES, Backfill, BackfillState
from monitor.domain.errors import DatabaseUnavailable, NotFound, Postponed, SourceError
from monitor.domain.ports import Outside
from monitor.domain.schedule import LONGEST_WAIT_ASKED, pause_after
from monitor.domain.source import Source
from monitor.services.ask_source import Asked, LeaseLost, Question, ask_source
from monitor.services.observe import LEASE, asked_of, renewing
from monitor.services.run_outcome import Outcome, outcome_of
from monitor.services.store_harvest import store_harvest
from monitor.storage import backfills, definitions, raw_answers, runs, sources
from monitor.storage.engine import Database
from monitor.storage.sources import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A stretch under way."""

    backfill: Backfill
    source: Source
    claim: Claim
    run_id: int
    question: Question


def backfill_next(database: Database, outside: Outside) -> Outcome | None:
    """Ask for the next stretch of the backfill that has waited longest; None if none can go on now.

    A source that is due itself, or is being asked, comes first. The network is asked outside any
    transaction; a stretch is stored in the transaction that notes that it is there, or not at all.
    """
    if not _is_any_due(database):
        return None
    with database.write() as session:
        begun = _begin(session, kinds=outside.kinds, now=database.now(session))
    if begun is None:
        return None
    try:
        asked = ask_source(outside, begun.source, begun.question, before_each=renewing(database, begun.claim))
        if asked.error is None:
            return _store(database, begun, asked)
        return _put_off(database, begun, asked.error)
    except LeaseLost:
        return _give_up(database, begun)


def _is_any_due(database: Database) -> bool:
    """Look without a write transaction, which would keep others waiting for nothing."""
    with database.read() as session:
        return backfills.next_due(session, now=database.now(session)) is not None


def _begin(session: Session, *, kinds: Collection[str], now: datetime) -> _Stretch | None:
    found = backfills.next_due(session, now=now, is_taken=True)
    claim = None if found is None else sources.claim(session, found.source, now=now, lease=LEASE)
    if found is None or claim is None:
        return None
    source = _source(session, found, kinds=kinds)
    if isinstance(source, str):
        backfills.end(session, found, state=BackfillState.FAILED, message=source, now=now)
        sources.free(session, claim)
        return None
    question = Question(now=now, window=found.window, is_history=True)
    runs.end_stopped(session, source.slug, now=now)
    run_id = runs.start(session, source.slug, started_at=now, asked=asked_of(question))
    return _Stretch(backfill=found, source=source, claim=claim, run_id=run_id, question=question)


def _source(session: Session, backfill: Backfill, *, kinds: Collection[str]) -> Source | str:
    """Return the source to ask, or why it cannot be asked any more."""
    try:
        source = definitions.get(session, Source, backfill.source)
    except NotFound as error:
        return str(error)
    if source.kind not in kinds:
        return f"a source of kind {source.kind} is never asked"
    return source if source.is_enabled else "it was switched off in its definition"


def _store(database: Database, begun: _Stretch, asked: Asked) -> Outcome:
    try:
        with database.write() as session:
            now = database.now(session)
            stored = store_harvest(
                session, begun.source, asked.harvest, run_id=begun.run_id, asked_at=begun.question.now,
                is_first=True, now=now,
            )  # fmt: skip
            outcome = outcome_of(begun.source.slug, begun.run_id, asked, stored)
            if outcome.is_error:
                _fail(session, begun, SourceError(outcome.message), now=now)
            else:
                _advance(session, begun, outcome, now=now)
            _finish(session, begun, asked, outcome, now=now)
        return outcome
    except (LeaseLost, DatabaseUnavailable):
        raise
    except Exception as error:  # noqa: BLE001 - the job boundary: a stretch that fails is tried again
        structlog.get_logger().exception("a stretch was not stored", source=begun.source.slug)
        words = f"{type(error).__name__}: {error}"[:300]
        message = f"what the source gave could not be stored, and nothing of it was ({words})"
        return _put_off(database, begun, SourceError(message))


def _advance(session: Session, begun: _Stretch, outcome: Outcome, *, now: datetime) -> None:
    if not backfills.advance(session, begun.backfill, counts=outcome.counts, message="", now=now):
        raise LeaseLost


def _put_off(database: Database, begun: _Stretch, error: SourceError) -> Outcome:
    """Try the stretch again later; a host that is asked often enough already is no failure."""
    outcome = Outcome(source=begun.source.slug, outcome="error", message=str(error), run_id=begun.run_id)
    with database.write() as session:
        now = database.now(session)
        if isinstance(error, Postponed):
            wait = timedelta(seconds=error.retry_after_seconds or 0.0)
            tries, message = begun.backfill.tries, begun.backfill.message
            backfills.put_off(session, begun.backfill, tries=tries, message=message, due_at=now + wait)
            runs.forget(session, begun.run_id)
            sources.free(session, begun.claim)
            return Outcome(source=begun.source.slug, outcome="postponed", message=str(error))
        _fail(session, begun, error, now=now)
        _finish(session, begun, None, outcome, now=now)
    return outcome


def _fail(session: Session, begun: _Stretch, error: SourceError, *, now: datetime) -> None:
    """Count a failure: later and later, and after some in a row, or one that will not pass, the end."""
    found, tries = begun.backfill, begun.backfill.tries + 1
    if error.permanent or tries >= MOST_TRIES:
        times = "" if tries == 1 else f", {tries} times in a row"
        message = (
            f"stopped at {found.stretch.first} to {found.next_day}{times}: {error}. "
            f"To go on from there: heatwatch source backfill {found.source} --since {found.since} "
            f"--until {found.next_day} --step-days {found.step_days}"
            if found.stretch
            else str(error)
        )
        if not backfills.end(session, found, state=BackfillState.FAILED, message=message, now=now):
            raise LeaseLost
        return
    asked_wait = min(timedelta(seconds=error.retry_after_seconds or 0.0), LONGEST_WAIT_ASKED)
    due_at = now + max(pause_after(tries), asked_wait)
    if not backfills.put_off(session, found, tries=tries, message=str(error), due_at=due_at):
        raise LeaseLost


def _finish(
    session: Session, begun: _Stretch, asked: Asked | None, outcome: Outcome, *, now: datetime
) -> None:
    """Record the run, and give the source back with its turn as it was; LeaseLost if it is void."""
    if not sources.free(session, begun.claim):
        raise LeaseLost
    runs.finish(session, begun.run_id, outcome=outcome, now=now)
    if asked is not None:
        raw_answers.keep(session, begun.source.slug, begun.run_id, asked.kept, now=now)


def _give_up(database: Database, begun: _Stretch) -> Outcome:
    """Forget a stretch that is void: cancelled meanwhile, or the source was taken by another worker."""
    with database.write() as session:
        runs.forget(session, begun.run_id)
        sources.free(session, begun.claim)
    message = "it was cancelled, or another worker took the source; nothing of the stretch was stored"
    return Outcome(source=begun.source.slug, outcome="cut", message=message)
