"""Cut a source off, or let it speak again."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.storage import audit, sources


def cut_source(session: Session, slug: str, *, is_cut: bool, actor: str, reason: str, now: datetime) -> None:
    """Set whether a source is cut off, with an audit entry; NotFound if it is unknown."""
    before = sources.state(session, slug).is_cut
    sources.set_cut(session, slug, is_cut=is_cut)
    audit.record(
        session, actor=actor, action="source.cut" if is_cut else "source.restore", target=slug, reason=reason,
        before={"is_cut": before}, after={"is_cut": is_cut}, now=now,
    )  # fmt: skip
