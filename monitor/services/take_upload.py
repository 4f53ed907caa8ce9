"""Take a file that a person uploads to a source: shown as it would be read, then stored like a push."""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, InvalidInput, SourceError
from monitor.domain.fetched import RawAnswer
from monitor.domain.harvest import Ask, Harvest
from monitor.domain.phrases import phrase
from monitor.domain.ports import Outside, SourceKinds
from monitor.domain.schedule import is_scheduled
from monitor.domain.source import Source
from monitor.domain.spoken import listed
from monitor.services.ask_source import Asked, Question, secret_of
from monitor.services.take_push import (
    BODY,
    Admitted,
    Push,
    Verdict,
    read_again_if_overtaken,
    read_push,
    store_read,
)
from monitor.services.try_source import Tried, tried_of
from monitor.storage import audit, definitions, sources
from monitor.storage.engine import Database
from monitor.storage.sequence import lock
from monitor.storage.sources import SourceState

MOST_BYTES = 16 * 1024 * 1024
_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".gz": "application/gzip",
    ".zip": "application/zip",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SHOWN_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was given: to which source, its name and its bytes."""

    source: str
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """What tells whether a file is the one that was shown."""
        return hashlib.sha256(self.content).hexdigest()


def endings_of(source: Source, kinds: SourceKinds) -> tuple[str, ...]:
    """Return the endings of the files that may be uploaded to a source; none if it takes no file."""
    kind: Any = kinds.get(source.kind)
    types: frozenset[str] = getattr(kind, "content_types", frozenset())
    if not hasattr(kind, "read") or getattr(kind, "path", BODY) != BODY:
        return ()
    return tuple(ending for ending, content_type in _TYPES.items() if content_type in types)


def preview_upload(database: Database, outside: Outside, upload: Upload) -> Tried:
    """Return what a file holds and what would become of it; nothing is stored.

    NotFound, Conflict if the source may not speak, InvalidInput (`file`) if it takes no such file.
    """
    with database.read() as session:
        admitted = _admit(session, upload, outside=outside, now=database.now(session))
    read = read_push(admitted, upload.content)
    asked = Asked(error=read) if isinstance(read, SourceError) else Asked(harvest=read)
    question = Question(now=admitted.ask.now, since=admitted.ask.since, bookmark=admitted.ask.bookmark)
    with database.read() as session:
        return tried_of(session, admitted.source, asked, question, seconds=0.0)


def store_upload(database: Database, outside: Outside, upload: Upload, *, author: str) -> Mapping[str, Any]:
    """Store a file with a run record and an audit entry; return the run's number, outcome and counts.

    All of it or nothing: InvalidInput (`file`) says why not. The turns of a source that the clock asks go on
    as they were.
    """
    with database.read() as session:
        admitted = _admit(session, upload, outside=outside, now=database.now(session))
    read = read_push(admitted, upload.content)
    with database.write() as session:
        lock(session)
        now = database.now(session)
        state = sources.state(session, upload.source)
        admitted, read = read_again_if_overtaken(admitted, upload.content, read, state)
        kept = _kept(upload, admitted) if outside.keeps_answers else None
        return _store(session, upload, admitted, read, state, author=author, now=now, kept=kept)


def _admit(session: Session, upload: Upload, *, outside: Outside, now: datetime) -> Admitted:
    source = definitions.get(session, Source, upload.source)
    state = sources.state(session, upload.source)
    endings = endings_of(source, outside.kinds)
    if not endings:
        raise InvalidInput(phrase("a source of kind {kind} takes no file", kind=source.kind), field="file")
    ending = next((each for each in endings if upload.name.lower().endswith(each)), "")
    if not ending:
        raise InvalidInput(
            phrase("its name does not end as one of {endings}", endings=listed(list(endings))), field="file"
        )
    if len(upload.content) > MOST_BYTES:
        raise InvalidInput(phrase("it has more than {most} MiB", most=MOST_BYTES // 1024**2), field="file")
    if state.is_cut or not source.is_enabled:
        raise Conflict(
            phrase("{slug} is cut off or switched off; nothing is taken from it", slug=source.slug)
        )
    ask = Ask(
        now=now, since=state.last_ok_at, bookmark=state.bookmark,
        secret=partial(secret_of, source, outside.secret),
    )  # fmt: skip
    reader: Any = outside.kinds[source.kind]
    push = Push(source=source.slug, path=BODY, token="", content_type=_TYPES[ending])
    return Admitted(push=push, token_id=None, source=source, reader=reader, ask=ask)


def _kept(upload: Upload, admitted: Admitted) -> RawAnswer:
    """Return a file as answers are kept, so that it can be read again once its kind is mended."""
    return RawAnswer(
        request=upload.digest, method="UPLOAD", url=upload.name[-_SHOWN_NAME:], status=200,
        size=len(upload.content), headers={"content-type": admitted.push.content_type},
        body=zlib.compress(upload.content, 6),
    )  # fmt: skip


def _store(  # noqa: PLR0913 - what was given, by whom, and what is kept of it
    session: Session,
    upload: Upload,
    admitted: Admitted,
    read: Harvest | SourceError,
    state: SourceState,
    *,
    author: str,
    now: datetime,
    kept: RawAnswer | None,
) -> Mapping[str, Any]:
    name = upload.name[-_SHOWN_NAME:]
    told = f"uploaded by {author}: {name}"
    answered, bookmark = store_read(session, admitted, read, now=now, told=told, kept=kept)
    if answered.verdict is not Verdict.STORED:
        raise InvalidInput(answered.detail, field="file")
    counts = dict(answered.counts)
    is_new = state.last_new_at is None or counts["new"] > 0
    if is_scheduled(admitted.source):
        sources.remember(session, upload.source, bookmark=bookmark, is_new=is_new, now=now)
    else:
        sources.finish(
            session, upload.source, now=now, due_at=state.due_at, failures=0, bookmark=bookmark, is_new=is_new
        )
    audit.record(
        session, actor=author, action="source.upload", target=upload.source, reason="", before=None,
        after={"file": name, "sha256": upload.digest, **counts}, now=now,
    )  # fmt: skip
    return counts
