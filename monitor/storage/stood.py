"""Where subjects stand: the state of each with its last published point, in one query."""

from collections import namedtuple
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Float, Numeric, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.heat_points import WRITTEN, HeatPoint, Origin, last_of, point_in
from monitor.storage.rows.subjects import HeatPointRow, SubjectStateRow
from monitor.storage.subjects import SubjectState, state_in

Stood = tuple[SubjectState, HeatPoint | None]
_Kept = dict[str, tuple[Any, Stood]]

_KEPT = "stood"
# The subject first: rows are known by it.
_OF_STATE = sorted(SubjectStateRow.__table__.columns, key=lambda each: each.name != "subject")
_OF_POINT = sorted(HeatPointRow.__table__.columns, key=lambda each: each.name != "subject")
_tuple: Any = namedtuple  # noqa: PYI024 - its columns are the table's
_State = _tuple("_State", [column.name for column in _OF_STATE])
_Point = _tuple("_Point", [column.name for column in _OF_POINT])


def find(session: Session, slugs: Collection[str]) -> dict[str, Stood]:
    """Return state and last published point of each subject that has a state, as `heat_points.last` does.

    Rows are read as they are stored, and made into values only where they differ from what they were.
    """
    kept: _Kept = session.info.get("kept", {}).setdefault(_KEPT, {}) if is_settled(session) else {}
    found: dict[str, Stood] = {}
    for part in in_batches(slugs):
        for row in fetch_tuples(session, _stood(), {"subjects": part}):
            slug = row[0]
            before = kept.get(slug)
            if before is None or before[0] != row:
                before = kept[slug] = row, _made(session, row)
            found[slug] = before[1]
    return found


def is_settled(session: Session) -> bool:
    """Whether what a session sees of heat will not be undone: then others may have what is made from it."""
    return not session.info.get(WRITTEN)


def _made(session: Session, row: Any) -> Stood:
    readers = _readers(session.get_bind().dialect)
    values = [value if read is None else read(value) for value, read in zip(row, readers, strict=True)]
    point = _Point._make(values[len(_OF_STATE) :])
    state = state_in(_State._make(values[: len(_OF_STATE)]))
    return state, None if point.subject is None else point_in(point)


@cache
def _readers(dialect: Dialect) -> list[Callable[[Any], Any] | None]:
    """Return what makes values of what the driver gives, column by column; None where it is one."""
    return [
        # Both drivers give numbers as numbers.
        None
        if isinstance(column.type, (Float, Numeric))
        else column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in (*_OF_STATE, *_OF_POINT)
    ]


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
