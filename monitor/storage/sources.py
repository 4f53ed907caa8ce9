"""Sources at work: when each is next due, how it last did, whether it is cut off."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true, update
from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.quarantine import State
from monitor.storage.rows.desk import SourceStateRow
from monitor.storage.rows.observations import SeriesSourceRow
from monitor.storage.rows.quarantine import QuarantineRow
from monitor.storage.upsert import insert_or

_Row = SourceStateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """Where a source stands. `due_at` None: never asked by the clock; `failures` since it last did well.

    `last_new_at`: when it last brought a period or an incident that was not there, or first did well.
    """

    source: str
    due_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_run_at: datetime | None = None
    failures: int = 0
    is_cut: bool = False
    lease_until: datetime | None = None
    bookmark: Mapping[str, Any] = field(default_factory=dict)
    last_new_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A source taken by one worker. The token grows with each claim: what an older one does is void."""

    source: str
    token: int


def add(session: Session, slug: str, *, due_at: datetime | None) -> None:
    """Make the state of a source, unless it has one."""
    statement = insert_or(session, _Row).on_conflict_do_nothing()
    session.execute(statement, [{"source": slug, "due_at": due_at, "failures": 0, "is_cut": False}])


def state(session: Session, slug: str) -> SourceState:
    """Return the state of a source; NotFound if it has none."""
    found = states(session, [slug])
    if slug not in found:
        raise NotFound(f"there is no source {slug}")
    return found[slug]


def states(session: Session, slugs: Collection[str] | None = None) -> dict[str, SourceState]:
    """Return the states of these sources, or of all, by slug."""
    statement = _every()
    if slugs is not None:
        statement = statement.where(_Row.source.in_(slugs))
    return {row.source: _state(row) for row in session.execute(statement).scalars()}


def states_and_waiting(session: Session) -> tuple[dict[str, SourceState], int]:
    """Return the states of all sources, and how many values wait in quarantine; one query."""
    held = QuarantineRow
    waiting = select(func.count().label("number")).where(held.state == State.OPEN.value).subquery()
    statement = select(waiting.c.number, _Row).select_from(waiting).outerjoin(_Row, true())
    rows = session.execute(statement.execution_options(populate_existing=True)).all()
    found = {row.source: _state(row) for _, row in rows if row is not None}
    return dict(sorted(found.items())), rows[0][0]


@cache
def _every() -> Select[_Row]:
    return select(_Row).order_by(_Row.source).execution_options(populate_existing=True)


def failing(session: Session) -> frozenset[str]:
    """Return the sources that are cut off, or gave an error when they were last asked."""
    statement = select(_Row.source).where(or_(_Row.is_cut, _Row.failures > 0))
    return frozenset(session.execute(statement).scalars())


def failing_and_given(session: Session) -> tuple[frozenset[str], int]:
    """Return the same, with how many series each source ever gave, in all; one query."""
    given = select(func.count().label("number")).select_from(SeriesSourceRow).subquery()
    is_failing = or_(_Row.is_cut, _Row.failures > 0)
    rows = session.execute(
        select(given.c.number, _Row.source).select_from(given).outerjoin(_Row, is_failing)
    ).all()
    return frozenset(source for _, source in rows if source is not None), rows[0][0]


def mark_due(session: Session, slug: str, *, now: datetime) -> None:
    """Ask a source at the next turn, whenever it would have been."""
    session.execute(update(_Row).where(_Row.source == slug).values(due_at=now))


def set_due(session: Session, slug: str, *, due_at: datetime | None) -> None:
    """Set a source's next turn; None: it is not asked by the clock."""
    session.execute(update(_Row).where(_Row.source == slug).values(due_at=due_at))


def count_due(session: Session, *, now: datetime) -> int:
    """Count the sources that could be claimed."""
    due = (_Row.due_at <= now, _Row.is_cut.is_(False), _is_free(now))
    return session.execute(select(func.count()).select_from(_Row).where(*due)).scalar_one()


def claim_due(session: Session, *, now: datetime, lease: timedelta) -> Claim | None:
    """Take the source that has been due longest and that nobody runs, until its lease ends."""
    due = (
        select(_Row.source)
        .where(_Row.due_at <= now, _Row.is_cut.is_(False), _is_free(now))
        .order_by(_Row.due_at, _Row.source)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte()
    )
    return _claim(session, _Row.source.in_(select(due.c.source)), now=now, lease=lease)


def claim(session: Session, slug: str, *, now: datetime, lease: timedelta) -> Claim | None:
    """Take one source, due or not; None while somebody else runs it."""
    return _claim(session, _Row.source == slug, now=now, lease=lease)


def renew(session: Session, claim: Claim, *, until: datetime) -> bool:
    """Hold a source for longer; False if it was taken away meanwhile."""
    return _if_held(session, claim, {"lease_until": until})


def release(session: Session, claim: Claim, *, due_at: datetime | None) -> bool:
    """Give a source back unasked; False if it was taken away meanwhile."""
    return _if_held(session, claim, {"lease_until": None, "due_at": due_at})


def free(session: Session, claim: Claim) -> bool:
    """Give a source back with its turn as it was; False if it was taken away meanwhile."""
    return _if_held(session, claim, {"lease_until": None})


def finish(  # noqa: PLR0913 - all that is known of a source's last run
    session: Session,
    slug: str,
    *,
    now: datetime,
    due_at: datetime | None,
    failures: int,
    claim: Claim | None = None,
    bookmark: Mapping[str, Any] | None = None,
    is_new: bool = False,
) -> bool:
    """Keep how a run went: no failures means it did well. False, and nothing kept, if it was taken away."""
    values: dict[str, object] = {
        "due_at": due_at, "last_run_at": now, "failures": failures, "lease_until": None,
    }  # fmt: skip
    if not failures:
        values["last_ok_at"] = now
    if is_new:
        values["last_new_at"] = now
    if bookmark is not None:
        values["bookmark"] = dict(bookmark)
    if claim is not None:
        return _if_held(session, claim, values)
    session.execute(update(_Row).where(_Row.source == slug).values(**values))
    return True


def remember(
    session: Session, slug: str, *, bookmark: Mapping[str, Any] | None, is_new: bool, now: datetime
) -> None:
    """Keep what came of a source by another way than its turns, which go on as they were."""
    values: dict[str, object] = {} if bookmark is None else {"bookmark": dict(bookmark)}
    if is_new:
        values["last_new_at"] = now
    if values:
        session.execute(update(_Row).where(_Row.source == slug).values(**values))


def set_cut(session: Session, slug: str, *, is_cut: bool) -> None:
    """Cut a source off, or let it speak again."""
    session.execute(update(_Row).where(_Row.source == slug).values(is_cut=is_cut))


def cut_slugs(session: Session) -> frozenset[str]:
    """Return the sources that are cut off."""
    return frozenset(session.execute(select(_Row.source).where(_Row.is_cut.is_(True))).scalars())


def _state(row: SourceStateRow) -> SourceState:
    return SourceState(
        source=row.source,
        due_at=row.due_at,
        last_ok_at=row.last_ok_at,
        last_run_at=row.last_run_at,
        failures=row.failures,
        is_cut=row.is_cut,
        lease_until=row.lease_until,
        bookmark=row.bookmark,
        last_new_at=row.last_new_at,
    )


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(_Row.lease_until.is_(None), _Row.lease_until <= now)


def _claim(session: Session, which: ColumnElement[bool], *, now: datetime, lease: timedelta) -> Claim | None:
    statement = (
        update(_Row)
        .where(which, _is_free(now))
        .values(lease_until=now + lease, lease_token=_Row.lease_token + 1)
        .returning(_Row.source, _Row.lease_token)
    )
    found = session.execute(statement).one_or_none()
    return None if found is None else Claim(source=found.source, token=found.lease_token)


def _if_held(session: Session, claim: Claim, values: Mapping[str, object]) -> bool:
    statement = (
        update(_Row)
        .where(_Row.source == claim.source, _Row.lease_token == claim.token)
        .values(**values)
        .returning(_Row.source)
    )
    return session.execute(statement).one_or_none() is not None
