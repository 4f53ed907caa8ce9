"""Routing: the one definition that holds the tree of routes and what inhibits what."""

from dataclasses import dataclass

from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import DEFAULT, Route, require_sound
from monitor.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Who is told of what. There is one, `default`; without it each channel has what its row says."""

    route: Route
    slug: str = DEFAULT
    inhibitions: tuple[Inhibition, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a tree that is not sound, and two rules of one name; InvalidInput."""
        if self.slug != DEFAULT:
            raise InvalidInput(f"there is one routing, and it is called {DEFAULT}", field="slug")
        require_sound(self.route)
        slugs = [each.slug for each in self.inhibitions]
        if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            raise InvalidInput(f"the inhibition {twice[0]} is there twice", field="inhibitions")
