"""Mute windows: which routes send nothing now, because a window that they name is open."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.route import Route
from monitor.domain.alerting.suppression import Suppression, SuppressionKind
from monitor.domain.alerting.window import MuteWindow, open_until
from monitor.storage import arrangements


def muted_routes(session: Session, root: Route | None, *, now: datetime) -> dict[str, Suppression]:
    """Return by route what mutes it now: of its open windows the one that stays open the longest.

    A window that a route names and that is not there mutes nothing.
    """
    named = {} if root is None else {route.slug: route.mute_windows for _, route in root.walk()}
    if not any(named.values()):
        return {}
    closes = _open(session, {slug for each in named.values() for slug in each}, now=now)
    found = {}
    for route, slugs in named.items():
        if mutes := [(closes[slug], slug) for slug in slugs if slug in closes]:
            until, slug = max(mutes)
            found[route] = Suppression(kind=SuppressionKind.MUTE_WINDOW, of=slug, until=until)
    return found


def _open(session: Session, slugs: Collection[str], *, now: datetime) -> dict[str, datetime]:
    """Return when each of these windows that is open closes."""
    every = [each.value for each in arrangements.find_all(session, MuteWindow)]
    found = {each.slug: open_until(each.windows, now) for each in every if each.slug in slugs}
    return {slug: closes for slug, closes in found.items() if closes is not None}
