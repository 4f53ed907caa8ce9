"""Sessions of people who are signed in: find again, keep alive, end."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.person import Person
from monitor.storage import web_sessions

IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Whose session it is, and whether `touch_session` is due: once a minute is enough."""

    person: Person
    is_touch_due: bool


def resume_session(session: Session, token: str, *, now: datetime) -> Resumed | None:
    """Return whose session a token is, unless it ended, idled out or the account was disabled."""
    token_hash = hashed(token)
    person = web_sessions.person_of(session, token_hash, now=now, idle_since=now - SEEN_EVERY)
    if person is not None:
        return Resumed(person=person, is_touch_due=False)
    person = web_sessions.person_of(session, token_hash, now=now, idle_since=now - IDLE)
    return None if person is None else Resumed(person=person, is_touch_due=True)


def touch_session(session: Session, token: str, *, now: datetime) -> None:
    """Say that the session was used."""
    web_sessions.touch(session, hashed(token), now=now)


def still_open(session: Session, hashes: Collection[str], *, now: datetime) -> set[str]:
    """Return which sessions, by their hashes, still let someone in."""
    return web_sessions.in_force(session, hashes, now=now, idle_since=now - IDLE)


def keep_open(session: Session, hashes: Collection[str], *, now: datetime) -> None:
    """Say that the sessions are used: someone has a page of theirs open and in sight."""
    web_sessions.touch_all(session, hashes, now=now)


def close_session(session: Session, token: str) -> None:
    """End a session; its row goes."""
    web_sessions.remove(session, hashed(token))


def hashed(token: str) -> str:
    """Return what is stored of a token: it is random and long, so one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
