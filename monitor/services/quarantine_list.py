"""List what is in quarantine, for programs and the command."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from monitor.domain.quarantine import Held, State
from monitor.storage import quarantine
from monitor.storage.quarantine import Which

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineList:
    """Rows, those that came last first, and how many there are in all."""

    rows: tuple[Held, ...]
    total: int


def quarantine_list(
    session: Session, *, state: str = "open", source: str = "", series: str = "", run_id: int | None = None,
    limit: int = MOST, offset: int = 0,
) -> QuarantineList:  # fmt: skip
    """Return what is in quarantine; `state` is open, released, corrected, dismissed or all."""
    which = Which(state=None if state == "all" else State(state), source=source, series=series, run_id=run_id)
    rows = quarantine.find(session, which, limit=limit, offset=offset)
    return QuarantineList(rows=tuple(rows), total=quarantine.count(session, which))
