"""Wallboards: which screens may show the desk, by the hash of what they show for it."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.wall import Wall
from monitor.storage.rows.walls import WallRow

SEEN_EVERY = timedelta(minutes=1)

_NAMES = tuple(field.name for field in fields(Wall))


def add(session: Session, wall: Wall, *, token_hash: str) -> int:
    """Keep a new screen and return its number."""
    values = {name: getattr(wall, name) for name in _NAMES if name != "id"}
    statement = insert(WallRow).values(**values, token_hash=token_hash).returning(WallRow.id)
    return session.execute(statement).scalar_one()


def find(session: Session, token_hash: str, *, now: datetime) -> Wall | None:
    """Return the screen of a token; None if there is none, or its time is over."""
    return next(iter(_in_force(session, [token_hash], now=now).values()), None)


def in_force(session: Session, hashes: Collection[str], *, now: datetime) -> set[str]:
    """Return which of these tokens are in force."""
    return set(_in_force(session, hashes, now=now))


def all_of_them(session: Session) -> list[Wall]:
    """Return every screen there was, newest first."""
    statement = select(WallRow).order_by(WallRow.id.desc()).execution_options(populate_existing=True)
    return [_wall(row) for row in session.execute(statement).scalars()]


def touch(session: Session, wall_id: int, *, now: datetime) -> None:
    """Say that a screen showed something, at most once a minute."""
    row = WallRow
    is_due = or_(row.last_used_at.is_(None), row.last_used_at < now - SEEN_EVERY)
    session.execute(update(row).where(row.id == wall_id, is_due).values(last_used_at=now))


def is_touch_due(wall: Wall, *, now: datetime) -> bool:
    """Whether it is long enough ago that the screen was seen."""
    return wall.last_used_at is None or wall.last_used_at < now - SEEN_EVERY


def revoke(session: Session, wall_id: int, *, now: datetime) -> bool:
    """End a screen's token; whether it was in force."""
    row = WallRow
    statement = update(row).where(row.id == wall_id, row.revoked_at.is_(None), row.expires_at > now)
    return (
        session.execute(statement.values(revoked_at=now).returning(row.id)).scalar_one_or_none() is not None
    )


def _in_force(session: Session, hashes: Collection[str], *, now: datetime) -> dict[str, Wall]:
    row = WallRow
    statement = select(row).where(row.token_hash.in_(hashes), row.revoked_at.is_(None), row.expires_at > now)
    found = session.execute(statement.execution_options(populate_existing=True)).scalars()
    return {each.token_hash: _wall(each) for each in found}


def _wall(row: WallRow) -> Wall:
    return Wall(**{name: getattr(row, name) for name in _NAMES})
