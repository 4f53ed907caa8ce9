"""Reparse: read the kept answers of a source again, after its kind was mended; known when they came."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound, SourceError
from monitor.domain.fetched import RawAnswer
from monitor.domain.harvest import Ask
from monitor.domain.ports import Outside
from monitor.domain.source import Source
from monitor.services.ask_source import Asked, ask_source, kind_of
from monitor.services.observe import question_of
from monitor.services.run_outcome import Outcome, outcome_of
from monitor.services.store_harvest import store_harvest
from monitor.services.take_push import Admitted, Push, read_push
from monitor.storage import audit, definitions, raw_answers, runs
from monitor.storage.engine import Database

WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reparsed:
    """What became of one run whose answers were read again."""

    run_id: int
    asked_at: datetime
    outcome: Outcome

    @property
    def sentence(self) -> str:
        """The run in one line for a person."""
        return f"run {self.run_id} of {self.asked_at:%Y-%m-%d %H:%M:%S} UTC: {self.outcome.sentence}"


class _Undone(Exception):
    """Nothing is to be stored."""


def reparse_source(
    database: Database,
    outside: Outside,
    slug: str,
    *,
    run_id: int | None = None,
    is_dry: bool = False,
    actor: str = "",
) -> list[Reparsed]:
    """Read the kept answers of a source again, oldest run first; from one run on if it is named.

    The later ones follow, as what is read last counts. NotFound if no answer is kept. `is_dry` stores
    nothing. Where `actor` says who wants it, it is in the audit log.
    """
    with database.read() as session:
        source = definitions.get(session, Source, slug)
        kind_of(outside, source)
        kept = [each for each in raw_answers.runs_with(session, slug) if run_id is None or each >= run_id]
        if not kept or (run_id is not None and kept[0] != run_id):
            which = f"of run {run_id} of {slug}" if run_id is not None else f"of {slug}"
            raise NotFound(f"no answer {which} is kept; see `heatwatch source show {slug}`")
        told = [runs.one(session, each) for each in kept]
    if actor and not is_dry:
        with database.write() as session:
            audit.record(
                session, actor=actor, action="source.reparse", target=slug, reason="", before=None,
                after={"runs": [run.id for run in told]}, now=database.now(session),
            )  # fmt: skip
    return [_reparse(database, outside, source, run, is_dry=is_dry) for run in told]


def kept_answers(session: Session, slug: str, *, run_id: int | None = None) -> dict[int, int]:
    """Return the bytes of the answers that would be read again, by run, oldest first."""
    numbers = [
        each for each in raw_answers.runs_with(session, slug) if run_id is None or each >= run_id
    ]  # fmt: skip
    sizes = raw_answers.sizes(session, numbers)
    return {number: sizes[number] for number in numbers}


def _reparse(
    database: Database, outside: Outside, source: Source, run: runs.Run, *, is_dry: bool
) -> Reparsed:
    with database.read() as session:
        answers = raw_answers.of_run(session, run.id)
    asked = _asked_again(outside, source, run, answers)
    with _writing(database, is_dry=is_dry) as session:
        outcome = _stored(session, source, run, asked, now=database.now(session))
        if is_dry:
            raise _Undone
    return Reparsed(run_id=run.id, asked_at=run.started_at, outcome=outcome)


def _asked_again(outside: Outside, source: Source, run: runs.Run, answers: Sequence[RawAnswer]) -> Asked:
    """Give a source's kind what it was given in a run: answers to what it asks, or a file."""
    question, given = question_of(run), (run.asked or {}).get("given")
    if given is None:
        replaying = replace(outside, fetchers=outside.fetchers.replaying(answers), secret=lambda _: WITHHELD)
        return ask_source(replaying, source, question)
    reader: Any = kind_of(outside, source)
    if not hasattr(reader, "read"):
        return Asked(error=SourceError(f"a source of kind {source.kind} takes no file", permanent=True))
    ask = Ask(
        now=question.now, since=question.since, bookmark=question.bookmark, secret=lambda _: WITHHELD
    )  # fmt: skip
    push = Push(source=source.slug, token="", **given)
    admitted = Admitted(push=push, token_id=None, source=source, reader=reader, ask=ask)
    read = read_push(admitted, zlib.decompress(answers[0].body or b""))
    return Asked(error=read) if isinstance(read, SourceError) else Asked(harvest=read)


@contextmanager
def _writing(database: Database, *, is_dry: bool) -> Iterator[Session]:
    """Open a session that is committed, or whose work is undone at the end."""
    try:
        with database.write() as session:
            yield session
    except _Undone:
        if not is_dry:
            raise


def _stored(session: Session, source: Source, run: runs.Run, asked: Asked, *, now: datetime) -> Outcome:
    question = question_of(run)
    number = runs.start(session, source.slug, started_at=now, asked=run.asked)
    if asked.error is not None:
        outcome = Outcome(source=source.slug, outcome="error", message=str(asked.error), run_id=number)
    else:
        stored = store_harvest(
            session, source, asked.harvest, run_id=number, asked_at=question.now,
            is_first=question.since is None or question.is_history, now=now,
        )  # fmt: skip
        outcome = outcome_of(source.slug, number, asked, stored)
    told = f"the answers of run {run.id} read again"
    outcome = replace(outcome, message="; ".join(filter(None, [told, outcome.message])))
    runs.finish(session, number, outcome=outcome, now=now)
    return outcome
