"""Keep the filters of a page as a view, change it, remove it, begin with it; what is shared is audited."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.person import Person, Role
from monitor.domain.saved_view import SavedView, ViewPage, checked_name, checked_query, kept_query
from monitor.domain.wording import say
from monitor.storage import audit, saved_views

MOST = 50


def save_view(
    session: Session, page: ViewPage, given: Iterable[tuple[str, str]], *, name: str, is_shared: bool,
    by: Person, now: datetime,
) -> SavedView:  # fmt: skip
    """Store a view of a person's own, or give the one of that name these filters; InvalidInput."""
    view = SavedView(
        id=0, owner_id=by.id, owner=by.email, page=page, name=checked_name(name),
        query=checked_query(kept_query(page, given)), is_shared=is_shared,
    )  # fmt: skip
    _require_desk(view, by)
    before = saved_views.named(session, by.id, page, view.name)
    if before is None and sum(each.owner_id == by.id for each in saved_views.seen_by(session, by.id)) >= MOST:
        raise InvalidInput(say("{most} views are enough; remove one first", most=MOST), field="name")
    kept = saved_views.keep(session, view, now=now)
    _record(session, before, kept, by=by, now=now)
    return kept


def change_view(
    session: Session, view_id: int, *, name: str, is_shared: bool, by: Person, now: datetime
) -> SavedView:
    """Rename a view, share it or keep it; NotFound for one that is not theirs to change."""
    before = _theirs(session, view_id, by)
    after = replace(before, name=checked_name(name), is_shared=is_shared)
    _require_desk(after, by)
    saved_views.change(session, after, now=now)
    _record(session, before, after, by=by, now=now)
    return after


def remove_view(session: Session, view_id: int, *, by: Person, now: datetime) -> SavedView:
    """Forget a view; NotFound for one that is not theirs to change."""
    before = _theirs(session, view_id, by)
    saved_views.remove(session, view_id)
    _record(session, before, None, by=by, now=now)
    return before


def begin_with_view(session: Session, view_id: int | None, *, by: Person) -> SavedView | None:
    """Open with a view that a person sees from now on, their own or a shared one; None: with the board."""
    view = None if view_id is None else saved_views.get(session, view_id, by.id)
    saved_views.begin_with(session, by.id, view_id)
    return view


def views_of(session: Session, person: Person, page: ViewPage | None = None) -> list[SavedView]:
    """Return what a person sees: their own views and all that are shared."""
    return saved_views.seen_by(session, person.id, page)


def start_path(session: Session, person_id: int) -> str:
    """Return the address a person begins with."""
    view = saved_views.start_of(session, person_id)
    return "/" if view is None else view.path


def _theirs(session: Session, view_id: int, by: Person) -> SavedView:
    view = saved_views.get(session, view_id, by.id)
    if not view.is_of(by):
        raise NotFound(say("this view is another person’s to change"))
    return view


def _require_desk(view: SavedView, by: Person) -> None:
    if view.is_shared and by.role is Role.READER:
        raise InvalidInput(say("only the desk shares views"), field="is_shared")


def _record(
    session: Session, before: SavedView | None, after: SavedView | None, *, by: Person, now: datetime
) -> None:
    """Leave a trace of what others saw, or see from now on."""
    was, will = (_told(each) if each is not None and each.is_shared else None for each in (before, after))
    if was == will:
        return
    action = "view.share" if was is None else "view.change" if will is not None else "view.withdraw"
    number = (after or before or _nothing()).id
    audit.record(
        session, actor=by.email, action=action, target=f"view:{number}", reason="", before=was, after=will,
        now=now,
    )  # fmt: skip


def _told(view: SavedView) -> Mapping[str, Any]:
    return {"page": view.page.value, "name": view.name, "query": view.query, "owner": view.owner}


def _nothing() -> SavedView:
    raise ValueError("a view is before or after")
