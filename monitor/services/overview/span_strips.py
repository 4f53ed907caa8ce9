"""The strip on which a ledger's span is chosen: the heat line around it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.chart import joined
from monitor.domain.clock import epoch, moment
from monitor.domain.scale import Scale
from monitor.domain.span_strip import SpanStrip
from monitor.services.overview.traces import blind_stretches, traces
from monitor.storage import heat_points

# So much is seen before now, and so much before the span where it begins earlier.
_SEEN, _BEFORE = timedelta(days=400), timedelta(days=60)


def span_strip(
    session: Session, slug: str, scale: Scale, *, start: datetime, end: datetime, here: datetime
) -> SpanStrip | None:
    """Return the strip of a span, in one query; None while there is no heat of two days."""
    since = min(start - _BEFORE, here - _SEEN)
    line = heat_points.line(session, slug, since=since, until=here)
    if not len(line):
        return None
    first = min(max(since, moment(int(line.at[0]))), start)
    last = max(here, end)
    if first.date() >= last.date():
        return None
    published, reconstructed = traces(line)
    return SpanStrip(
        scale=scale,
        line=joined(reconstructed, published),
        blind=blind_stretches(line, until=epoch(here)),
        first=first.date(),
        last=last.date(),
        start=start.date(),
        end=end.date(),
    )
