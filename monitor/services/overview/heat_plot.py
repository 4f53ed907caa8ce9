"""The whole heat line of a subject, for a chart that a reader zooms."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.domain.plot import HeatPlot
from monitor.services.overview.heat_picture import events_of, heat_picture
from monitor.services.overview.lines import momentum_picture, with_restated
from monitor.services.overview.standings import model_from, standing
from monitor.services.read_columns import read_columns
from monitor.storage import heat_points, level_changes, snapshot, subjects
from monitor.storage.subjects import SubjectState


def heat_plot(session: Session, slug: str, *, now: datetime, is_restated: bool = False) -> HeatPlot:
    """Return a subject's line from its first point to its own time; NotFound."""
    known = snapshot.current(session)
    subject = known.subjects.get(slug)
    if subject is None:
        raise NotFound(phrase("there is no subject {slug}", slug=slug))
    state = subjects.states(session, [slug]).get(slug) or SubjectState(slug=slug)
    where = standing(known, subject, state=state, point=None, now=now)
    line = heat_points.line(session, slug)
    changes = level_changes.between(session, slug, with_ledgers=False)
    events = events_of(known, slug, until=where.as_of)
    chart = heat_picture(where, line, changes, events, chart_range="all")
    if is_restated:
        model = model_from(known, subject)
        chart = with_restated(session, chart, model, read_columns(session, model))
    return HeatPlot(
        chart=chart,
        momentum=momentum_picture(line, chart),
        at=line.at,
        level=line.levels,
        coverage=line.coverage,
        confidence=line.confidence,
    )
