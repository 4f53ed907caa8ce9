"""Incidents and pairs of them, as they are listed."""

from datetime import date

from sqlalchemy.orm import Session

from monitor.domain.incident_filter import Wanted
from monitor.domain.incident_pair import IncidentPair, PairState
from monitor.storage import incident_pairs, incident_search
from monitor.storage.incident_search import CodedIncident

__all__ = ["CodedIncident", "duplicate_list", "incident_list"]


def incident_list(  # noqa: PLR0913 - one parameter a filter
    session: Session, *, country: str = "", region: str = "", source: str = "", kind: str = "",
    since: date | None = None, until: date | None = None, text: str = "", limit: int,
) -> list[CodedIncident]:  # fmt: skip
    """Return incidents with their coding, the newest first."""
    wanted = Wanted(
        countries=_one(country), regions=_one(region), sources=_one(source), kinds=_one(kind), since=since,
        until=until, text=text,
    )  # fmt: skip
    return list(incident_search.search(session, wanted, limit=limit, looked=None).incidents)


def duplicate_list(session: Session, state: PairState | None, *, limit: int) -> list[IncidentPair]:
    """Return pairs of incidents, the most alike first."""
    return incident_pairs.find(session, state, limit=limit)


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
