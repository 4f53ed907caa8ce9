"""Rows of fetching: what changed since, the answers as they came, and secrets that sources refer to."""

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Kind, Row, Slug, SlugKey, Words


class ValidatorRow(Row):
    """What says whether a resource changed since a source's last good run, under one set of its settings."""

    __tablename__ = "validator"

    source: Mapped[SlugKey]
    resource: Mapped[str] = mapped_column(String(64), primary_key=True)
    settings: Mapped[str] = mapped_column(String(64))
    etag: Mapped[Words]
    modified: Mapped[Words]
    digest: Mapped[Words]


class RawAnswerRow(Row):
    """One answer of a run as it came, deflated; without a body where it was not kept."""

    __tablename__ = "raw_answer"
    __table_args__ = (Index(None, "at"),)

    run_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[Slug] = mapped_column(index=True)
    at: Mapped[datetime]
    request: Mapped[str] = mapped_column(String(64))
    method: Mapped[Kind]
    url: Mapped[Words]
    status: Mapped[int]
    size: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[Words]


class SecretRow(Row):
    """A secret that sources refer to by its name, sealed with the operator's key."""

    __tablename__ = "secret"

    id: Mapped[Id]
    name: Mapped[Slug] = mapped_column(unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    set_at: Mapped[datetime]
    set_by: Mapped[Words]
