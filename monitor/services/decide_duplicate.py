"""Say of two incidents that they are the same, or different; it can be said otherwise later."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.incident_matching import compare
from monitor.domain.incident_pair import IncidentPair, Key, PairState
from monitor.domain.phrases import phrase
from monitor.storage import audit, incident_pairs, incidents


def decide_duplicate(
    session: Session, one: Key, other: Key, state: PairState, *, author: str, reason: str, now: datetime
) -> IncidentPair:
    """Keep what a person says of two incidents (source, external id), with a reason, and audit it.

    A pair nobody proposed may be named too. NotFound for an incident that is not there; InvalidInput for
    two of one source, which tells them apart by id, and where no reason is given.
    """
    if one[0] == other[0]:
        raise InvalidInput(
            phrase("both are of one source, which tells them apart by their ids"), field="incident"
        )
    if not reason.strip():
        raise InvalidInput(phrase("say why"), field="reason")
    pair = incident_pairs.get(session, one, other)
    before = {"state": pair.state} if pair is not None else None
    if pair is None:
        pair = _new(session, one, other, now=now)
        incident_pairs.propose(session, [pair])
    incident_pairs.decide(session, pair, state, author=author, reason=reason, now=now)
    audit.record(
        session, actor=author, action=f"incident.{state}", target=f"{'/'.join(one)} {'/'.join(other)}",
        reason=reason, before=before, after={"state": state}, now=now,
    )  # fmt: skip
    decided = incident_pairs.get(session, one, other)
    return decided if decided is not None else pair


def _new(session: Session, one: Key, other: Key, *, now: datetime) -> IncidentPair:
    told = [incidents.versions(session, *key) for key in (one, other)]
    for key, versions in zip((one, other), told, strict=True):
        if not versions:
            raise NotFound(phrase("there is no incident {names}", names="/".join(key)))
    alike = compare(told[0][0].incident, told[1][0].incident)
    return IncidentPair(
        first=alike.key[:2], second=alike.key[2:], score=alike.score, reasons=alike.reasons, proposed_at=now
    )
