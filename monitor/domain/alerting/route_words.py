"""Routes in words: what one takes, what it does otherwise than its parent, and when it tells an alert."""

from collections.abc import Mapping

from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import ALL_LABELS, Route
from monitor.domain.scale import Concern
from monitor.domain.spoken import listed, span


def takes(route: Route) -> str:
    """Return what a route takes: every alert; alerts with team=sahel, and lets the next routes try too."""
    matchers = ", ".join(map(str, route.matchers))
    taken = f"alerts with {matchers}" if matchers else "every alert"
    return f"{taken}, and lets the next routes try too" if route.continues else taken


def settings(route: Route) -> list[str]:
    """Return what a route says of its own: waits 1 min for others, told again every 2 h."""
    said = [] if route.group_by is None else [_grouped(route.group_by)]
    if route.group_wait_seconds is not None:
        said.append(f"waits {span(route.group_wait_seconds)} for others")
    if route.group_interval_seconds is not None:
        said.append(f"next message after {span(route.group_interval_seconds)}")
    if route.repeat_seconds is not None:
        again = f"told again every {span(route.repeat_seconds)}"
        said.append(again if route.repeat_seconds else "never told again")
    if route.mute_windows:
        said.append(f"silent in {listed(list(route.mute_windows))}")
    if route.needs_approval is not None:
        said.append("sent once a person approved" if route.needs_approval else "sent without approval")
    return [*said, *([f"escalates by {route.escalation}"] if route.escalation else [])]


def timing(route: Route, concern: Concern) -> str:
    """Return when a resolved route tells an alert of a concern, and when again."""
    repeat = route.repeats_after(concern)
    wait = 0.0 if concern is Concern.CRITICAL else route.wait_seconds
    first = f"after {span(wait)}" if wait else "at once"
    again = "never again" if repeat is None else f"again every {span(repeat)} until someone acts"
    return f"sent {first}, {again}"


def together(route: Route, labels: Mapping[str, str]) -> str:
    """Return what else goes into the message of an alert with these labels, by a resolved route."""
    if route.group_by is None:
        return "grouped as its channel does"
    if ALL_LABELS in route.group_by:
        return "in a message of its own"
    same = listed([f"{name}={labels.get(name, '')}" for name in route.group_by])
    return f"in one message with all of {same}" if same else "in one message with all of this route"


def inhibition_said(rule: Inhibition) -> str:
    """Return what mutes what, in a sentence."""
    source = ", ".join(map(str, rule.source_matchers))
    target = ", ".join(map(str, rule.target_matchers))
    equal = f" of the same {', '.join(rule.equal)}" if rule.equal else ""
    return f"While {source} fires, {target}{equal} is not sent."


def _grouped(labels: tuple[str, ...]) -> str:
    if ALL_LABELS in labels:
        return "one message for each alert"
    return f"one message for each {listed(list(labels))}" if labels else "one message for all"
