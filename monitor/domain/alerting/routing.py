"""Routing: the one definition that holds the tree of routes and what inhibits what."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.domain.alerting.data_quality import SERIES_BLIND, SOURCE_FAILING
from monitor.domain.alerting.inhibition import ALERTNAME, Inhibition
from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.route import DEFAULT, Route, require_sound
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

# A source that fails says why its series are blind (alerting.md 1.4); one of the same slug takes its place.
FAILING_SOURCE = Inhibition(
    slug="failing-source",
    source_matchers=(Matcher(name=ALERTNAME, value=SOURCE_FAILING),),
    target_matchers=(Matcher(name=ALERTNAME, value=SERIES_BLIND),),
    equal=("source",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Who is told of what. There is one, `default`; without it each channel has what its row says."""

    route: Route
    slug: str = DEFAULT
    inhibitions: tuple[Inhibition, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a tree that is not sound, and two rules of one name; InvalidInput."""
        if self.slug != DEFAULT:
            raise InvalidInput(
                phrase("there is one routing, and it is called {default}", default=DEFAULT), field="slug"
            )
        require_sound(self.route)
        slugs = [each.slug for each in self.inhibitions]
        if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            raise InvalidInput(
                phrase("the inhibition {twice} is there twice", twice=twice[0]), field="inhibitions"
            )


def inhibitions_of(routings: Iterable[Routing]) -> tuple[Inhibition, ...]:
    """Return what inhibits what: the rules that are defined, and the one that is always there."""
    own = tuple(each for routing in routings for each in routing.inhibitions)
    is_replaced = any(each.slug == FAILING_SOURCE.slug for each in own)
    return own if is_replaced else (*own, FAILING_SOURCE)
