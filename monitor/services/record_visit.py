"""Remember when a person last looked at a subject, so that a page can tell what changed since."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.storage import snapshot, visits


def record_visit(session: Session, slug: str, *, person_id: int, now: datetime) -> None:
    """Store the visit; NotFound for an unknown subject."""
    if slug not in snapshot.current(session).subjects:
        raise NotFound(f"there is no subject {slug}")
    visits.record(session, person_id, slug, now=now)
