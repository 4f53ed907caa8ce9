"""Saved views: kept, found by who may see them, renamed, shared, removed; and who begins with which."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.saved_view import SavedView, ViewPage
from monitor.domain.wording import say
from monitor.storage.rows.desk import PersonRow
from monitor.storage.rows.views import SavedViewRow, StartViewRow
from monitor.storage.upsert import insert_or


def seen_by(session: Session, person_id: int, page: ViewPage | None = None) -> list[SavedView]:
    """Return a person's own views and all that are shared, of one page or of all, by name."""
    row = SavedViewRow
    statement = _views(person_id).where(or_(row.person_id == person_id, row.is_shared))
    if page is not None:
        statement = statement.where(row.page == page.value)
    return [_view(each) for each in session.execute(statement.order_by(row.page, row.name, row.id))]


def get(session: Session, view_id: int, person_id: int) -> SavedView:
    """Return a view that a person may see; NotFound."""
    found = [each for each in seen_by(session, person_id) if each.id == view_id]
    if not found:
        raise NotFound(say("there is no such view"))
    return found[0]


def start_of(session: Session, person_id: int) -> SavedView | None:
    """Return the view a person begins with; None if that is the board, or they may see it no more."""
    row = SavedViewRow
    is_seen = or_(row.person_id == person_id, row.is_shared)
    statement = _views(person_id).where(StartViewRow.view_id.is_not(None), is_seen)
    found = session.execute(statement).first()
    return None if found is None else _view(found)


def keep(session: Session, view: SavedView, *, now: datetime) -> SavedView:
    """Store a view; one of the same owner, page and name gets its filters."""
    row = SavedViewRow
    values = {"query": view.query, "is_shared": view.is_shared, "changed_at": now}
    own = {"person_id": view.owner_id, "page": view.page.value, "name": view.name}
    statement = insert_or(session, row).values(**own, **values)
    statement = statement.on_conflict_do_update(index_elements=list(own), set_=values)
    return replace(view, id=session.execute(statement.returning(row.id)).scalar_one())


def named(session: Session, owner_id: int, page: ViewPage, name: str) -> SavedView | None:
    """Return a person's own view of that name."""
    row = SavedViewRow
    same = (row.person_id == owner_id, row.page == page.value, row.name == name)
    found = session.execute(_views(owner_id).where(*same)).first()
    return None if found is None else _view(found)


def change(session: Session, view: SavedView, *, now: datetime) -> None:
    """Keep a view's name and whether it is shared; Conflict where its owner has one of that name."""
    values = {"name": view.name, "is_shared": view.is_shared, "changed_at": now}
    try:
        with session.begin_nested():
            session.execute(update(SavedViewRow).where(SavedViewRow.id == view.id).values(**values))
    except IntegrityError:
        raise Conflict(say("there is a view {name} already", name=view.name)) from None
    if not view.is_shared:
        others = and_(StartViewRow.view_id == view.id, StartViewRow.person_id != view.owner_id)
        session.execute(delete(StartViewRow).where(others))


def remove(session: Session, view_id: int) -> None:
    """Forget a view; who began with it begins with the board."""
    session.execute(delete(StartViewRow).where(StartViewRow.view_id == view_id))
    session.execute(delete(SavedViewRow).where(SavedViewRow.id == view_id))


def begin_with(session: Session, person_id: int, view_id: int | None) -> None:
    """Say with which view a person begins; None: with the board."""
    session.execute(delete(StartViewRow).where(StartViewRow.person_id == person_id))
    if view_id is not None:
        session.execute(insert(StartViewRow).values(person_id=person_id, view_id=view_id))


def _views(person_id: int) -> Any:
    row, start = SavedViewRow, StartViewRow
    return (
        select(
            row.id,
            row.person_id,
            PersonRow.email,
            row.page,
            row.name,
            row.query,
            row.is_shared,
            start.view_id,
        )
        .join(PersonRow, PersonRow.id == row.person_id)
        .outerjoin(start, and_(start.view_id == row.id, start.person_id == person_id))
    )


def _view(row: Any) -> SavedView:
    number, owner_id, owner, page, name, query, is_shared, start = row
    return SavedView(
        id=number, owner_id=owner_id, owner=owner, page=ViewPage(page), name=name, query=query,
        is_shared=is_shared, is_start=start is not None,
    )  # fmt: skip
