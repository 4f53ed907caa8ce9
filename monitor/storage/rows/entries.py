"""Rows of what people enter by hand: drafts, what belongs to an entry, what was taken back."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Json, Kind, Row, RowNumber, Slug, SlugKey, Words


class WithdrawalRow(Row):
    """A row of an observation that a person took back; row `by_seq` says what holds in its place."""

    __tablename__ = "withdrawal"

    seq: Mapped[RowNumber]
    by_seq: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[Slug]
    reason: Mapped[Words]
    at: Mapped[datetime]


class EnteredIncidentRow(Row):
    """What a person told of an incident that was entered by hand, beside the incident itself."""

    __tablename__ = "entered_incident"

    source: Mapped[SlugKey]
    external_id: Mapped[SlugKey]
    grade: Mapped[Kind]
    citation: Mapped[Words]
    day_is: Mapped[Kind]
    author: Mapped[Slug]
    at: Mapped[datetime]


class EntryDraftRow(Row):
    """An entry that a person has begun and not saved: one of each kind."""

    __tablename__ = "entry_draft"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[SlugKey]
    fields: Mapped[Json]
    changed_at: Mapped[datetime]


class AttachmentRow(Row):
    """A link, or a file with its bytes, that belongs to an observation or an incident for good."""

    __tablename__ = "attachment"

    id: Mapped[Id]
    target: Mapped[str] = mapped_column(String(420), index=True)
    name: Mapped[Slug]
    url: Mapped[Words]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    author: Mapped[Slug]
    at: Mapped[datetime]
