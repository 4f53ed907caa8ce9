"""Code incidents anew: after an update, or where a pack brought boundaries."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.source import Source
from monitor.storage import audit, definitions, incidents
from monitor.storage.incidents import Kept


def code_incidents(session: Session, *, source: str = "", author: str, now: datetime) -> Kept:
    """Code all incidents anew, or those of one source; NotFound for an unknown one.

    Each that comes out otherwise is a version known from now on, so that counts by region follow from here
    and what was said before stands.
    """
    known = sorted(each.slug for each in definitions.find_all(session, Source))
    if source and source not in known:
        raise NotFound(f"there is no source {source}")
    done = [incidents.recode(session, slug, now=now) for slug in ([source] if source else known)]
    kept = Kept(
        changed=sum(each.changed for each in done),
        unchanged=sum(each.unchanged for each in done),
        subjects=tuple(sorted({slug for each in done for slug in each.subjects})),
    )
    if kept.changed:
        after = {"changed": kept.changed, "unchanged": kept.unchanged}
        audit.record(
            session, actor=author, action="incident.code", target=source or "all sources", reason="",
            before=None, after=after, now=now,
        )  # fmt: skip
    return kept
