"""Rows of what programs push: the tokens they show, and the answers kept so that a retry gets the same."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Json, Row, Slug, SlugKey


class SourceTokenRow(Row):
    """A token that may push to one source; only its hash is kept."""

    __tablename__ = "source_token"

    id: Mapped[Id]
    source: Mapped[Slug] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[Slug]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PushAnswerRow(Row):
    """What a push with an idempotency key was answered."""

    __tablename__ = "push_answer"

    source: Mapped[SlugKey]
    key: Mapped[SlugKey]
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Json]
    at: Mapped[datetime] = mapped_column(index=True)
