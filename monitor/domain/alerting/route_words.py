"""Routes in words: what one takes, and what it does otherwise than its parent."""

from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import ALL_LABELS, Route
from monitor.domain.scale import Concern
from monitor.domain.spoken import span


def takes(route: Route) -> str:
    """Return what a route takes: everything; team=sahel, and goes on."""
    matchers = ", ".join(map(str, route.matchers)) or "everything"
    return f"{matchers}, and goes on" if route.continues else matchers


def settings(route: Route) -> list[str]:
    """Return what a route says of its own: wait 1 min, again after 2 h."""
    said = [] if route.group_by is None else [_grouped(route.group_by)]
    if route.group_wait_seconds is not None:
        said.append(f"wait {span(route.group_wait_seconds)}")
    if route.group_interval_seconds is not None:
        said.append(f"next after {span(route.group_interval_seconds)}")
    if route.repeat_seconds is not None:
        said.append(f"again after {span(route.repeat_seconds)}" if route.repeat_seconds else "never again")
    if route.mute_windows:
        said.append(f"not in {', '.join(route.mute_windows)}")
    if route.needs_approval is not None:
        said.append("after approval" if route.needs_approval else "without approval")
    return [*said, *([f"then {route.escalation}"] if route.escalation else [])]


def timing(route: Route, concern: Concern) -> str:
    """Return when a resolved route tells an alert of a concern, and when again."""
    repeat = route.repeats_after(concern)
    wait = 0.0 if concern is Concern.CRITICAL else route.wait_seconds
    first = f"after {span(wait)}" if wait else "at once"
    return f"sent {first}, " + ("never again" if repeat is None else f"again after {span(repeat)}")


def inhibition_said(rule: Inhibition) -> str:
    """Return what mutes what, in a sentence."""
    source = ", ".join(map(str, rule.source_matchers))
    target = ", ".join(map(str, rule.target_matchers))
    equal = f" of the same {', '.join(rule.equal)}" if rule.equal else ""
    return f"While {source} fires, {target}{equal} is not sent."


def _grouped(labels: tuple[str, ...]) -> str:
    if ALL_LABELS in labels:
        return "each alert by itself"
    return f"grouped by {', '.join(labels)}" if labels else "all in one group"
