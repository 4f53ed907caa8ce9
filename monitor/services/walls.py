"""Wallboards: make a screen's token, end it, let a screen in. A token is shown once and kept as a hash."""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.wall import Wall
from monitor.services.resume_session import hashed
from monitor.storage import audit, walls

# A fixed beginning lets scanners find a token that was left in a file.
PREFIX = "hww_"
_RANDOM_BYTES = 32


def make_wall(session: Session, wall: Wall, *, now: datetime) -> str:
    """Return a new token with which a screen may show the desk."""
    token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    number = walls.add(session, wall, token_hash=hashed(token))
    audit.record(
        session, actor=wall.created_by, action="wall.make", target=wall.name, reason="", before=None,
        after={"number": number, "expires_at": wall.expires_at.isoformat()}, now=now,
    )  # fmt: skip
    return token


def revoke_wall(session: Session, number: int, *, actor: str, now: datetime) -> Wall:
    """End a screen's token; NotFound if none of that number is in force."""
    wall = next((each for each in walls.all_of_them(session) if each.id == number), None)
    if wall is None or not walls.revoke(session, number, now=now):
        raise NotFound(f"no wallboard {number} is in force")
    audit.record(
        session, actor=actor, action="wall.revoke", target=wall.name, reason="", before={"number": number},
        after=None, now=now,
    )  # fmt: skip
    return wall


def list_walls(session: Session) -> list[Wall]:
    """Return every screen there was, newest first."""
    return walls.all_of_them(session)


def admit(session: Session, token: str, *, now: datetime) -> Wall | None:
    """Return the screen whose token this is, unless it ended."""
    return walls.find(session, hashed(token), now=now) if token.startswith(PREFIX) else None


def is_touch_due(wall: Wall, *, now: datetime) -> bool:
    """Whether `touch_wall` is due: once a minute is enough."""
    return walls.is_touch_due(wall, now=now)


def touch_wall(session: Session, wall: Wall, *, now: datetime) -> None:
    """Say that a screen showed something."""
    walls.touch(session, wall.id, now=now)


def still_up(session: Session, hashes: Collection[str], *, now: datetime) -> set[str]:
    """Return which screens, by the hashes of their tokens, may go on."""
    return walls.in_force(session, hashes, now=now)
