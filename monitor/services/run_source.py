"""Ask a source at the next turn of a worker, as a person wants it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.phrases import phrase
from monitor.domain.source import Source
from monitor.storage import audit, definitions, sources


def run_source(
    session: Session, slug: str, *, kinds: Collection[str], actor: str, reason: str, now: datetime
) -> None:
    """Mark a source due now, with an audit entry.

    NotFound if it is unknown or of none of the `kinds` that are asked, Conflict if it may not speak.
    """
    require_speaking(session, slug, kinds=kinds)
    was_due = sources.state(session, slug).due_at
    sources.mark_due(session, slug, now=now)
    audit.record(
        session, actor=actor, action="source.run", target=slug, reason=reason,
        before={"due_at": None if was_due is None else was_due.isoformat()},
        after={"due_at": now.isoformat()}, now=now,
    )  # fmt: skip


def require_speaking(session: Session, slug: str, *, kinds: Collection[str]) -> Source:
    """Return a source that can be asked now; NotFound or Conflict say why it cannot."""
    source = definitions.get(session, Source, slug)
    if source.kind not in kinds:
        raise NotFound(
            phrase("source {slug} is of kind {kind}, which is never asked", slug=slug, kind=source.kind)
        )
    if sources.state(session, slug).is_cut:
        raise Conflict(phrase("{slug} is cut off; restore it first", slug=slug))
    if not source.is_enabled:
        raise Conflict(phrase("{slug} is switched off in its definition; set is_enabled first", slug=slug))
    return source
