"""Observe: ask a source, store what is new, and keep how the run went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, DatabaseUnavailable, Postponed, SourceError
from monitor.domain.harvest import Window
from monitor.domain.ports import Outside
from monitor.domain.schedule import window_of
from monitor.domain.source import Source
from monitor.services.ask_source import Asked, LeaseLost, Question, ask_source, kind_of, settings_digest
from monitor.services.mark_fed import mark_fed
from monitor.services.next_due import late_sentence, next_due
from monitor.services.run_outcome import Outcome, outcome_of
from monitor.services.store_harvest import store_harvest
from monitor.storage import definitions, raw_answers, runs, sources, validators
from monitor.storage.engine import Database
from monitor.storage.sources import Claim

# A source is taken for so long; before each request of its run the time begins anew.
LEASE = timedelta(minutes=3)
_RENEWED_AFTER = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A run under way."""

    source: Source
    claim: Claim
    run_id: int
    failures: int
    last_new_at: datetime | None
    question: Question


def observe_next(database: Database, outside: Outside) -> Outcome | None:
    """Claim the next source that is due and observe it; None if none is due."""
    with database.write() as session:
        now = database.now(session)
        claim = sources.claim_due(session, now=now, lease=LEASE)
        begun = None if claim is None else _begin(session, claim, now=now)
    return None if begun is None else _observe(database, outside, begun)


def observe(
    database: Database, outside: Outside, slug: str, *, window: Window | None = None, is_anew: bool = False
) -> Outcome:
    """Ask one source now, or for a window of days. The network is asked outside any transaction.

    `is_anew` asks for all, also what did not change since. NotFound if it is unknown or entered by hand;
    Conflict while another worker asks it.
    """
    with database.write() as session:
        now = database.now(session)
        source = definitions.get(session, Source, slug)
        if sources.state(session, slug).is_cut or not source.is_enabled:
            return Outcome(source=slug, outcome="cut", message="cut off; restore it first")
        kind_of(outside, source)
        claim = sources.claim(session, slug, now=now, lease=LEASE)
        if claim is None:
            raise Conflict(f"{slug} is being asked at this moment; see `heatwatch source show {slug}`")
        begun = _begin(session, claim, now=now, window=window, is_anew=is_anew)
    return _observe(database, outside, begun)


def _begin(
    session: Session, claim: Claim, *, now: datetime, window: Window | None = None, is_anew: bool = False
) -> _Begun:
    source = definitions.get(session, Source, claim.source)
    state = sources.state(session, claim.source)
    is_whole = is_anew or window is not None or state.last_ok_at is None
    known = {} if is_whole else validators.find(session, source.slug, settings=settings_digest(source))
    question = Question(
        now=now,
        since=state.last_ok_at,
        window=window or window_of(source, since=state.last_ok_at, now=now),
        bookmark=state.bookmark,
        validators=known,
    )
    runs.end_stopped(session, source.slug, now=now)
    run_id = runs.start(session, source.slug, started_at=now, asked=asked_of(question))
    return _Begun(
        source=source,
        claim=claim,
        run_id=run_id,
        failures=state.failures,
        last_new_at=state.last_new_at,
        question=question,
    )


def _observe(database: Database, outside: Outside, begun: _Begun) -> Outcome:
    if not begun.source.is_enabled:
        return _release(database, begun, None, "cut", "it is switched off in its definition")
    if begun.source.kind not in outside.kinds:
        return _release(database, begun, None, "cut", f"a source of kind {begun.source.kind} is never asked")
    try:
        asked = ask_source(outside, begun.source, begun.question, before_each=renewing(database, begun.claim))
        if isinstance(asked.error, Postponed):
            wait = timedelta(seconds=asked.error.retry_after_seconds or 0.0)
            return _release(database, begun, wait, "postponed", str(asked.error))
        if asked.error is not None:
            return _fail(database, begun, asked.error, asked)
        return _store(database, begun, asked)
    except LeaseLost:
        message = "another worker took this source over, as this run took too long; nothing of it was stored"
        return Outcome(source=begun.source.slug, outcome="error", message=message, run_id=begun.run_id)


def asked_of(question: Question) -> dict[str, Any]:
    """Return a question as it is kept with its run."""
    window = question.window
    return {
        "since": question.since.isoformat() if question.since else None,
        "window": [window.first.isoformat(), window.last.isoformat()] if window else None,
        "bookmark": dict(question.bookmark),
        "is_history": question.is_history,
    }


def question_of(run: runs.Run) -> Question:
    """Return the question that a run asked."""
    asked = run.asked or {}
    since, window = asked.get("since"), asked.get("window")
    return Question(
        now=run.started_at,
        since=datetime.fromisoformat(since) if since else None,
        window=Window(first=date.fromisoformat(window[0]), last=date.fromisoformat(window[1]))
        if window
        else None,
        bookmark=asked.get("bookmark", {}),
        is_history=asked.get("is_history", False),
    )


def renewing(database: Database, claim: Claim) -> Callable[[], None]:
    """Hold the source for longer before each request, if some time has passed; LeaseLost if it is gone."""
    renewed: list[datetime] = []

    def renew() -> None:
        with database.read() as session:
            now = database.now(session)
        if not renewed:
            renewed.append(now)
        if now - renewed[-1] < _RENEWED_AFTER:
            return
        with database.write() as session:
            if not sources.renew(session, claim, until=now + LEASE):
                raise LeaseLost
        renewed.append(now)

    return renew


def _store(database: Database, begun: _Begun, asked: Asked) -> Outcome:
    """Store all of a harvest in one transaction; if that fails, nothing of it, and the run says so."""
    try:
        with database.write() as session:
            now = database.now(session)
            stored = store_harvest(
                session,
                begun.source,
                asked.harvest,
                run_id=begun.run_id,
                asked_at=begun.question.now,
                is_first=begun.question.since is None or begun.question.is_history,
                now=now,
            )
            late = (
                ""
                if stored.counts["new"]
                else late_sentence(begun.source, now=now, last_new_at=begun.last_new_at)
            )
            outcome = outcome_of(begun.source.slug, begun.run_id, asked, stored, late=late)
            _finish(session, begun, asked, outcome, now=now)
        return outcome
    except (LeaseLost, DatabaseUnavailable):
        raise
    except Exception as error:  # noqa: BLE001 - the job boundary: a run's outcome, never a crash
        structlog.get_logger().exception("a harvest was not stored", source=begun.source.slug)
        words = f"{type(error).__name__}: {error}"[:300]
        message = f"what the source gave could not be stored, and nothing of it was ({words})"
        return _fail(database, begun, SourceError(message), asked)


def _fail(database: Database, begun: _Begun, error: SourceError, asked: Asked) -> Outcome:
    outcome = Outcome(source=begun.source.slug, outcome="error", message=str(error), run_id=begun.run_id)
    with database.write() as session:
        now = database.now(session)
        _finish(session, begun, asked, outcome, now=now, retry_after_seconds=error.retry_after_seconds)
    return outcome


def _finish(
    session: Session,
    begun: _Begun,
    asked: Asked,
    outcome: Outcome,
    *,
    now: datetime,
    retry_after_seconds: float | None = None,
) -> None:
    """Record a run, and what its next one needs; LeaseLost if it is void."""
    source = begun.source
    failures = begun.failures + 1 if outcome.is_error else 0
    is_held = sources.finish(
        session,
        source.slug,
        claim=begun.claim,
        now=now,
        due_at=next_due(
            source,
            now=now,
            failures=failures,
            last_new_at=now if outcome.new else begun.last_new_at,
            retry_after_seconds=retry_after_seconds,
        ),
        failures=failures,
        # From its first good run on it is known what should come; before, it may have come another way.
        is_new=outcome.new > 0 or (begun.last_new_at is None and not outcome.is_error),
        bookmark=None if outcome.is_error else asked.harvest.bookmark,
    )
    if not is_held:
        raise LeaseLost
    runs.finish(session, begun.run_id, outcome=outcome, now=now)
    mark_fed(session, source.slug, before=begun.failures, after=failures, now=now)
    raw_answers.keep(session, source.slug, begun.run_id, asked.kept, now=now)
    if outcome.is_error:
        return
    if outcome.counts["rejected"] or outcome.counts["quarantined"]:
        # What was not used may be, once a series is added or a gate is changed: ask for it again.
        validators.forget(session, source.slug)
    elif asked.validators != begun.question.validators:
        validators.keep(session, source.slug, asked.validators, settings=settings_digest(source))


def _release(database: Database, begun: _Begun, wait: timedelta | None, word: str, message: str) -> Outcome:
    """Give a source back that was not asked: no run of it is kept."""
    with database.write() as session:
        due_at = None if wait is None else database.now(session) + wait
        sources.release(session, begun.claim, due_at=due_at)
        runs.forget(session, begun.run_id)
    return Outcome(source=begun.source.slug, outcome=word, message=message)
