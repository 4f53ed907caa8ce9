"""The tree of routes in force: the one that was saved, else the one made from the channels."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.alerting.route import DEFAULT, default_route
from monitor.domain.alerting.routing import Routing
from monitor.storage import channels, snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A tree and its version; 0 where nobody wrote one."""

    routing: Routing
    version: int


def routing_in_force(session: Session) -> InForce:
    """Return the tree that decides now."""
    known = snapshot.current(session)
    routing = known.routings.get(DEFAULT)
    if routing is not None:
        return InForce(routing=routing, version=known.version_of("routing", DEFAULT))
    usable = [each for each in channels.find_all(session) if each.is_enabled]
    return InForce(routing=Routing(route=default_route(usable)), version=0)
