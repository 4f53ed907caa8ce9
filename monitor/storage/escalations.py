"""Escalations under way: the steps of open episodes, by compare-and-set beside their routes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.alerting.escalation import Progress
from monitor.storage.rows.routes import EpisodeRouteRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """Where an episode stands on the escalation of one of its routes; None before it has begun."""

    episode_id: str
    route: str
    version: int
    progress: Progress | None


def is_any_due(session: Session, routes: Collection[str], *, now: datetime) -> bool:
    """Whether any of these routes has an escalation to begin or a step that is due."""
    query = select(EpisodeRouteRow.route).where(_is_due(routes, now)).limit(1)
    return bool(routes) and session.execute(query).first() is not None


def due(session: Session, routes: Collection[str], *, now: datetime, limit: int) -> list[Underway]:
    """Return what is to begin or due of these routes, the longest due first."""
    row = EpisodeRouteRow
    query = select(row).where(_is_due(routes, now)).order_by(row.step_due_at, row.episode_id).limit(limit)
    rows = session.scalars(query.execution_options(populate_existing=True))
    return [_underway(each) for each in rows] if routes else []


def of_episode(session: Session, episode_id: str) -> list[Underway]:
    """Return how far the escalations of an episode are, by route."""
    row = EpisodeRouteRow
    query = select(row).where(row.episode_id == episode_id).order_by(row.route)
    return [_underway(each) for each in session.scalars(query.execution_options(populate_existing=True))]


def keep(session: Session, before: Underway, after: Progress | None) -> bool:
    """Store how far one is; False if another was faster, and then nothing is changed."""
    row = EpisodeRouteRow
    statement = (
        update(row)
        .where(row.episode_id == before.episode_id, row.route == before.route, row.version == before.version)
        .values(
            step=0 if after is None else after.step,
            loops=0 if after is None else after.loops,
            step_began_at=None if after is None else after.began_at,
            step_due_at=None if after is None else after.due_at,
            version=row.version + 1,
        )
        .returning(row.route)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).first() is not None


def stop(session: Session, routes: Collection[str]) -> None:
    """Forget the steps that are due on all but these routes: their escalation is gone."""
    row = EpisodeRouteRow
    session.execute(
        update(row)
        .where(row.step_due_at.is_not(None), row.route.not_in(routes))
        .values(step_due_at=None, step_began_at=None, step=0, loops=0, version=row.version + 1)
        .execution_options(synchronize_session=False)
    )


def _is_due(routes: Collection[str], now: datetime) -> ColumnElement[bool]:
    row = EpisodeRouteRow
    return and_(row.route.in_(routes), or_(row.step_began_at.is_(None), row.step_due_at <= now))


def _underway(row: EpisodeRouteRow) -> Underway:
    progress = None
    if row.step_began_at is not None:
        progress = Progress(
            step=row.step, loops=row.loops, began_at=row.step_began_at, due_at=row.step_due_at
        )  # fmt: skip
    return Underway(episode_id=row.episode_id, route=row.route, version=row.version, progress=progress)
