"""Remember when a person last looked at a subject or the board, so that pages can tell what changed since."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.storage import snapshot, visits


def record_visit(session: Session, slug: str, *, person_id: int, now: datetime) -> None:
    """Store the visit to a subject, or without one to the board; NotFound for an unknown subject."""
    if slug != visits.BOARD and slug not in snapshot.current(session).subjects:
        raise NotFound(phrase("there is no subject {slug}", slug=slug))
    visits.record(session, person_id, slug, now=now)
