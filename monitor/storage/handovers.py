"""Handovers: their acts in order, and where each stands; acts are added by compare-and-set."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.shifts.content import Content, Situation
from monitor.domain.shifts.handover import Act, Handover, folded
from monitor.storage.rows.shifts import HandoverActRow, HandoverRow
from monitor.storage.structure import from_json, to_json
from monitor.storage.upsert import insert_or

_OWN = ("number", "kind", "by", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """A handover as a list shows it: how many items it has, and how many are accepted."""

    id: int
    rota: str
    outgoing: str
    incoming: str
    drafted_at: datetime
    since_at: datetime
    as_of: datetime
    situation: Situation
    items: int
    accepted: int
    offered_at: datetime | None
    signed_at: datetime | None
    withdrawn_at: datetime | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to be signed."""
        return self.signed_at is None and self.withdrawn_at is None


def start(session: Session, first: Act, *, rota: str, outgoing: str) -> Handover:
    """Store a draft and return it with its number; Conflict where the rota has one that is open."""
    content = first.content or _missing()
    statement = insert_or(session, HandoverRow).values(
        rota=rota, outgoing=outgoing, incoming=first.incoming, drafted_at=first.at, version=first.number,
        offered_at=None, signed_at=None, withdrawn_at=None, accepted=0, **_said(content),
    )  # fmt: skip
    statement = statement.on_conflict_do_nothing().returning(HandoverRow.id)
    number = session.execute(statement).scalar_one_or_none()
    if number is None:
        raise Conflict("a handover is open already; sign it or withdraw it first")
    _add(session, number, first)
    return folded(number, rota, outgoing, [first])


def append(session: Session, before: Handover, act: Act) -> Handover:
    """Store one more act and return the handover after it; Conflict if another was faster."""
    after = before.after(act)
    statement = (
        update(HandoverRow)
        .where(HandoverRow.id == before.id, HandoverRow.version == before.version)
        .values(
            version=after.version, incoming=after.incoming, accepted=len(after.accepted),
            offered_at=after.offered_at, signed_at=after.signed_at, withdrawn_at=after.withdrawn_at,
            **_said(after.content),
        )
        .returning(HandoverRow.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if session.execute(statement).scalar_one_or_none() is None:
        raise Conflict("the handover was changed meanwhile; look again")
    _add(session, before.id, act)
    return after


def get(session: Session, number: int, *, version: int | None = None) -> Handover:
    """Return a handover as it stands, or stood at a version; NotFound."""
    row = session.scalars(_rows().where(HandoverRow.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"there is no handover {number}")
    query = select(HandoverActRow).where(HandoverActRow.handover_id == number)
    if version is not None:
        query = query.where(HandoverActRow.number <= max(version, 1))
    acts = [_act(each) for each in session.scalars(query.order_by(HandoverActRow.number))]
    return folded(number, row.rota, row.outgoing, acts)


def find_all(session: Session, *, limit: int = 100) -> list[HandoverLine]:
    """Return the latest handovers, the newest first."""
    order = (HandoverRow.drafted_at.desc(), HandoverRow.id.desc())
    return [_line(row) for row in session.scalars(_rows().order_by(*order).limit(limit))]


def open_now(session: Session) -> list[HandoverLine]:
    """Return what is still to be signed, on every rota."""
    query = _rows().where(HandoverRow.signed_at.is_(None), HandoverRow.withdrawn_at.is_(None))
    return [_line(row) for row in session.scalars(query.order_by(HandoverRow.rota))]


def last_signed(session: Session, rota: str) -> HandoverLine | None:
    """Return the last that was signed on a rota."""
    query = _rows().where(HandoverRow.rota == rota, HandoverRow.signed_at.is_not(None))
    row = session.scalars(query.order_by(HandoverRow.signed_at.desc()).limit(1)).one_or_none()
    return None if row is None else _line(row)


def _rows() -> Select[HandoverRow]:
    return select(HandoverRow).execution_options(populate_existing=True)


def _said(content: Content) -> dict[str, object]:
    return {
        "since_at": content.since_at,
        "as_of": content.as_of,
        "situation": content.situation.value,
        "items": len(content.items),
    }


def _add(session: Session, number: int, act: Act) -> None:
    body = {name: value for name, value in to_json(act).items() if name not in _OWN}
    values = {"handover_id": number, "body": body, "kind": act.kind.value}
    session.execute(
        insert(HandoverActRow).values(number=act.number, by=act.by, at=act.at, **values)
    )  # fmt: skip


def _act(row: HandoverActRow) -> Act:
    own = {"number": row.number, "kind": row.kind, "by": row.by, "at": row.at.isoformat()}
    return from_json({**row.body, **own}, Act)


def _line(row: HandoverRow) -> HandoverLine:
    values = {name: getattr(row, name) for name in HandoverLine.__dataclass_fields__}
    return HandoverLine(**values | {"situation": Situation(row.situation)})


def _missing() -> Content:
    raise ValueError("a handover begins with its draft")
