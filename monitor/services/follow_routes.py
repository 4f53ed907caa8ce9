"""Follow routes: keep, for each open episode, the routes it takes and when each tells it again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.route import Route, channels_of
from monitor.domain.scale import Concern
from monitor.services.route_events import Router
from monitor.storage import episode_routes
from monitor.storage.episode_routes import EpisodeRoute

# These decide which routes an episode takes.
ROUTED = frozenset({EventType.FIRING, EventType.CONCERN_RAISED, EventType.UNACKNOWLEDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An event that decides which routes its episode takes, and those."""

    event: AlertEvent
    routes: Sequence[Route]


def follow_routes(session: Session, router: Router, followed: Sequence[Followed], *, now: datetime) -> None:
    """Make the routes of episodes those they take now; what was just told is told again after an interval.

    A route an episode took before keeps its escalation; one it takes no more is forgotten.
    """
    opened: dict[str, list[EpisodeRoute]] = {}
    for each in followed:
        event = each.event
        before = opened.pop(event.episode_id, [])
        if not before and event.type is not EventType.FIRING:
            before = episode_routes.of_episode(session, event.episode_id)
        after = [_followed(router, before, event, route, now=now) for route in each.routes]
        taken = {route.route for route in after}
        for gone in before:
            if gone.route not in taken and gone.version:
                episode_routes.drop(session, gone)
        opened[event.episode_id] = after
    every = [route for routes in opened.values() for route in routes]
    episode_routes.add_all(session, [route for route in every if not route.version])
    for route in every:
        if route.version:
            episode_routes.save(session, route)


def _followed(
    router: Router, before: Sequence[EpisodeRoute], event: AlertEvent, route: Route, *, now: datetime
) -> EpisodeRoute:
    new = EpisodeRoute(episode_id=event.episode_id, route=route.slug)
    return replace(
        next((each for each in before if each.route == route.slug), new),
        channels=tuple(slug for slug in route.channels if slug in router.channels),
        routing_version=router.version,
        repeat_due_at=next_repeat(route, event.concern, now=now),
    )


def next_repeat(route: Route, concern: Concern, *, now: datetime) -> datetime | None:
    """Return when a route tells again what still fires; None: never."""
    seconds = route.repeats_after(concern)
    return None if seconds is None or not channels_of([route]) else now + timedelta(seconds=seconds)
