"""The tree of routes as a page: its branches, the text it is edited as, and who would get an alert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.route import NOBODY, Route, channels_of
from monitor.domain.alerting.route_words import inhibition_said, settings, takes, timing, together
from monitor.domain.alerting.routing import Routing, inhibitions_of
from monitor.domain.scale import Concern
from monitor.domain.wording import say
from monitor.packs.routing_text import read_routing, routing_text
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.services.routing_in_force import routing_in_force
from monitor.services.save_routing import unknown_names
from monitor.services.who_gets import Reached, WhoGets, labels_of_rule, reached, who_gets
from monitor.storage import channels, snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One route in the tree, in words, with those below it."""

    slug: str
    takes: str
    reached: tuple[Reached, ...]
    settings: tuple[str, ...]
    is_mute: bool = False
    below: "tuple[Branch, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLine:
    """One way an alert would take; `held` is why nothing would be sent now."""

    path: str
    reached: tuple[Reached, ...]
    timing: str
    group: str
    held: str = ""
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Who would get an alert; `labels` are those it was routed by."""

    concern: str
    labels: tuple[str, ...]
    ways: tuple[WayLine, ...]
    is_anybody: bool
    is_of_draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a visitor asks: an alert of a rule or of labels, at a concern, perhaps by a draft of the tree."""

    labels: Mapping[str, str]
    concern: Concern
    rule: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesView:
    """The page; `version` is 0 where the tree is made from the channels."""

    desk: DeskView
    tree: Branch
    inhibitions: tuple[str, ...]
    version: int
    text: str
    rules: tuple[tuple[str, str], ...]
    concerns: tuple[str, ...] = tuple(each.word for each in Concern if each)
    problems: tuple[str, ...] = ()
    trial: Trial | None = None


def routes_page(session: Session, *, now: datetime, wish: Wish | None = None) -> RoutesView:
    """Return the tree in force, and the answer to a wish; NotFound for a rule that is none."""
    found = routing_in_force(session)
    every = {each.slug: each for each in channels.find_all(session)}
    in_force = routing_text(found.routing)
    draft, problems = _draft(session, wish, in_force)
    return RoutesView(
        desk=desk(session, now=now),
        tree=_branch(found.routing.route, every),
        inhibitions=tuple(inhibition_said(rule) for rule in inhibitions_of([found.routing])),
        version=found.version,
        text=(wish.text if wish is not None else "") or in_force,
        rules=tuple((each.slug, each.name) for each in snapshot.current(session).rules.values()),
        problems=tuple(problems),
        trial=None if wish is None or problems else _trial(session, wish, draft, now=now),
    )


def _draft(session: Session, wish: Wish | None, in_force: str) -> tuple[Routing | None, Sequence[str]]:
    if wish is None or not wish.text or wish.text == in_force:
        return None, ()
    routing, problems = read_routing(wish.text)
    if routing is None:
        return None, [str(each) for each in problems]
    return routing, [say("there is no {names}", names=name) for name in unknown_names(session, routing)]


def _trial(session: Session, wish: Wish, draft: Routing | None, *, now: datetime) -> Trial:
    labels = (labels_of_rule(session, wish.rule) if wish.rule else {}) | dict(wish.labels)
    found = who_gets(session, labels, concern=wish.concern, now=now, draft=draft)
    return Trial(
        concern=found.concern.word,
        labels=tuple(f"{name}={value}" for name, value in found.labels.items()),
        ways=_ways(found),
        is_anybody=found.is_anybody,
        is_of_draft=draft is not None,
    )


def _ways(found: WhoGets) -> tuple[WayLine, ...]:
    return tuple(
        WayLine(
            path=" › ".join(way.path),
            reached=way.reached,
            timing=timing(way.route, found.concern),
            group=together(way.route, found.labels),
            held="" if way.held is None else way.held.sentence,
            held_until=None if way.held is None else way.held.until,
        )
        for way in found.ways
    )


def _branch(route: Route, every: Mapping[str, Channel]) -> Branch:
    return Branch(
        slug=route.slug,
        takes=takes(route),
        reached=tuple(reached(slug, every) for slug in channels_of([route])),
        is_mute=NOBODY in route.channels,
        settings=tuple(settings(route)),
        below=tuple(_branch(child, every) for child in route.routes),
    )
