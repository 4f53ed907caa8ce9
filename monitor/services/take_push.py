"""Take what a program pushes to a source, in three steps: admit, read, store. Only the last one writes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound, SourceError
from monitor.domain.fetched import RawAnswer
from monitor.domain.harvest import Answer, Ask, Harvest, Rejected
from monitor.domain.indicator import Indicator
from monitor.domain.ports import Outside, Reader
from monitor.domain.schedule import is_scheduled
from monitor.domain.source import Source
from monitor.services.ask_source import Question, secret_of
from monitor.services.observe import asked_of
from monitor.services.source_tokens import token_hash
from monitor.services.store_harvest import samples_of, store_harvest
from monitor.storage import definitions, push_answers, raw_answers, runs, series, source_tokens, sources
from monitor.storage.sequence import lock
from monitor.storage.sources import SourceState

ANSWERS_KEPT = timedelta(days=1)
# Where bodies of a kind go, unless the kind says else.
BODY, READINGS = "body", "readings"
_FAULTS = 50


class Verdict(StrEnum):
    """What became of a push, and why."""

    STORED = "stored"
    REPLAYED = "replayed"
    NO_TOKEN = "no token"  # noqa: S105 - a word for people
    OTHER_SOURCE = "token of another source"
    NO_SOURCE = "no such source"
    OTHER_PATH = "the source takes something else"
    WRONG_TYPE = "wrong content type"
    CUT = "cut off"
    KEY_REUSED = "key used for another body"
    UNREADABLE = "unreadable"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One request: to which source and address, with which token, and what it brings."""

    source: str
    path: str
    token: str
    content_type: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A body that may be read: its token (None: a person uploads it) is of this source, which takes such."""

    push: Push
    token_id: int | None
    source: Source
    reader: Reader
    ask: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a push is answered: the verdict, a sentence, each fault, and the counts of what was stored."""

    verdict: Verdict
    detail: str = ""
    faults: tuple[Rejected, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)


def admit(session: Session, push: Push, *, outside: Outside, now: datetime) -> Admitted | Answered:
    """Return what is needed to read a push, or why it is refused."""
    token = source_tokens.find(session, token_hash(push.token)) if push.token else None
    if token is None:
        return Answered(verdict=Verdict.NO_TOKEN)
    if token.source != push.source:
        return Answered(verdict=Verdict.OTHER_SOURCE)
    try:
        source = definitions.get(session, Source, push.source)
        state = sources.state(session, push.source)
    except NotFound as error:
        return Answered(verdict=Verdict.NO_SOURCE, detail=str(error))
    kind: Any = outside.kinds.get(source.kind)
    path = getattr(kind, "path", BODY)
    if not hasattr(kind, "read") or path != push.path:
        takes = f"bodies at …/{path}" if hasattr(kind, "read") else "nothing that is pushed"
        detail = f"source {source.slug} is of kind {source.kind}, which takes {takes}"
        return Answered(verdict=Verdict.OTHER_PATH, detail=detail)
    if refusal := _wrong_type(kind, push):
        return refusal
    if state.is_cut or not source.is_enabled:
        return Answered(verdict=Verdict.CUT, detail=f"source {source.slug} is cut off; nothing was stored")
    ask = Ask(
        now=now,
        since=state.last_ok_at,
        bookmark=state.bookmark,
        secret=partial(secret_of, source, outside.secret),
    )
    return Admitted(push=push, token_id=token.id, source=source, reader=kind, ask=ask)


def read_push(admitted: Admitted, content: bytes) -> Harvest | SourceError:
    """Return what a body holds, or why it cannot be read; nothing is stored, no transaction is open."""
    answer = Answer(
        url=f"push:{admitted.push.path}",
        content=content,
        headers={"content-type": admitted.push.content_type},
    )
    try:
        return admitted.reader.read(admitted.source, admitted.ask, answer)
    except SourceError as error:
        return error
    except Exception as error:  # noqa: BLE001 - the job boundary: a kind's fault is a run's outcome
        kind = admitted.source.kind
        structlog.get_logger().exception("a kind of source failed on a push", source=admitted.source.slug)
        words = f"{type(error).__name__}: {error}"[:300]
        return SourceError(f"the kind {kind} failed on this body, which is a fault of Heatwatch ({words})")


def store_push(
    session: Session, admitted: Admitted, content: bytes, read: Harvest | SourceError, *, now: datetime
) -> Answered:
    """Store a body that was read, once for each key, with a run record; a body with a fault is not used.

    Pushes to one source are stored one after the other: one that another overtook is read again.
    """
    lock(session)
    slug, key = admitted.source.slug, admitted.push.key
    body_hash = hashlib.sha256(content).hexdigest()
    if admitted.token_id is not None:
        source_tokens.touch(session, admitted.token_id, now=now)
    if key and (before := push_answers.find(session, slug, key)):
        if before.body_hash != body_hash:
            detail = f"the Idempotency-Key {key} was used for another body; nothing was stored"
            return Answered(verdict=Verdict.KEY_REUSED, detail=detail)
        return Answered(verdict=Verdict.REPLAYED, counts=before.answer)
    state = sources.state(session, slug)
    admitted, read = read_again_if_overtaken(admitted, content, read, state)
    answered, bookmark = store_read(session, admitted, read, now=now)
    is_well = answered.verdict is Verdict.STORED
    is_new = is_well and (state.last_new_at is None or answered.counts.get("new", 0) > 0)
    if is_scheduled(admitted.source) and not admitted.source.is_pushed:
        # Its turns go on as they were: a push says nothing of whether it can be fetched.
        sources.remember(session, slug, bookmark=bookmark, is_new=is_new, now=now)
    else:
        failures = 0 if is_well else state.failures + 1
        sources.finish(
            session, slug, now=now, due_at=state.due_at, failures=failures, bookmark=bookmark, is_new=is_new
        )
    if key and is_well:
        push_answers.purge(session, before=now - ANSWERS_KEPT)
        push_answers.keep(session, source=slug, key=key, body_hash=body_hash, answer=answered.counts, now=now)
    return answered


def read_again_if_overtaken(
    admitted: Admitted, content: bytes, read: Harvest | SourceError, state: SourceState
) -> tuple[Admitted, Harvest | SourceError]:
    """Read a body once more if another one was stored meanwhile and changed what is remembered."""
    if state.bookmark == admitted.ask.bookmark:
        return admitted, read
    ask = replace(admitted.ask, bookmark=state.bookmark, since=state.last_ok_at)
    admitted = replace(admitted, ask=ask)
    return admitted, read_push(admitted, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """How the run of a push went."""

    outcome: str
    counts: Mapping[str, int]
    message: str = ""
    samples: tuple[Mapping[str, str], ...] = ()


def store_read(
    session: Session,
    admitted: Admitted,
    read: Harvest | SourceError,
    *,
    now: datetime,
    told: str = "",
    kept: RawAnswer | None = None,
) -> tuple[Answered, Mapping[str, Any] | None]:
    """Store what was read and end its run; return the answer and what the kind remembers.

    `told` begins the sentence of the run record; `kept` is the body, where it is to be read again one day.
    """
    source, asked_at = admitted.source, admitted.ask.now
    run_id = runs.start(session, source.slug, started_at=asked_at, asked=_asked_of(admitted))
    if kept is not None:
        raw_answers.keep(session, source.slug, run_id, [kept], now=now)
    if isinstance(read, SourceError):
        runs.finish(session, run_id, outcome=_Ended(outcome="error", counts={}, message=str(read)), now=now)
        return Answered(verdict=Verdict.UNREADABLE, detail=str(read)), None
    if faults := _faults(session, admitted, read):
        detail = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}; nothing of the body was stored"
        seen = {"seen": len(read.readings) + len(read.incidents), "rejected": len(faults)}
        ended = _Ended(
            outcome="error",
            counts=seen,
            message=f"a push was refused: {detail}",
            samples=samples_of(faults),
        )
        runs.finish(session, run_id, outcome=ended, now=now)
        return Answered(verdict=Verdict.FAULTY, detail=detail, faults=faults), None
    stored = store_harvest(
        session, source, read, run_id=run_id, asked_at=asked_at, is_first=admitted.ask.since is None, now=now
    )
    outcome = "ok" if stored.has_changed else "unchanged" if stored.counts["seen"] else "empty"
    message = "; ".join(filter(None, [told, stored.note]))
    ended = _Ended(outcome=outcome, counts=stored.counts, message=message, samples=stored.samples)
    runs.finish(session, run_id, outcome=ended, now=now)
    counts: dict[str, Any] = {"run": run_id, "outcome": outcome, **stored.counts}
    return Answered(verdict=Verdict.STORED, detail=stored.note, counts=counts), read.bookmark


def _asked_of(admitted: Admitted) -> dict[str, Any]:
    """Return what a body was read with, as it is kept with its run."""
    question = Question(now=admitted.ask.now, since=admitted.ask.since, bookmark=admitted.ask.bookmark)
    given = {"path": admitted.push.path, "content_type": admitted.push.content_type}
    return {**asked_of(question), "given": given}


def _faults(session: Session, admitted: Admitted, read: Harvest) -> tuple[Rejected, ...]:
    """Return what keeps the body from being used: what its kind rejects, and series that are not its own."""
    if admitted.push.path != READINGS:
        return ()
    if read.rejected:
        return read.rejected
    own = {
        each.slug for each in definitions.find_all(session, Indicator) if each.source == admitted.source.slug
    }
    known = series.ids(session, sorted({reading.series for reading in read.readings}))
    found: list[Rejected] = []
    for place, reading in enumerate(read.readings):
        where, name = f"readings[{place}].series", reading.series.partition(":")[0]
        if reading.series not in known:
            found.append(Rejected(where=where, text=reading.series, reason="there is no such series"))
        elif name not in own:
            reason = f"is not read from source {admitted.source.slug}"
            found.append(Rejected(where=where, text=reading.series, reason=reason))
    return tuple(found[:_FAULTS])


def _wrong_type(kind: Any, push: Push) -> Answered | None:
    """Return a refusal if the kind does not read such a body."""
    wanted = sorted(getattr(kind, "content_types", ()))
    given = push.content_type.partition(";")[0].strip().lower()
    if given in wanted:
        return None
    expected = f"expected Content-Type {' or '.join(wanted)}" if wanted else "no body is taken here"
    detail = f"the body is {given or 'of no named type'}; {expected}"
    return Answered(verdict=Verdict.WRONG_TYPE, detail=detail)
