"""Rows of definitions: one line a thing, one line a version of it, and the counter that orders all writes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Kind, Row, Slug, Words


class CounterRow(Row):
    """A number that only rises; `seq` is taken inside the writing transaction, so it is in commit order."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class DefinitionRow(Row):
    """A defined thing and its current version."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("kind", "slug"),)

    id: Mapped[Id]
    kind: Mapped[Kind]
    slug: Mapped[Slug]
    version: Mapped[int]
    pack: Mapped[Words]
    pack_digest: Mapped[Words]
    archived_at: Mapped[datetime | None]


class DefinitionVersionRow(Row):
    """One version of a definition; a version without a body says that it was archived."""

    __tablename__ = "definition_version"

    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, index=True)
    effective_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    author: Mapped[Words]
    reason: Mapped[Words]
    origin: Mapped[Kind]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
