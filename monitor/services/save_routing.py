"""Save the tree of routes: what was seen is what is changed, and every name in it leads somewhere."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.escalation import Escalation
from monitor.domain.alerting.route import DEFAULT, channels_of
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import Phrase, later, phrase
from monitor.domain.problem import Problem
from monitor.domain.spoken import listed
from monitor.packs.routing_text import read_routing
from monitor.services.changed_meanwhile import require_unchanged
from monitor.services.save_draft import SavedDraft, save_draft
from monitor.storage import arrangements, channels


def save_routing(
    session: Session, routing: Routing, *, author: str, reason: str, seen: int, now: datetime
) -> SavedDraft:
    """Store a tree in place of version `seen` (0: there was none), audited like any definition.

    Conflict, with what differs, if it was changed meanwhile; InvalidInput without a reason, or for a name
    that leads nowhere.
    What is open and leads to other channels now is told there.
    """
    require_unchanged(session, {f"routing {DEFAULT}": seen})
    if unknown := unknown_names(session, routing):
        raise InvalidInput(phrase("there is no {names}", names=later(listed, unknown)), field="text")
    return save_draft(session, [routing], author=author, reason=reason, now=now)


def save_routing_text(
    session: Session, text: str, *, author: str, reason: str, seen: int, now: datetime
) -> list[Problem]:
    """Store the tree a text describes, as `save_routing` does; return its faults, if it has any, instead."""
    routing, problems = read_routing(text)
    if routing is not None:
        save_routing(session, routing, author=author, reason=reason, seen=seen, now=now)
    return problems


def unknown_names(session: Session, routing: Routing) -> list[Phrase]:
    """Return what the tree names and nobody has made: `channel desk-mail`, `mute window nights`."""
    routes = [route for _, route in routing.route.walk()]
    known = {each.slug for each in channels.find_all(session)}
    windows = {each.value.slug for each in arrangements.find_all(session, MuteWindow)}
    steps = {each.value.slug for each in arrangements.find_all(session, Escalation)}
    return [
        *(phrase("channel {slug}", slug=slug) for slug in channels_of(routes) if slug not in known),
        *(
            phrase("mute window {slug}", slug=slug)
            for route in routes
            for slug in route.mute_windows
            if slug not in windows
        ),
        *(
            phrase("escalation {slug}", slug=route.escalation)
            for route in routes
            if route.escalation not in {"", *steps}
        ),
    ]
