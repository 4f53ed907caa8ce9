"""The heat line of a subject as a table, for those who cannot or would not read the picture."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.storage import heat_points, snapshot

MOST_POINTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatTableRow:
    """One point; heat None where there was no data."""

    at: datetime
    heat: float | None
    low: float | None
    high: float | None
    level: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatTableView:
    """The newest points of a subject, newest first."""

    desk: DeskView
    slug: str
    name: str
    rows: tuple[HeatTableRow, ...]
    total: int


def heat_table(session: Session, slug: str, *, now: datetime) -> HeatTableView:
    """Return the line as a table; NotFound."""
    subject = snapshot.current(session).subjects.get(slug)
    if subject is None:
        raise NotFound(phrase("there is no subject {slug}", slug=slug))
    line = heat_points.line(session, slug)
    newest = range(len(line) - 1, max(-1, len(line) - 1 - MOST_POINTS), -1)
    rows = tuple(
        HeatTableRow(
            at=moment(int(line.at[place])),
            heat=_real(float(line.heat[place])),
            low=_real(float(line.heat_low[place])),
            high=_real(float(line.heat_high[place])),
            level=line.levels[place],
            origin=line.origins[place].value,
        )
        for place in newest
    )
    return HeatTableView(
        desk=desk(session, now=now), slug=slug, name=subject.name, rows=rows, total=len(line)
    )


def _real(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124 - NaN is the one value that differs from itself
