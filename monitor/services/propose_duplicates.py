"""Propose incidents of different sources that may be one; nothing is merged."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.domain.incident_matching import pairs_alike
from monitor.domain.incident_pair import IncidentPair, PairState
from monitor.storage import incident_pairs, incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """How many incidents were compared, how many pairs look alike, how many proposals were dropped."""

    compared: int
    alike: int
    dropped: int


def propose_duplicates(
    session: Session, *, now: datetime, since: date | None = None, until: date | None = None
) -> Proposed:
    """Compare the incidents of a stretch of days (both included) and keep what looks alike as proposals.

    A proposal whose incidents lie in the stretch and no longer look alike goes; what a person decided stays.
    """
    told = incidents.of_days(session, since, until)
    found = [
        IncidentPair(
            first=pair.key[:2], second=pair.key[2:], score=pair.score, reasons=pair.reasons, proposed_at=now
        )
        for pair in pairs_alike(told)
    ]
    there = {(each.source, each.external_id) for each in told}
    kept = {(each.first, each.second) for each in found}
    is_whole = since is None and until is None
    stale = [
        each
        for each in incident_pairs.find(session, PairState.PROPOSED)
        if (each.first, each.second) not in kept
        and (is_whole or (each.first in there and each.second in there))
    ]
    incident_pairs.forget(session, stale)
    incident_pairs.propose(session, found)
    return Proposed(compared=len(told), alike=len(found), dropped=len(stale))
