"""Silences: added, ended early, and read by those who form messages."""

from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.silence import Silence
from monitor.domain.alerting.window import Window
from monitor.domain.errors import NotFound
from monitor.storage.rows.base import UtcDateTime
from monitor.storage.rows.silences import SilenceRow
from monitor.storage.structure import from_json, to_json


def add(session: Session, silence: Silence, *, now: datetime) -> Silence:
    """Store a silence and return it with its number."""
    row = SilenceRow(
        matchers=[to_json(matcher) for matcher in silence.matchers],
        author=silence.author,
        comment=silence.comment,
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        expire_on_resolve=silence.expire_on_resolve,
        windows=[to_json(window) for window in silence.windows],
        created_at=now,
    )
    session.add(row)
    session.flush()
    return replace(silence, id=row.id)


def get(session: Session, silence_id: int, *, for_update: bool = False) -> Silence:
    """Return a silence, locked where it is about to be changed; NotFound."""
    query = _silences().where(SilenceRow.id == silence_id)
    row = session.scalars(query.with_for_update() if for_update else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no silence {silence_id}")
    return _silence(row)


def find_all(session: Session, *, ending_after: datetime | None = None) -> list[Silence]:
    """Return all silences, or those that end after a moment, the newest first."""
    query = _silences().order_by(SilenceRow.id.desc())
    if ending_after is not None:
        query = query.where(SilenceRow.ends_at > ending_after)
    return [_silence(row) for row in session.scalars(query)]


def begun(session: Session, *, now: datetime, for_forming: bool = False) -> list[Silence]:
    """Return the silences that have begun and not ended; one that recurs may be between its windows.

    `for_forming` keeps them as they are until the caller commits, so that none is ended between being
    read and holding a notification.
    """
    return [_silence(row) for row in session.scalars(_begun(is_locked=for_forming), {"now": now})]


def hold_expiring(session: Session, *, now: datetime) -> None:
    """Lock those that may end with an alert, for who evaluates one alert after the other in a transaction.

    Whoever forms messages has silences before notifications; a second end must not come after a first one's.
    """
    session.execute(
        _begun(is_locked=False).where(SilenceRow.expire_on_resolve).with_for_update(), {"now": now}
    )


def active(session: Session, *, now: datetime, for_forming: bool = False) -> list[Silence]:
    """Return the silences that mute now."""
    return [each for each in begun(session, now=now, for_forming=for_forming) if each.is_active(now)]


def overlapping(session: Session, *, since: datetime, until: datetime) -> list[Silence]:
    """Return the silences that were to mute at any time between two moments, over or not."""
    query = _silences().where(SilenceRow.starts_at < until, SilenceRow.ends_at > since)
    return [_silence(row) for row in session.scalars(query.order_by(SilenceRow.id))]


def set_window(session: Session, silence: Silence) -> None:
    """Store a silence's start and end as they are now."""
    row = session.get_one(SilenceRow, silence.id)
    row.starts_at, row.ends_at = silence.starts_at, silence.ends_at
    session.flush()


def note_warned(session: Session, silence: Silence, *, until: datetime) -> bool:
    """Record that its end is announced; False if another did so first, or it was changed meanwhile."""
    row = SilenceRow
    statement = (
        update(row)
        .where(
            row.id == silence.id,
            row.ends_at == silence.ends_at,
            or_(row.warned_until.is_(None), row.warned_until < until),
        )
        .values(warned_until=until)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).first() is not None


@cache
def _begun(*, is_locked: bool) -> Select[SilenceRow]:
    now = bindparam("now", type_=UtcDateTime())
    query = _silences().where(SilenceRow.starts_at <= now, SilenceRow.ends_at > now).order_by(SilenceRow.id)
    return query.with_for_update(read=True) if is_locked else query


def _silences() -> Select[SilenceRow]:
    return select(SilenceRow).execution_options(populate_existing=True)


def _silence(row: SilenceRow) -> Silence:
    return Silence(
        id=row.id,
        matchers=tuple(from_json(matcher, Matcher) for matcher in row.matchers),
        author=row.author,
        comment=row.comment,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        expire_on_resolve=row.expire_on_resolve,
        windows=tuple(from_json(window, Window) for window in row.windows),
        warned_until=row.warned_until,
    )
