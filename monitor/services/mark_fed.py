"""Mark the subjects that a source feeds: their alerts on the data look at how its runs went."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.series import SeriesKey
from monitor.services.alert_inputs import FAILED_RUNS
from monitor.storage import snapshot, subjects


def mark_fed(session: Session, source: str, *, before: int, after: int, now: datetime) -> None:
    """Mark them once a source has failed too often, and when it no longer does.

    `before` and `after` are its failures in a row, around the run that ended now.
    """
    if max(before, after) < FAILED_RUNS:
        return
    known = snapshot.current(session)
    fed = {
        each.subject
        for each in known.placements.values()
        if (indicator := known.indicators.get(SeriesKey.parse(each.series).indicator)) is not None
        and indicator.source == source
    }
    if fed:
        subjects.mark_alerts_due(session, fed, now=now)
