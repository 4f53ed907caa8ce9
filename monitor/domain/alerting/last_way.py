"""The last way: a channel without which something critical reaches nobody, and so is never switched off."""

from collections.abc import Collection, Iterator

from monitor.domain.alerting.route import CONCERN, SEVERITY, Route, inherited
from monitor.domain.scale import Concern


def is_last_way(slug: str, root: Route | None, *, enabled: Collection[str]) -> bool:
    """Whether a critical alert of some route would reach no other channel that is `enabled`.

    Without a tree of routes each channel is told of what is critical, so that any other will do.
    """
    others = set(enabled) - {slug}
    if root is None:
        return not others
    return any(
        slug in route.channels and not others.intersection(route.channels)
        for route in _resolved(root)
        if _may_be_critical(route)
    )


def _resolved(route: Route) -> Iterator[Route]:
    """Give a route and all below it with the settings they inherit."""
    yield route
    for child in route.routes:
        yield from _resolved(inherited(child, route))


def _may_be_critical(route: Route) -> bool:
    """Whether the route's own matchers let a critical alert in, whatever its other labels are."""
    worst = {CONCERN: Concern.CRITICAL.word, SEVERITY: Concern.CRITICAL.word}
    return all(matcher.matches(worst) for matcher in route.matchers if matcher.name in worst)
