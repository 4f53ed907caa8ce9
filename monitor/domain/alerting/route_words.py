"""Routes in words: what one takes, what it does otherwise than its parent, and when it tells an alert."""

from collections.abc import Mapping

from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import ALL_LABELS, Route
from monitor.domain.scale import Concern
from monitor.domain.spoken import listed, span
from monitor.domain.wording import say


def takes(route: Route) -> str:
    """Return what a route takes: takes every alert; takes alerts with team=sahel, and lets others try too."""
    matchers = ", ".join(map(str, route.matchers))
    if matchers and route.continues:
        return say("takes alerts with {matchers}, and lets the next routes try too", matchers=matchers)
    if matchers:
        return say("takes alerts with {matchers}", matchers=matchers)
    if route.continues:
        return say("takes every alert, and lets the next routes try too")
    return say("takes every alert")


def settings(route: Route) -> list[str]:
    """Return what a route says of its own: waits 1 min for others, told again every 2 h."""
    said = [] if route.group_by is None else [_grouped(route.group_by)]
    if route.group_wait_seconds is not None:
        said.append(say("waits {time} for others", time=span(route.group_wait_seconds)))
    if route.group_interval_seconds is not None:
        said.append(say("next message after {time}", time=span(route.group_interval_seconds)))
    if route.repeat_seconds is not None:
        again = say("told again every {time}", time=span(route.repeat_seconds))
        said.append(again if route.repeat_seconds else say("never told again"))
    if route.mute_windows:
        said.append(say("silent in {windows}", windows=listed(list(route.mute_windows))))
    if route.needs_approval is not None:
        needed = route.needs_approval
        said.append(say("sent once a person approved") if needed else say("sent without approval"))
    if route.escalation:
        said.append(say("escalates by {escalation}", escalation=route.escalation))
    return said


def timing(route: Route, concern: Concern) -> str:
    """Return when a resolved route tells an alert of a concern, and when again."""
    repeat = route.repeats_after(concern)
    wait = 0.0 if concern is Concern.CRITICAL else route.wait_seconds
    first = say("sent after {time}", time=span(wait)) if wait else say("sent at once")
    if repeat is None:
        return say("{first}, never again", first=first)
    return say("{first}, again every {time} until someone acts", first=first, time=span(repeat))


def together(route: Route, labels: Mapping[str, str]) -> str:
    """Return what else goes into the message of an alert with these labels, by a resolved route."""
    if route.group_by is None:
        return say("grouped as its channel does")
    if ALL_LABELS in route.group_by:
        return say("in a message of its own")
    same = listed([f"{name}={labels.get(name, '')}" for name in route.group_by])
    if same:
        return say("in one message with all of {labels}", labels=same)
    return say("in one message with all of this route")


def inhibition_said(rule: Inhibition) -> str:
    """Return what mutes what, in a sentence."""
    source = ", ".join(map(str, rule.source_matchers))
    target = ", ".join(map(str, rule.target_matchers))
    if not rule.equal:
        return say("While {source} fires, {target} is not sent.", source=source, target=target)
    return say(
        "While {source} fires, {target} of the same {labels} is not sent.",
        source=source, target=target, labels=", ".join(rule.equal),
    )  # fmt: skip


def _grouped(labels: tuple[str, ...]) -> str:
    if ALL_LABELS in labels:
        return say("one message for each alert")
    if labels:
        return say("one message for each {labels}", labels=listed(list(labels)))
    return say("one message for all")
