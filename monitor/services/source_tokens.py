"""Tokens of sources: issue one, list them, revoke them. A token is shown once and kept as a hash."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.domain.ports import SourceKinds
from monitor.domain.source import Source
from monitor.domain.source_token import SourceToken
from monitor.storage import audit, definitions, source_tokens

# A fixed beginning lets scanners find a token that was left in a file.
PREFIX = "hwp_"
_RANDOM_BYTES = 32


def issue_token(session: Session, slug: str, *, actor: str, now: datetime) -> str:
    """Return a new token that may push to one source; NotFound if there is none. Older ones stay valid."""
    definitions.get(session, Source, slug)
    token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    number = source_tokens.add(session, source=slug, token_hash=token_hash(token), created_by=actor, now=now)
    audit.record(
        session, actor=actor, action="source.token", target=slug, reason="", before=None,
        after={"token": number}, now=now,
    )  # fmt: skip
    return token


def revoke_tokens(session: Session, slug: str, *, token_id: int | None, actor: str, now: datetime) -> int:
    """End one token of a source, or all; return how many. NotFound if there is none to end."""
    definitions.get(session, Source, slug)
    ended = source_tokens.revoke(session, slug, token_id=token_id, now=now)
    if not ended:
        if token_id is None:
            raise NotFound(phrase("source {slug} has no token in force", slug=slug))
        raise NotFound(phrase("source {slug} has no token {number} in force", slug=slug, number=token_id))
    audit.record(
        session, actor=actor, action="source.revoke", target=slug, reason="", before={"tokens": ended},
        after=None, now=now,
    )  # fmt: skip
    return len(ended)


def list_tokens(session: Session, slug: str) -> list[SourceToken]:
    """Return every token a source had, newest first; NotFound if there is no such source."""
    definitions.get(session, Source, slug)
    return source_tokens.of_source(session, slug)


def pushed_to(source: Source, kinds: SourceKinds) -> str:
    """Return the address that takes what is pushed to a source; "" if it takes nothing."""
    kind: Any = kinds.get(source.kind)
    if not hasattr(kind, "read") or not getattr(kind, "content_types", None):
        return ""
    return f"/api/v1/sources/{source.slug}/{getattr(kind, 'path', 'body')}"


def token_hash(token: str) -> str:
    """Return what is stored of a token: it is random and long, so one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
