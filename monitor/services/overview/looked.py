"""What changed since a person last looked: in one sentence, on the board and on a subject's page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.chart import Trace
from monitor.domain.clock import ClockMode, epoch
from monitor.services.overview.board import BoardRow
from monitor.services.overview.values import Change, OpenAlert, Standing, change_of
from monitor.storage import visits
from monitor.storage.heat_points import HeatLine

# A smaller move of heat is none to speak of; the ledger has it.
LEAST = 0.5
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A subject that moved: how far, and into which level from which, where it entered one."""

    slug: str
    name: str
    change: Change | None
    level: str
    entered_from: str = ""
    is_blind: bool = False

    @property
    def weight(self) -> tuple[bool, bool, float]:
        """What is told first: another level, then what worsened, then what moved most."""
        change = self.change
        far = 0.0 if change is None else abs(change.delta)
        return bool(self.entered_from), change is not None and change.is_worse, far


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLooked:
    """What changed since `at`; `more` moved that are not named, `opened` alerts began to fire."""

    at: datetime
    moved: tuple[Moved, ...] = ()
    more: int = 0
    opened: int = 0

    @property
    def is_news(self) -> bool:
        """Whether anything changed."""
        return bool(self.moved or self.opened)


def since_board(
    session: Session, rows: Sequence[BoardRow], *, person_id: int, now: datetime
) -> SinceLooked | None:
    """Return what changed on the board since a person last looked at it; None if they never did.

    One query. A subject whose clock does not run with the wall's has no time of theirs.
    """
    at = visits.looked(session, person_id, [visits.BOARD], now=now).get(visits.BOARD)
    live = [row for row in rows if row.standing.clock is ClockMode.LIVE]
    if at is None or not live:
        return None if at is None else SinceLooked(at=at)
    before = {row.standing.slug: level for row in live if (level := _level_at(row.line, epoch(at)))}
    found = [_moved(row.standing, (row.spark.line,), before, at=at) for row in live]
    moved = sorted((each for each in found if each is not None), key=lambda each: each.weight, reverse=True)
    return SinceLooked(
        at=at,
        moved=tuple(moved[:_MOST_NAMED]),
        more=max(len(moved) - _MOST_NAMED, 0),
        opened=sum(_opened(row.alerts, at) for row in live),
    )


def since_subject(
    where: Standing,
    lines: Sequence[Trace],
    line: HeatLine,
    alerts: Collection[OpenAlert],
    *,
    at: datetime | None,
) -> SinceLooked | None:
    """Return what changed of a subject since a moment; None without one, or where its clock is its own."""
    if at is None or where.clock is not ClockMode.LIVE:
        return None
    level = _level_at(line, epoch(at))
    moved = _moved(where, lines, {where.slug: level} if level else {}, at=at)
    return SinceLooked(at=at, moved=() if moved is None else (moved,), opened=_opened(alerts, at))


def _moved(where: Standing, lines: Sequence[Trace], before: dict[str, str], *, at: datetime) -> Moved | None:
    then = next((heat for line in lines if (heat := _heat_at(line, epoch(at))) is not None), None)
    heat = None if where.is_unknown else where.heat
    delta = None if then is None or heat is None else heat - then
    was = before.get(where.slug, where.level)
    if was == where.level and (delta is None or abs(delta) < LEAST):
        return None
    return Moved(
        slug=where.slug,
        name=where.name,
        change=change_of(delta, where.scale.alarming_end),
        level=where.level,
        entered_from=was if was != where.level else "",
        is_blind=where.is_unknown,
    )


def _heat_at(line: Trace, second: int) -> float | None:
    """Return the heat in force at a second; None before the first, and where there was no level."""
    place = int(np.searchsorted(line.at, second, side="right")) - 1
    return None if place < 0 or np.isnan(line.heat[place]) else float(line.heat[place])


def _level_at(line: HeatLine, second: int) -> str:
    """Return the level in force at a second; empty before the first point."""
    place = int(np.searchsorted(line.at, second, side="right")) - 1
    return line.levels[place] if place >= 0 else ""


def _opened(alerts: Collection[OpenAlert], at: datetime) -> int:
    return sum(each.started_at is not None and each.started_at > at for each in alerts)
