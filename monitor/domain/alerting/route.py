"""Routes: a tree that says who is told of an alert, matched as Alertmanager matches its own."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.matcher import Matcher
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern

T = TypeVar("T")
CONCERN, SEVERITY = "concern", "severity"
ALL_LABELS = "..."
LONGEST_KEY = 390
DEFAULT = "default"
# In place of channels: nobody is told, not even whom the route above tells.
NOBODY = "nobody"
GROUP_WAIT_SECONDS = 30.0
GROUP_INTERVAL_SECONDS = 300.0
_REPEAT_SECONDS = {Concern.CRITICAL: 3_600.0, Concern.HIGH: 14_400.0}
_REPEAT_OTHERS_SECONDS = 86_400.0
_DEEPEST = 20
_LABEL = re.compile(r'([^\s=,{}"]+)="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One branch of the tree: which alerts, to which channels, in what groups, how often again.

    What is left empty (None, no channels, no escalation) is its parent's; matchers and mute windows are its
    own. `group_by` None leaves it to the kind of channel, () makes one group of all, ("...",) one of each
    alert. `repeat_seconds` None: 1 h when critical, 4 h when high, else 24 h; 0 never. Criticals wait for no
    group. `mute_windows` and `escalation` are slugs.
    """

    slug: str
    channels: tuple[str, ...] = ()
    matchers: tuple[Matcher, ...] = ()
    continues: bool = False
    group_by: tuple[str, ...] | None = None
    group_wait_seconds: float | None = None
    group_interval_seconds: float | None = None
    repeat_seconds: float | None = None
    mute_windows: tuple[str, ...] = ()
    needs_approval: bool | None = None
    escalation: str = ""
    routes: "tuple[Route, ...]" = ()

    def __post_init__(self) -> None:
        """Refuse times that are none; InvalidInput names the route and the field."""
        for name in ("group_wait_seconds", "group_interval_seconds", "repeat_seconds"):
            seconds = getattr(self, name)
            if seconds is not None and not 0 <= seconds < float("inf"):
                raise InvalidInput(
                    phrase("route {slug}: {name} is a number from 0", slug=self.slug, name=name), field=name
                )

    @property
    def wait_seconds(self) -> float:
        """How long the first of a group waits for others."""
        return GROUP_WAIT_SECONDS if self.group_wait_seconds is None else self.group_wait_seconds

    @property
    def interval_seconds(self) -> float:
        """How long after a message of a group the next may follow."""
        return GROUP_INTERVAL_SECONDS if self.group_interval_seconds is None else self.group_interval_seconds

    def repeats_after(self, concern: Concern) -> float | None:
        """Return after how many seconds what still fires is told again; None: never."""
        if self.repeat_seconds is not None:
            return self.repeat_seconds or None
        return _REPEAT_SECONDS.get(concern, _REPEAT_OTHERS_SECONDS)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels meets every matcher."""
        return all(matcher.matches(labels) for matcher in self.matchers)

    def walk(self, depth: int = 0) -> "Iterator[tuple[int, Route]]":
        """Give this route and all below it in the order they are tried, each with its depth."""
        yield depth, self
        for child in self.routes:
            yield from child.walk(depth + 1)


def matched(route: Route, labels: Mapping[str, str]) -> tuple[Route, ...]:
    """Return the routes an alert takes, with the settings they inherit; none if the root does not match.

    Children come before their parent and in their order; the first that matches ends the search among its
    siblings unless it `continues`. A parent is taken where none of its children is.
    """
    if not route.matches(labels):
        return ()
    found: list[Route] = []
    for child in route.routes:
        below = matched(inherited(child, route), labels)
        found += below
        if below and not child.continues:
            break
    return tuple(found) or (route,)


def resolved(root: Route) -> Iterator[Route]:
    """Give every route of a tree with what it inherits."""
    yield root
    for child in root.routes:
        yield from resolved(inherited(child, root))


def inherited(child: Route, parent: Route) -> Route:
    """Return a child with what it leaves empty taken from its parent."""
    return replace(
        child,
        channels=child.channels or parent.channels,
        group_by=_first(child.group_by, parent.group_by),
        group_wait_seconds=_first(child.group_wait_seconds, parent.group_wait_seconds),
        group_interval_seconds=_first(child.group_interval_seconds, parent.group_interval_seconds),
        repeat_seconds=_first(child.repeat_seconds, parent.repeat_seconds),
        needs_approval=_first(child.needs_approval, parent.needs_approval),
        escalation=child.escalation or parent.escalation,
    )


def default_route(channels: Iterable[Channel]) -> Route:
    """Return the tree that stands where none is defined: each channel by its lowest concern."""
    branches = [
        Route(
            slug=channel.slug, channels=(channel.slug,), continues=True,
            matchers=_from_concern(channel.lowest_concern),
        )
        for channel in channels
    ]  # fmt: skip
    is_taken = any(branch.slug == DEFAULT for branch in branches)
    return Route(slug=f"{DEFAULT}-root" if is_taken else DEFAULT, routes=tuple(branches))


def routing_labels(labels: Mapping[str, str], concern: Concern) -> dict[str, str]:
    """Return an alert's labels with its `concern`, and with that as `severity` unless it has its own."""
    return {SEVERITY: concern.word, **labels, CONCERN: concern.word}


def group_key(route: Route, labels: Mapping[str, str], *, fingerprint: str, is_exercise: bool = False) -> str:
    """Return what tells one group of a resolved route from another.

    A bare slug where the route does not say how to group: then the kind of channel does. A rehearsal never
    shares a message with what is real.
    """
    name = f"{route.slug}@exercise" if is_exercise else route.slug
    if route.group_by is None:
        return name
    if ALL_LABELS in route.group_by:
        return f"{name}{{{fingerprint}}}"
    written = ", ".join(f'{each}="{labels.get(each, "")}"' for each in route.group_by)
    if len(name) + len(written) > LONGEST_KEY:
        written = "#" + hashlib.sha256(written.encode()).hexdigest()
    return f"{name}{{{written}}}"


def labels_of_key(key: str) -> dict[str, str]:
    """Return the labels a group's key names, with their values."""
    return dict(_LABEL.findall(key.partition("{")[2]))


def says_how_to_group(key: str) -> bool:
    """Whether a group's key comes from a route that says how to group."""
    return "{" in key


def require_sound(root: Route) -> None:
    """Refuse a tree in which a slug is there twice, a root that does not take all, and one too deep."""
    every = list(root.walk())
    slugs = [route.slug for _, route in every]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise InvalidInput(phrase("the route {twice} is there twice", twice=twice[0]), field="route")
    if root.matchers or root.continues:
        raise InvalidInput(phrase("the first route takes every alert: it has no matchers"), field="route")
    if max(depth for depth, _ in every) > _DEEPEST:
        raise InvalidInput(phrase("routes lie at most {deepest} deep", deepest=_DEEPEST), field="route")


def intervals_of(root: Route) -> dict[str, float]:
    """Return how long after a message of a group the next may follow, by the slug of the route."""
    found = {root.slug: root.interval_seconds}
    for child in root.routes:
        found |= intervals_of(inherited(child, root))
    return found


def channels_of(routes: Iterable[Route]) -> tuple[str, ...]:
    """Return the channels of routes, each once, in order."""
    return tuple(dict.fromkeys(slug for route in routes for slug in route.channels if slug != NOBODY))


def route_of(routes: Sequence[Route], channel: str) -> Route | None:
    """Return the first of the matched routes that leads to a channel."""
    return next((route for route in routes if channel in route.channels), None)


def _from_concern(lowest: Concern) -> tuple[Matcher, ...]:
    if lowest <= Concern.WATCH:
        return ()
    words = "|".join(each.word for each in Concern if each >= lowest)
    return (Matcher(name=CONCERN, value=words, is_regex=True),)


def _first(own: T | None, parents: T | None) -> T | None:
    return parents if own is None else own
