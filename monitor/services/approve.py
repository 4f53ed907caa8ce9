"""Approve or dismiss what waits to be sent, on a person's word."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.approval import Approval, Verdict
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.storage import approvals, audit
from monitor.storage.approvals import Waiting


def approve(
    session: Session, episode_id: str, route: str, *, by: str, now: datetime, concern: Concern | None = None,
    note: str = "",
) -> Approval:  # fmt: skip
    """Let what waits of an episode on a route be sent, and what follows until the concern rises.

    `concern` is what the person read: Conflict if it rose since, NotFound if nothing waits.
    """
    return _decide(session, Verdict.APPROVED, episode_id, route, by=by, now=now, concern=concern, reason=note)


def dismiss(
    session: Session, episode_id: str, route: str, *, by: str, reason: str, now: datetime,
    concern: Concern | None = None,
) -> Approval:  # fmt: skip
    """Send nothing of what waits, nor of what follows until the concern rises; InvalidInput without a reason.

    Who was told of it before still hears when it resolves.
    """
    if not reason.strip():
        raise InvalidInput(phrase("say why it is not sent"), field="reason")
    return _decide(
        session, Verdict.DISMISSED, episode_id, route, by=by, now=now, concern=concern, reason=reason
    )  # fmt: skip


def _decide(  # noqa: PLR0913 - a decision, from every side
    session: Session, verdict: Verdict, episode_id: str, route: str, *, by: str, now: datetime,
    concern: Concern | None, reason: str,
) -> Approval:  # fmt: skip
    waiting = _waiting(session, episode_id, route)
    if concern is not None and waiting.concern > concern:
        raise Conflict(
            phrase(
                "it was raised to {concern} meanwhile; read it again", concern=phrase(waiting.concern.word)
            )
        )
    approval = Approval(
        episode_id=episode_id, route=route, verdict=verdict, concern=waiting.concern, by=by, at=now,
        reason=reason.strip(),
    )  # fmt: skip
    approvals.save(session, approval)
    approvals.release(session, episode_id=episode_id, route=route, now=now)
    audit.record(
        session, actor=by, action=f"message.{'approve' if verdict is Verdict.APPROVED else 'dismiss'}",
        target=episode_id, reason=approval.reason, before=None,
        after={"route": route, "concern": int(approval.concern), "channels": list(waiting.channels)}, now=now,
    )  # fmt: skip
    return approval


def _waiting(session: Session, episode_id: str, route: str) -> Waiting:
    for each in approvals.awaiting(session):
        if (each.episode_id, each.route) == (episode_id, route):
            return each
    raise NotFound(
        phrase(
            "nothing of {episode_id} waits for approval on the route {route}",
            episode_id=episode_id,
            route=route,
        )
    )
