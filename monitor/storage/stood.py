"""Where subjects stand: the state of each with its last published point, in one query."""

from collections import namedtuple
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from monitor.storage.batches import in_batches
from monitor.storage.heat_points import WRITTEN, HeatPoint, Origin, last_of, point_in
from monitor.storage.rows.subjects import HeatPointRow, SubjectStateRow
from monitor.storage.subjects import SubjectState, state_in

Stood = tuple[SubjectState, HeatPoint | None]

_KEPT = "last points"
_OF_STATE = list(SubjectStateRow.__table__.columns)
_OF_POINT = list(HeatPointRow.__table__.columns)
# Rows without objects: of two hundred subjects they take half the time.
_tuple: Any = namedtuple  # noqa: PYI024 - its columns are the table\'s
_State = _tuple("_State", [column.name for column in _OF_STATE])
_Point = _tuple("_Point", [column.name for column in _OF_POINT])


def find(session: Session, slugs: Collection[str]) -> dict[str, Stood]:
    """Return state and last published point of each subject that has a state, as `heat_points.last` does.

    A point that was published stays as it is, so those that were read before are not made again.
    """
    kept: dict[str, HeatPoint] = _kept(session) if is_settled(session) else {}
    found: dict[str, Stood] = {}
    for part in in_batches(slugs):
        for row in session.connection().execute(_stood(), {"subjects": part}):
            state = state_in(_State._make(row[: len(_OF_STATE)]))
            found[state.slug] = state, _point(kept, _Point._make(row[len(_OF_STATE) :]))
    return found


def is_settled(session: Session) -> bool:
    """Whether what a session sees of heat will not be undone: then others may have what is made from it."""
    return not session.info.get(WRITTEN)


def _point(kept: dict[str, HeatPoint], row: Any) -> HeatPoint | None:
    if row.subject is None:
        return None
    before = kept.get(row.subject)
    if before is None or (before.at, before.seq) != (row.at, row.seq):
        before = kept[row.subject] = point_in(row)
    return before


def _kept(session: Session) -> dict[str, HeatPoint]:
    kept: dict[str, HeatPoint] = session.info.get("kept", {}).setdefault(_KEPT, {})
    return kept


@cache
def _stood() -> Select[Any]:
    point = HeatPointRow
    is_last = and_(
        point.subject == SubjectStateRow.subject,
        point.origin == Origin.PUBLISHED,
        point.at == last_of("at"),
        point.seq == last_of("seq"),
    )
    return (
        select(*_OF_STATE, *_OF_POINT)
        .select_from(SubjectStateRow)
        .outerjoin(point, is_last)
        .where(SubjectStateRow.subject.in_(bindparam("subjects", expanding=True)))
    )
