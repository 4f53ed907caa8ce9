"""Sources at work: when each is next due, how it last did, whether it is cut off."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.storage.rows.desk import SourceStateRow
from monitor.storage.upsert import insert_or

_Row = SourceStateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """Where a source stands. `due_at` None: never asked by the clock; `failures` since it last did well."""

    source: str
    due_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_run_at: datetime | None = None
    failures: int = 0
    is_cut: bool = False


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
    statement = select(_Row).order_by(_Row.source).execution_options(populate_existing=True)
    if slugs is not None:
        statement = statement.where(_Row.source.in_(slugs))
    return {row.source: _state(row) for row in session.execute(statement).scalars()}


def failing(session: Session) -> frozenset[str]:
    """Return the sources that are cut off, or gave an error when they were last asked."""
    statement = select(_Row.source).where(or_(_Row.is_cut, _Row.failures > 0))
    return frozenset(session.execute(statement).scalars())


def mark_due(session: Session, slug: str, *, now: datetime) -> None:
    """Ask a source at the next turn, whenever it would have been."""
    session.execute(update(_Row).where(_Row.source == slug).values(due_at=now))


def claim_due(session: Session, *, now: datetime, pause: timedelta) -> str | None:
    """Take the source that has been due longest; it is due again after `pause` unless its run says else."""
    due = (
        select(_Row.source)
        .where(_Row.due_at <= now, _Row.is_cut.is_(False))
        .order_by(_Row.due_at, _Row.source)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte()
    )
    statement = (
        update(_Row)
        .where(_Row.source.in_(select(due.c.source)), _Row.due_at <= now)
        .values(due_at=now + pause)
        .returning(_Row.source)
    )
    return session.execute(statement).scalar_one_or_none()


def finish(session: Session, slug: str, *, now: datetime, due_at: datetime | None, failures: int) -> None:
    """Keep how a run went: no failures means it did well."""
    values: dict[str, object] = {"due_at": due_at, "last_run_at": now, "failures": failures}
    if not failures:
        values["last_ok_at"] = now
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
    )
