"""What people enter by hand, beside the values themselves: told incidents, drafts, links and files."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from monitor.storage.rows.entries import AttachmentRow, EnteredIncidentRow, EntryDraftRow
from monitor.storage.upsert import insert_or


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredIncident:
    """What a person told beside an incident: its grade, its citation, how exact the day is."""

    source: str
    external_id: str
    grade: str
    citation: str
    day_is: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry begun and not saved."""

    fields: Mapping[str, str]
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A link (`url`), or a file of `size` bytes, that belongs to `target`; its bytes are asked for apart."""

    id: int
    target: str
    name: str
    url: str
    size: int
    sha256: str
    author: str
    at: datetime


_TOLD = tuple(EnteredIncident.__dataclass_fields__)
_ATTACHED = tuple(Attachment.__dataclass_fields__)


def tell(session: Session, told: EnteredIncident) -> None:
    """Keep what was told beside an incident."""
    session.execute(insert(EnteredIncidentRow).values(**{name: getattr(told, name) for name in _TOLD}))


def told_of(session: Session, source: str, external_id: str) -> EnteredIncident | None:
    """Return what was told beside an incident; None where nobody entered it."""
    row = session.get(EnteredIncidentRow, (source, external_id))
    return None if row is None else EnteredIncident(**{name: getattr(row, name) for name in _TOLD})


def keep_draft(
    session: Session, person_id: int, kind: str, fields: Mapping[str, str], *, now: datetime
) -> None:
    """Keep a draft in place of the one before."""
    statement = insert_or(session, EntryDraftRow).values(
        person_id=person_id, kind=kind, fields=dict(fields), changed_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "kind"], set_={"fields": dict(fields), "changed_at": now}
        )
    )


def draft(session: Session, person_id: int, kind: str) -> Draft | None:
    """Return a person's draft; None where there is none."""
    row = EntryDraftRow
    found = session.execute(
        select(row.fields, row.changed_at).where(row.person_id == person_id, row.kind == kind)
    ).one_or_none()
    return None if found is None else Draft(fields=found[0], changed_at=found[1])


def forget_draft(session: Session, person_id: int, kind: str) -> None:
    """Forget a person's draft."""
    row = EntryDraftRow
    session.execute(delete(row).where(row.person_id == person_id, row.kind == kind))


def attach(session: Session, attachment: Attachment, content: bytes | None) -> int:
    """Keep a link or a file and return its number; the one given is not looked at."""
    values = {name: getattr(attachment, name) for name in _ATTACHED if name != "id"}
    statement = insert(AttachmentRow).values(**values, content=content).returning(AttachmentRow.id)
    return session.execute(statement).scalar_one()


def attached(session: Session, targets: Collection[str]) -> list[Attachment]:
    """Return what belongs to any of the targets, the oldest first, without the bytes."""
    columns = [getattr(AttachmentRow, name) for name in _ATTACHED]
    found = select(*columns).where(AttachmentRow.target.in_(targets)).order_by(AttachmentRow.id)
    return [Attachment(**dict(zip(_ATTACHED, row, strict=True))) for row in session.execute(found)]


def attachment(session: Session, number: int) -> tuple[Attachment, bytes | None] | None:
    """Return a link or a file with its bytes; None where there is none."""
    row = session.get(AttachmentRow, number)
    if row is None:
        return None
    return Attachment(**{name: getattr(row, name) for name in _ATTACHED}), row.content
