"""Episode routes: what each route of an open episode has due, by compare-and-set."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict
from monitor.storage.batches import in_batches
from monitor.storage.rows.alerts import AlertRow, EpisodeRow
from monitor.storage.rows.routes import EpisodeRouteRow
from monitor.storage.upsert import insert_or

_TABLE: Any = EpisodeRouteRow.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRoute:
    """One route that an open episode took: whom it told, by which version of the tree, and what comes next.

    `step`, `step_due_at` and `loops` are those of its escalation. `version` is 0 until it is stored.
    """

    episode_id: str
    route: str
    channels: tuple[str, ...] = ()
    routing_version: int = 0
    repeat_due_at: datetime | None = None
    step: int = 0
    step_due_at: datetime | None = None
    loops: int = 0
    version: int = 0


def is_any_due(session: Session, *, routing_version: int, now: datetime) -> bool:
    """Whether `due_episodes` would find anything."""
    query = select(EpisodeRouteRow.episode_id).where(_is_due(routing_version, now)).limit(1)
    return session.execute(query).first() is not None


def due_episodes(session: Session, *, routing_version: int, now: datetime, limit: int) -> list[str]:
    """Return episodes of one subject of which a route is to tell again, or was taken by another tree.

    Of one, because whoever attends to them holds their subject, and must not wait for a second one.
    """
    row, alert = EpisodeRouteRow, AlertRow
    query = (
        select(row.episode_id, alert.subject)
        .outerjoin(alert, alert.episode_id == row.episode_id)
        .where(_is_due(routing_version, now))
        .distinct()
        .order_by(alert.subject, row.episode_id)
        .limit(limit)
    )
    found = list(session.execute(query))
    return [episode_id for episode_id, subject in found if subject == found[0][1]]


def of_episode(session: Session, episode_id: str) -> list[EpisodeRoute]:
    """Return the routes an open episode took, by slug."""
    row = EpisodeRouteRow
    query = select(row).where(row.episode_id == episode_id).order_by(row.route)
    return [_route(found) for found in session.scalars(query.execution_options(populate_existing=True))]


def save(session: Session, route: EpisodeRoute) -> None:
    """Store a route as it was read and changed; Conflict if another was faster."""
    after = replace(route, version=route.version + 1)
    values = {name: getattr(after, name) for name in EpisodeRoute.__dataclass_fields__}
    values["channels"] = list(after.channels)
    row = EpisodeRouteRow
    if route.version == 0:
        statement = insert_or(session, row).values(**values).on_conflict_do_nothing()
    else:
        statement = (
            update(row)
            .where(row.episode_id == route.episode_id, row.route == route.route, row.version == route.version)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    if session.execute(statement.returning(row.route)).first() is None:
        raise Conflict(f"route {route.route} of episode {route.episode_id} was changed meanwhile")


def add_all(session: Session, routes: Collection[EpisodeRoute]) -> None:
    """Store the routes of episodes that begin."""
    names = tuple(EpisodeRoute.__dataclass_fields__)
    rows = [
        {name: getattr(each, name) for name in names} | {"channels": list(each.channels), "version": 1}
        for each in routes
    ]
    if rows:
        statement = insert_or(session, _TABLE).on_conflict_do_nothing()
        session.connection().execute(statement, rows)


def reconsider(session: Session, rules: Collection[str]) -> None:
    """Have the routes of what is open by these rules found anew: their labels may have changed."""
    row, of = EpisodeRouteRow, select(EpisodeRow.id)
    of = of.where(EpisodeRow.rule.in_(rules), EpisodeRow.ended_at.is_(None))
    session.execute(
        update(row)
        .where(row.episode_id.in_(of))
        .values(routing_version=-1)
        .execution_options(synchronize_session=False)
    )


def drop(session: Session, route: EpisodeRoute) -> None:
    """Forget a route that an episode takes no more."""
    row = EpisodeRouteRow
    session.execute(delete(row).where(row.episode_id == route.episode_id, row.route == route.route))


def close(session: Session, episode_ids: Collection[str]) -> None:
    """Forget the routes of episodes that are over."""
    for part in in_batches(episode_ids):
        session.execute(delete(EpisodeRouteRow).where(EpisodeRouteRow.episode_id.in_(part)))


def _is_due(routing_version: int, now: datetime) -> ColumnElement[bool]:
    row = EpisodeRouteRow
    return or_(row.repeat_due_at <= now, row.routing_version != routing_version)


def _route(row: EpisodeRouteRow) -> EpisodeRoute:
    return EpisodeRoute(
        episode_id=row.episode_id,
        route=row.route,
        channels=tuple(row.channels),
        routing_version=row.routing_version,
        repeat_due_at=row.repeat_due_at,
        step=row.step,
        step_due_at=row.step_due_at,
        loops=row.loops,
        version=row.version,
    )
