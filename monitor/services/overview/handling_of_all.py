"""How all that is watched may be passed on together."""

from sqlalchemy.orm import Session

from monitor.domain.marking import Handling
from monitor.services.markings import kept_markings
from monitor.storage import snapshot


def handling_of_all(session: Session) -> Handling:
    """Return the strictest handling of all subjects but exercises."""
    known = snapshot.current(session)
    slugs = [slug for slug, subject in known.subjects.items() if not subject.is_exercise]
    return kept_markings(session).of_subjects(slugs)
