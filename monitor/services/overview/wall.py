"""What a wallboard turns through: the board, some rows at a time, then the subjects that alarm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.scale import Concern
from monitor.domain.wall import pages_of
from monitor.services.overview.board import BoardRow, BoardView, board

# Subjects that are shown one by one; a turn should not take a quarter of an hour.
MOST_SUBJECTS = 8
MOST_ALERTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WallView:
    """One picture: rows of the board or, if there is a `subject`, that one alone.

    `number` counts from 0 and starts anew after `count`.
    """

    board: BoardView
    number: int
    count: int
    rows: Sequence[BoardRow] = ()
    subject: BoardRow | None = None
    alerts_left: int = 0

    @property
    def following(self) -> int:
        """The picture after this one."""
        return (self.number + 1) % self.count


def wall(session: Session, number: int, *, now: datetime) -> WallView:
    """Return a picture by its number, counted round and round."""
    view = board(session, now=now)
    pages = pages_of(view.rows) or [()]
    subjects = [row for row in view.rows if _alarms(row)][:MOST_SUBJECTS]
    count = len(pages) + len(subjects)
    place = number % count
    if place < len(pages):
        return WallView(board=view, number=place, count=count, rows=pages[place])
    subject = subjects[place - len(pages)]
    return WallView(
        board=view, number=place, count=count, subject=subject,
        alerts_left=max(0, len(subject.alerts) - MOST_ALERTS),
    )  # fmt: skip


def _alarms(row: BoardRow) -> bool:
    return row.standing.is_unknown or (row.standing.concern or Concern.NORMAL) >= Concern.ELEVATED
