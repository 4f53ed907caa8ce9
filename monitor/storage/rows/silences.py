"""Rows of silences: which alerts are muted from when until when, by whom and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Row, Slug, Words


class SilenceRow(Row):
    """One silence; it is never deleted, ending it moves its end."""

    __tablename__ = "silence"

    id: Mapped[Id]
    matchers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    author: Mapped[Slug]
    comment: Mapped[Words]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    expire_on_resolve: Mapped[bool]
    windows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    warned_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
