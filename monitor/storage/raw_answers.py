"""Raw answers: what servers said in a run, kept deflated for some days so that it can be read again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from monitor.domain.fetched import RawAnswer
from monitor.storage.rows.fetching import RawAnswerRow

_Row = RawAnswerRow
_NAMES = tuple(RawAnswer.__dataclass_fields__)


def keep(session: Session, source: str, run_id: int, answers: Sequence[RawAnswer], *, now: datetime) -> None:
    """Keep the answers of a run in the order in which they came."""
    rows = [
        {name: getattr(answer, name) for name in _NAMES}
        | {"run_id": run_id, "number": number, "source": source, "at": now}
        for number, answer in enumerate(answers, start=1)
    ]
    if rows:
        session.execute(insert(_Row), rows)


def of_run(session: Session, run_id: int) -> list[RawAnswer]:
    """Return the answers of a run, in order."""
    statement = select(_Row).where(_Row.run_id == run_id).order_by(_Row.number)
    return [
        RawAnswer(**{name: getattr(row, name) for name in _NAMES})
        for row in session.execute(statement).scalars()
    ]


def runs_with(session: Session, source: str) -> list[int]:
    """Return the runs of a source of which an answer is kept, oldest first."""
    statement = select(_Row.run_id).where(_Row.source == source, _Row.body.is_not(None))
    return list(session.execute(statement.distinct().order_by(_Row.run_id)).scalars())


def sizes(session: Session, run_ids: Sequence[int]) -> dict[int, int]:
    """Return how many bytes the kept answers of these runs take as they are kept."""
    statement = select(_Row.run_id, func.sum(func.length(_Row.body))).where(
        _Row.run_id.in_(run_ids), _Row.body.is_not(None)
    )
    return {run_id: int(size) for run_id, size in session.execute(statement.group_by(_Row.run_id))}


def purge(session: Session, *, before: datetime) -> int:
    """Forget the answers that came before a time; return how many."""
    return len(session.execute(delete(_Row).where(_Row.at < before).returning(_Row.run_id)).all())
