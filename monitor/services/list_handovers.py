"""List handovers for programs and the command line."""

from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.storage import handovers
from monitor.storage.handovers import HandoverLine


def handover_lines(session: Session) -> list[dict[str, Any]]:
    """Return the latest handovers as plain values, the newest first."""
    return [
        {
            "id": line.id,
            "state": _state(line),
            "rota": line.rota or None,
            "outgoing": line.outgoing,
            "incoming": line.incoming or None,
            "since": rfc3339(line.since_at),
            "as_of": rfc3339(line.as_of),
            "situation": line.situation.value,
            "items": line.items,
            "accepted": line.accepted,
            "signed_at": None if line.signed_at is None else rfc3339(line.signed_at),
        }
        for line in handovers.find_all(session)
    ]


def latest_handover(session: Session) -> int:
    """Return the number of the last one; NotFound where there is none."""
    found = handovers.find_all(session, limit=1)
    if not found:
        raise NotFound(phrase("no shift was handed over yet"))
    return found[0].id


def _state(line: HandoverLine) -> str:
    if line.signed_at is not None:
        return "signed"
    if line.withdrawn_at is not None:
        return "withdrawn"
    return "draft" if line.offered_at is None else "offered"
