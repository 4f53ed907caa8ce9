"""Route events: which channels an alert event goes to, by which route and in which group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.retry import Trouble
from monitor.domain.alerting.route import (
    DEFAULT,
    GROUP_WAIT_SECONDS,
    Route,
    channels_of,
    default_route,
    group_key,
    matched,
    route_of,
    routing_labels,
)
from monitor.domain.scale import Concern
from monitor.storage import channels
from monitor.storage.notifications import Told
from monitor.storage.snapshot import Definitions

# These reach whoever was told of the episode, and nobody else: a good end needs a beginning.
FOLLOW_UPS = frozenset(
    {
        EventType.RESOLVED,
        EventType.CONCERN_LOWERED,
        EventType.ACKNOWLEDGED,
        EventType.UNACKNOWLEDGED,
        EventType.FLAPPING_STARTED,
        EventType.FLAPPING_ENDED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A channel that is told of an event: by which route, in which group, and how long that waits."""

    channel: Channel
    told: Told
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """The tree in force, and the channels that may be told, by slug.

    `paused` are those that a person switched off: the end of what they were told of waits for them.
    """

    root: Route
    channels: Mapping[str, Channel]
    is_exercise: bool = False
    version: int = 0
    paused: Mapping[str, Channel] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session, known: Definitions, *, is_exercise: bool) -> "Router":
        """Return the tree in force; one made from the channels where none is defined."""
        every = [each for each in channels.find_all(session) if each.takes_exercises or not is_exercise]
        usable = {each.slug: each for each in every if each.is_enabled}
        routing = known.routings.get(DEFAULT)
        return cls(
            root=default_route(usable.values()) if routing is None else routing.route,
            channels=usable,
            is_exercise=is_exercise,
            version=known.version_of("routing", DEFAULT),
            paused={
                each.slug: each for each in every if not each.is_enabled and each.trouble != Trouble.GONE
            },
        )

    def routes(self, labels: Mapping[str, str], concern: Concern) -> tuple[Route, ...]:
        """Return the routes an alert takes at a concern, settings resolved."""
        return matched(self.root, routing_labels(labels, concern))

    def receivers(
        self,
        event: AlertEvent,
        labels: Mapping[str, str],
        told: Mapping[str, Told],
        *,
        routes: Sequence[Route] | None = None,
    ) -> list[Receiver]:
        """Return who is told of an event; `told` are the channels that were told of its episode before.

        With `routes` by these, whatever the tree says.
        """
        if event.type is EventType.DATA_HEALTH:
            return []
        concern = _concern_of(event)
        routes = self.routes(labels, concern) if routes is None else routes
        if event.type in FOLLOW_UPS:
            hearing = {**self.channels, **(self.paused if event.type is EventType.RESOLVED else {})}
            return [
                Receiver(channel=channel, told=told[slug], wait=_wait(event, route_of(routes, slug)))
                for slug, channel in sorted(hearing.items())
                if slug in told
            ]
        return [
            self._receiver(event, route, slug, routing_labels(labels, concern))
            for slug in channels_of(routes)
            if slug in self.channels and (route := route_of(routes, slug)) is not None
        ]

    def _receiver(self, event: AlertEvent, route: Route, slug: str, labels: Mapping[str, str]) -> Receiver:
        key = group_key(route, labels, fingerprint=event.fingerprint, is_exercise=self.is_exercise)
        return Receiver(
            channel=self.channels[slug],
            told=Told(route=route.slug, group_key=key),
            wait=_wait(event, route),
        )


def _concern_of(event: AlertEvent) -> Concern:
    """Return the concern an event is routed by: a resolved one by what it was."""
    return max(event.concern, Concern(event.body.get("previousConcern") or Concern.NORMAL))


def _wait(event: AlertEvent, route: Route | None) -> timedelta:
    if event.concern is Concern.CRITICAL:
        return timedelta(0)
    return timedelta(seconds=GROUP_WAIT_SECONDS if route is None else route.wait_seconds)
