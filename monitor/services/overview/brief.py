"""The brief of a subject: what its page knows, arranged as four answers on one sheet."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.services.overview.subject import SubjectView, subject_page


def brief_page(session: Session, slug: str, *, now: datetime, since: str = "") -> SubjectView:
    """Return a subject with its brief; NotFound, InvalidInput."""
    return subject_page(session, slug, now=now, since=since)
