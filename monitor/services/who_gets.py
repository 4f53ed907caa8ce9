"""Who gets this: which routes an alert with some labels would take, to whom, and what would hold it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.route import (
    DEFAULT,
    Route,
    channels_of,
    default_route,
    group_key,
    matched,
    routing_labels,
)
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.suppression import Suppression
from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.domain.wording import say
from monitor.services.alert_facts import labels_of
from monitor.services.suppress import load_suppressor
from monitor.storage import channels, snapshot
from monitor.storage.alerts import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A channel at the end of a route; `why_not` says why it would not be told, empty if it would."""

    slug: str
    name: str
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One route that the alert takes, settings resolved: the slugs down to it, and what holds it back now."""

    path: tuple[str, ...]
    route: Route
    reached: tuple[Reached, ...]
    group: str
    held: Suppression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoGets:
    """The answer: the labels it was routed by, and the ways it takes."""

    labels: Mapping[str, str]
    concern: Concern
    ways: tuple[Way, ...]

    @property
    def is_anybody(self) -> bool:
        """Whether any channel would be told."""
        return any(not each.why_not for way in self.ways for each in way.reached)


def who_gets(
    session: Session,
    labels: Mapping[str, str],
    *,
    concern: Concern,
    now: datetime,
    draft: Routing | None = None,
) -> WhoGets:
    """Answer for an alert of these labels at a concern, by the tree in force or by a draft of one."""
    every = {each.slug: each for each in channels.find_all(session)}
    routing = draft or snapshot.current(session).routings.get(DEFAULT)
    usable = [each for each in every.values() if each.is_enabled]
    root = default_route(usable) if routing is None else routing.route
    routed = routing_labels(labels, concern)
    suppressor = load_suppressor(session, now=now, draft=draft, is_forming=False)
    episode = Episode(
        id="", fingerprint="", rule="", subject=labels.get("subject", ""), started_at=now,
        peak_concern=concern, labels=labels,
    )  # fmt: skip
    is_exercise = "@" in labels.get("subject", "")
    ways = [
        Way(
            path=_path(root, route.slug),
            route=route,
            reached=tuple(reached(slug, every, is_exercise=is_exercise) for slug in channels_of([route])),
            group=group_key(route, routed, fingerprint="this alert", is_exercise=is_exercise),
            held=suppressor.of(episode, concern, route=route.slug),
        )
        for route in matched(root, routed)
    ]
    return WhoGets(labels=routed, concern=concern, ways=tuple(ways))


def labels_of_rule(session: Session, slug: str) -> dict[str, str]:
    """Return the labels that alerts of a rule have; NotFound."""
    known = snapshot.current(session)
    rule = known.rules.get(slug)
    if rule is None:
        raise NotFound(phrase("there is no rule {slug}", slug=slug))
    alert = Alert(fingerprint="", rule=rule.slug, subject=rule.subject, series=rule.series)
    return labels_of(alert, rule, known=known)


def reached(slug: str, every: Mapping[str, Channel], *, is_exercise: bool = False) -> Reached:
    """Return a channel that a route names, and why it would not be told."""
    channel = every.get(slug)
    if channel is None:
        return Reached(slug=slug, name=slug, why_not=say("there is no such channel"))
    if not channel.is_enabled:
        return Reached(slug=slug, name=channel.name, why_not=say("it is disabled"))
    if is_exercise and not channel.takes_exercises:
        return Reached(slug=slug, name=channel.name, why_not=say("it takes no exercises"))
    return Reached(slug=slug, name=channel.name)


def _path(route: Route, slug: str) -> tuple[str, ...]:
    if route.slug == slug:
        return (slug,)
    for child in route.routes:
        if found := _path(child, slug):
            return (route.slug, *found)
    return ()
