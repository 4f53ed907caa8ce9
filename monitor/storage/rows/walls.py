"""Rows of wallboards: the screens that may show the desk."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Kind, Row, Slug


class WallRow(Row):
    """A screen with a token of its own; only the token's hash is kept."""

    __tablename__ = "wall"

    id: Mapped[Id]
    name: Mapped[Slug]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[Kind]
    turn_seconds: Mapped[int]
    look: Mapped[Kind]
    created_at: Mapped[datetime]
    created_by: Mapped[Slug]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
