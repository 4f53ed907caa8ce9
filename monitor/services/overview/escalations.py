"""Escalations as they stand: their steps, the routes that name them, and alerts nobody took on."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.alerting.escalation import Escalation
from monitor.domain.alerting.escalation_text import steps_text
from monitor.domain.spoken import listed
from monitor.storage import arrangements, channels, snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationView:
    """One escalation, its steps as they are written, each with names of its channels, and its routes."""

    escalation: Escalation
    version: int
    words: str
    steps: tuple[tuple[float, str], ...]
    routes: tuple[str, ...]


def escalations(session: Session) -> tuple[EscalationView, ...]:
    """Return every escalation, by name."""
    routings = snapshot.current(session).routings.values()
    routes = [route for routing in routings for _, route in routing.route.walk()]
    names = {each.slug: each.name for each in channels.find_all(session)}
    return tuple(
        EscalationView(
            escalation=each.value,
            version=each.version,
            words=steps_text(each.value.steps),
            steps=tuple(
                (step.after_seconds, listed([names.get(slug, slug) for slug in step.channels]))
                for step in each.value.steps
            ),
            routes=tuple(route.slug for route in routes if route.escalation == each.value.slug),
        )
        for each in arrangements.find_all(session, Escalation)
    )
